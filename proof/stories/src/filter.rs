//! What a firewall or a bad line does, by nftables, to the ports of one story and nothing else.
//!
//! Needs root, as CI and most containers are; a story that needs it says so and fails when it is not there, for a proof
//! that was skipped proves nothing.

use std::process::{Command, Stdio};

/// A rule on loopback that goes when it is dropped.
#[derive(Debug)]
pub struct Filter {
    table: String,
}

impl Filter {
    /// Drops every datagram towards a UDP port.
    #[must_use]
    pub fn drop_udp(port: u16) -> Self {
        Self::install(port, &format!("udp dport {port} drop"))
    }

    /// Drops datagrams towards a UDP port at random, so many in a hundred.
    #[must_use]
    pub fn lose_udp(port: u16, percent: u8) -> Self {
        Self::install(port, &format!("udp dport {port} numgen random mod 100 < {percent} drop"))
    }

    /// Drops datagrams from a UDP port at random, so many in a hundred.
    #[must_use]
    pub fn lose_udp_from(port: u16, percent: u8) -> Self {
        Self::install(port, &format!("udp sport {port} numgen random mod 100 < {percent} drop"))
    }

    /// Drops every datagram from and to a UDP port: for whoever speaks with it, the network is gone.
    #[must_use]
    pub fn dead_udp(port: u16) -> Self {
        Self::install(port, &format!("udp dport {port} drop; udp sport {port} drop"))
    }

    /// Drops every datagram between two UDP ports: the path is gone, both ends may have another.
    #[must_use]
    pub fn dead_path(port: u16, other: u16) -> Self {
        let rules = format!("udp dport {port} udp sport {other} drop; udp sport {port} udp dport {other} drop");
        Self::install(port, &rules)
    }

    /// Drops every segment from and to a TCP port: connections are lost without a word.
    #[must_use]
    pub fn dead_tcp(port: u16) -> Self {
        Self::install(port, &format!("tcp dport {port} drop; tcp sport {port} drop"))
    }

    fn install(port: u16, rules: &str) -> Self {
        let table = format!("hustings_story_{}_{port}", std::process::id());
        let rules = rules.replace("; ", "\n");
        let script = format!(
            "table inet {table} {{\n chain rules {{\n {rules}\n }}\n\
             chain input {{\n type filter hook input priority 0\n iifname \"lo\" jump rules\n }}\n}}\n"
        );
        let output = Command::new("nft").arg(&script).stdin(Stdio::null()).output();
        match output {
            Ok(output) if output.status.success() => Self { table },
            Ok(output) => panic!("nft refused: {}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => panic!("nft cannot be started ({error}): run `make setup`; this story needs root"),
        }
    }
}

impl Drop for Filter {
    fn drop(&mut self) {
        let _ = Command::new("nft").args(["delete", "table", "inet", &self.table]).status();
    }
}
