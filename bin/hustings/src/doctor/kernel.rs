//! What the kernel allows: descriptors, queues, memory, and what makes serving cheaper.

use std::fs;

use rustix::process::{Resource, getrlimit};

use super::{Finding, Patient};
use crate::house::cores;

/// Descriptors of a process that are not a listener's.
const OTHER_DESCRIPTORS: u64 = 1000;
/// What a server asks the kernel for, as connections that wait to be accepted.
const BACKLOG: u64 = 4096;
/// Bytes of a listener in the kernel and in the server, with TLS: some 10 kB were measured.
const LISTENER_BYTES: u64 = 12 * 1024;
/// MiB that a server takes without an audience, with room for a conversation's encoders.
const SERVER_MIB: u64 = 200;
/// The bit of CAP_SYS_NICE in a set of capabilities (capability(7)).
const SYS_NICE: u32 = 23;

pub(super) fn look(patient: &Patient) -> Vec<Finding> {
    vec![descriptors(patient), backlog(), memory(patient), io_uring(), segmentation(), priority(), conntrack(patient)]
}

fn number(path: &str) -> Option<u64> {
    fs::read_to_string(path).ok()?.split_whitespace().next()?.parse().ok()
}

fn descriptors(patient: &Patient) -> Finding {
    let about = "descriptors";
    let most = getrlimit(Resource::Nofile).maximum;
    let processes = patient.config.edges.map_or_else(cores, usize::from).max(1) as u64;
    let says = most.map_or_else(|| "no limit of open files".to_owned(), |most| format!("{most} open files a process"));
    let Some(audience) = patient.audience else { return Finding::go(about, says) };
    let needed = audience.div_ceil(processes) + OTHER_DESCRIPTORS;
    if most.is_none_or(|most| most >= needed) {
        return Finding::go(about, format!("{says}; {audience} listeners on {processes} processes need {needed}"));
    }
    Finding::no_go(
        about,
        format!("{says}; {audience} listeners on {processes} processes need {needed}"),
        format!(
            "raise the hard limit to {needed} or more (LimitNOFILE= in systemd, ulimit -Hn), or add audience.edges"
        ),
    )
}

fn backlog() -> Finding {
    let about = "backlog";
    let Some(most) = number("/proc/sys/net/core/somaxconn") else {
        return Finding::unknown(
            about,
            "net.core.somaxconn cannot be read",
            format!("sysctl net.core.somaxconn: {BACKLOG} or more"),
        );
    };
    let says = format!("{most} connections may wait to be accepted");
    if most >= BACKLOG {
        return Finding::go(about, says);
    }
    Finding::mind(
        about,
        format!("{says}, {BACKLOG} would be used: in a flash crowd the rest are dropped and try again after a second"),
        format!("sysctl -w net.core.somaxconn={BACKLOG}"),
    )
}

fn memory(patient: &Patient) -> Finding {
    let about = "memory";
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"));
    let Some(kib) = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()) else {
        return Finding::unknown(about, "/proc/meminfo cannot be read", "look at free -m");
    };
    let needed = SERVER_MIB + patient.audience.unwrap_or(0) * LISTENER_BYTES / (1 << 20);
    let says = format!("{} MiB available, {needed} needed", kib / 1024);
    if kib / 1024 >= needed {
        return Finding::go(about, says);
    }
    Finding::no_go(about, says, "end other programs, or take a machine with more memory")
}

fn io_uring() -> Finding {
    let about = "io_uring";
    match number("/proc/sys/kernel/io_uring_disabled") {
        Some(0) => Finding::go(about, "allowed: deliveries are sent in batches"),
        Some(1) => Finding::mind(
            about,
            "allowed to privileged processes only: each delivery may be a system call of its own",
            "sysctl -w kernel.io_uring_disabled=0, if this machine serves nobody else",
        ),
        Some(_) => Finding::mind(
            about,
            "forbidden: each delivery is a system call of its own, which costs about a third more",
            "sysctl -w kernel.io_uring_disabled=0, if this machine serves nobody else",
        ),
        // The switch came with Linux 6.6; before, it is there from 5.1 on.
        None if release() >= (6, 1) => Finding::go(about, "this kernel has it and no switch against it"),
        None => Finding::mind(
            about,
            "this kernel is too old for batches: each delivery is a system call",
            "Linux 6.1 or later",
        ),
    }
}

fn segmentation() -> Finding {
    let (major, minor) = release();
    if (major, minor) >= (4, 18) {
        return Finding::go("udp gso", format!("Linux {major}.{minor} has it"));
    }
    Finding::mind("udp gso", format!("Linux {major}.{minor} has none: WebRTC costs more"), "Linux 4.18 or later")
}

/// Major and minor number of the kernel.
fn release() -> (u32, u32) {
    let text = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn priority() -> Finding {
    let about = "priority";
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|l| l.strip_prefix("CapEff:")).unwrap_or_default();
    let may = u64::from_str_radix(set.trim(), 16).is_ok_and(|set| set >> SYS_NICE & 1 == 1);
    let nice = getrlimit(Resource::Nice).current.is_none_or(|nice| nice > 20);
    if may || nice || getrlimit(Resource::Rtprio).current.is_none_or(|most| most > 0) {
        return Finding::go(about, "the stage may run before everything else");
    }
    Finding::mind(
        about,
        "the stage runs with everything else: under load its ticks may be late",
        "AmbientCapabilities=CAP_SYS_NICE or LimitNICE=-11 in systemd",
    )
}

fn conntrack(patient: &Patient) -> Finding {
    let about = "conntrack";
    let Some(most) = number("/proc/sys/net/netfilter/nf_conntrack_max") else {
        return Finding::go(about, "connections are not tracked, or it cannot be seen from here");
    };
    let now = number("/proc/sys/net/netfilter/nf_conntrack_count").unwrap_or(0);
    // Whoever leaves is remembered for two minutes: a crowd that comes and goes counts twice.
    let needed = now + patient.audience.unwrap_or(0) * 2;
    let says = format!("{now} of {most} connections tracked");
    if most >= needed {
        return Finding::go(about, says);
    }
    Finding::no_go(
        about,
        format!("{says}; {needed} may be needed, and what does not fit is dropped without a word"),
        format!(
            "sysctl -w net.netfilter.nf_conntrack_max={needed}, or do not track the audience's ports (nft … notrack)"
        ),
    )
}
