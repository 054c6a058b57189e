//! What the server's processes take of the processor for its audience, as the kernel says it, where they run on this
//! machine: they are those that hold the audience's listening socket, and serve it as edges.
//!
//! Deliberately absent: guesses. Where the processes cannot be seen (another user's, another machine's) there is no figure.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;

/// The kernel counts time for processes in hundredths of a second (USER_HZ, fixed for programs on Linux), and for each thread in
/// nanoseconds where it keeps statistics of its scheduler: a hundred listeners take less than a hundredth.
const TICKS: f64 = 100.0;

/// The processes that serve the audience.
#[derive(Debug)]
pub(super) struct Server {
    pids: Vec<u32>,
    before: Option<Time>,
}

/// Seconds of processor time until a moment, of each thread or, where that is not told, of each process.
type Time = BTreeMap<(u32, u32), f64>;

impl Server {
    /// Those that hold a listening socket at this address.
    pub(super) fn listening_at(addr: SocketAddr) -> Self {
        let inodes = listening(addr.port());
        let holds = |pid: &u32| {
            let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
            let links = entries.flatten().filter_map(|e| fs::read_link(e.path()).ok());
            links.into_iter().any(|link| {
                let text = link.to_string_lossy();
                let inode = text.strip_prefix("socket:[").and_then(|t| t.strip_suffix(']'));
                inode.is_some_and(|inode| inodes.contains(inode))
            })
        };
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids: Vec<u32> = all.filter_map(|e| e.file_name().to_str()?.parse().ok()).filter(holds).collect();
        let edges: Vec<u32> = pids.iter().copied().filter(|pid| is_edge(*pid)).collect();
        // Without edges the one process serves stage and audience alike.
        Self { pids: if edges.is_empty() { pids } else { edges }, before: None }
    }

    /// The processes, for who wants to know what holds them down.
    pub(super) fn pids(&self) -> &[u32] {
        &self.pids
    }

    /// Seconds of processor time since the last call; `None` at the first, and where a process cannot be seen.
    pub(super) fn spent(&mut self) -> Option<f64> {
        let now = self.pids.iter().map(|pid| of_threads(*pid).or_else(|| of_process(*pid)));
        let now: Option<Vec<Time>> = now.collect();
        let now = now.filter(|_| !self.pids.is_empty()).map(|each| each.into_iter().flatten().collect::<Time>());
        let before = std::mem::replace(&mut self.before, now)?;
        // What a thread did last before it ended is not seen; who is new did all of it since.
        let since = |(of, spent): (&(u32, u32), &f64)| spent - before.get(of).copied().unwrap_or_default();
        Some(self.before.as_ref()?.iter().map(since).sum())
    }
}

fn is_edge(pid: u32) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<_> = line.split(|b| *b == 0).collect();
    words.windows(2).any(|pair| pair == [&b"--role"[..], b"edge"])
}

/// Time on a processor of each thread (the first field of its schedstat).
fn of_threads(pid: u32) -> Option<Time> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten();
    let threads = threads.filter_map(|thread| {
        let nanoseconds: f64 =
            fs::read_to_string(thread.path().join("schedstat")).ok()?.split_whitespace().next()?.parse().ok()?;
        Some(((pid, thread.file_name().to_str()?.parse().ok()?), nanoseconds / 1e9))
    });
    let found: Time = threads.collect();
    (!found.is_empty()).then_some(found)
}

/// User and system time of a process.
fn of_process(pid: u32) -> Option<Time> {
    // The fields follow the name, which may hold anything but ends with the last bracket (proc(5)).
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some([((pid, 0), (user + system) / TICKS)].into())
}

/// The inodes of sockets that listen at a port.
fn listening(port: u16) -> BTreeSet<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines().skip(1));
    let found = lines.filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let at = fields.get(1)?.rsplit_once(':')?.1;
        // 0A: it listens.
        (u16::from_str_radix(at, 16) == Ok(port) && *fields.get(3)? == "0A").then(|| fields.get(9).copied())?
    });
    found.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_here_is_found_and_its_time_counted() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut server = Server::listening_at(listener.local_addr().unwrap());
        assert_eq!(server.pids(), [std::process::id()]);
        assert_eq!(server.spent(), None);
        let ever: f64 = of_process(std::process::id()).unwrap().values().sum();
        assert!((0.0..=ever + 1.0).contains(&server.spent().unwrap()), "no more than there was");
        drop(listener);
        let mut nobody = Server { pids: Vec::new(), before: Some(Time::new()) };
        assert_eq!(nobody.spent(), None);
    }
}
