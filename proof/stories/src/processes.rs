//! What the kernel says of the processes of a server: its own and those that it has started.

use std::fs::{read, read_dir, read_to_string};

/// The children of a process whose command line holds `part`, oldest first.
///
/// # Panics
/// When there is no `/proc`.
#[must_use]
pub fn children(parent: u32, part: &str) -> Vec<u32> {
    let all = read_dir("/proc").expect("the kernel shows its processes");
    let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let mut found: Vec<_> = pids.filter(|pid| parent_of(*pid) == Some(parent) && says(*pid, part)).collect();
    found.sort_unstable();
    found
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn says(pid: u32, part: &str) -> bool {
    let line = read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).collect::<Vec<_>>().join(&b' ').windows(part.len()).any(|w| w == part.as_bytes())
}
