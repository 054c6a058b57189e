//! The table of nftables in which networks are dropped: `inet hustings`, made when the helper begins and deleted when it ends.
//!
//! Two sets with timeouts, looked at before the kernel follows connections, so that a dropped packet costs a look-up and nothing
//! else. Everything that is written comes from typed networks and numbers. Deliberately absent: any other table or rule.

use std::io::{self, Write};
use std::net::IpAddr;
use std::process::{Command, Stdio};

use hustings_guard::drops::written;
use hustings_vocab::limits::DROPS_MAX;

/// The table's name. Whoever looks at the rules of a machine finds what it is.
const TABLE: &str = "inet hustings";

/// Makes the table anew.
pub(super) fn make() -> io::Result<()> {
    nft(&format!(
        "table {TABLE}\ndelete table {TABLE}\ntable {TABLE} {{\n\
         set v4 {{ type ipv4_addr; flags interval,timeout; size {DROPS_MAX}; }}\n\
         set v6 {{ type ipv6_addr; flags interval,timeout; size {DROPS_MAX}; }}\n\
         counter dropped {{ }}\n\
         chain early {{ type filter hook prerouting priority raw; policy accept;\n\
         ip saddr @v4 counter name dropped drop\n\
         ip6 saddr @v6 counter name dropped drop\n}}\n}}\n"
    ))
}

/// Deletes it.
pub(super) fn remove() -> io::Result<()> {
    nft(&format!("delete table {TABLE}\n"))
}

/// Drops a network for so many seconds; one that is there already, from now on.
pub(super) fn add(network: IpAddr, seconds: u64) -> io::Result<()> {
    let (set, network) = (set(network), written(network));
    nft(&format!(
        "add element {TABLE} {set} {{ {network} }}\ndelete element {TABLE} {set} {{ {network} }}\n\
         add element {TABLE} {set} {{ {network} timeout {seconds}s }}\n"
    ))
}

/// Does not drop it any more.
pub(super) fn expire(network: IpAddr) -> io::Result<()> {
    let (set, network) = (set(network), written(network));
    nft(&format!("add element {TABLE} {set} {{ {network} }}\ndelete element {TABLE} {set} {{ {network} }}\n"))
}

const fn set(network: IpAddr) -> &'static str {
    if network.is_ipv4() { "v4" } else { "v6" }
}

fn nft(script: &str) -> io::Result<()> {
    let mut child = Command::new("nft")
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("nft (package nftables) cannot be run: {error}")))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(script.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("nft: {}", said.lines().next().unwrap_or("it failed"))))
}
