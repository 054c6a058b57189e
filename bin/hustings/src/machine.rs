//! Which machine this is, as far as it tells a capacity from another: what a model is compared with before it is used.

use std::fs;
use std::path::{Path, PathBuf};

use hustings_gate::Machine;

/// This machine, as processes with these ids may use it: the narrowest set of cores and the smallest quota count. Without ids:
/// as this process may.
pub(crate) fn here(pids: &[u32]) -> Machine {
    let own = [std::process::id()];
    let pids = if pids.is_empty() { &own[..] } else { pids };
    let cores = pids.iter().map(|pid| cores_percent(*pid)).min().unwrap_or(100);
    Machine { cpu: cpu(), cores_percent: cores, memory_mib: memory_mib(), descriptors: descriptors() }
}

/// The processor, as it names itself.
fn cpu() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named = text.lines().find_map(|l| l.strip_prefix("model name").or_else(|| l.strip_prefix("CPU part")));
    let name = named.and_then(|l| l.split_once(':')).map_or("unknown", |(_, name)| name.trim());
    format!("{name} ({})", std::env::consts::ARCH)
}

fn memory_mib() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("MemTotal:"));
    let kib = line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn descriptors() -> u64 {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(u64::MAX)
}

/// Cores that a process may use, in hundredths: those that it may run on, or the quota of its control group if that is less.
fn cores_percent(pid: u32) -> u32 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let list = status.lines().find_map(|l| l.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let allowed = listed(list.trim()).max(1) * 100;
    quota(pid).map_or(allowed, |quota| quota.min(allowed))
}

/// How many are in a list such as `0-3,8`.
fn listed(list: &str) -> u32 {
    let count = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        Some(to.trim().parse::<u32>().ok()?.checked_sub(from.trim().parse().ok()?)? + 1)
    };
    list.split(',').filter_map(count).sum()
}

/// The smallest quota of the control groups that a process is in, in hundredths of a core.
fn quota(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    let groups = text.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        let root = match controllers {
            "" => PathBuf::from("/sys/fs/cgroup"),
            _ if controllers.split(',').any(|c| c == "cpu") => Path::new("/sys/fs/cgroup").join(controllers),
            _ => return None,
        };
        Some((root.clone(), root.join(path.trim_start_matches('/'))))
    });
    let quotas = groups.flat_map(|(root, group)| {
        group.ancestors().take_while(|at| at.starts_with(&root)).map(Path::to_owned).collect::<Vec<_>>()
    });
    quotas.filter_map(|at| quota_of(&at)).min()
}

fn quota_of(group: &Path) -> Option<u32> {
    let read = |name: &str| fs::read_to_string(group.join(name)).ok();
    let (quota, period) = match read("cpu.max") {
        Some(text) => text.trim().split_once(' ').map(|(quota, period)| (quota.to_owned(), period.to_owned()))?,
        None => (read("cpu.cfs_quota_us")?, read("cpu.cfs_period_us")?),
    };
    // "max" and -1 are no quota.
    let (quota, period) = (quota.trim().parse::<f64>().ok()?, period.trim().parse::<f64>().ok()?);
    (quota > 0.0 && period > 0.0).then(|| (quota / period * 100.0).round().max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_somebody() {
        let here = here(&[]);
        assert!(!here.cpu.is_empty() && here.cores_percent >= 1 && here.memory_mib > 0 && here.descriptors > 0);
        assert_eq!([listed("0-3,8"), listed("5"), listed(""), listed("x")], [5, 1, 0, 0]);
    }
}
