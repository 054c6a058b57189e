//! Processor time that this process, or this thread, has taken: user and system.

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Seconds of the process.
#[must_use]
pub fn process() -> f64 {
    seconds(clock_gettime(ClockId::ProcessCPUTime))
}

/// Seconds of the calling thread.
#[must_use]
pub fn thread() -> f64 {
    seconds(clock_gettime(ClockId::ThreadCPUTime))
}

fn seconds(time: Timespec) -> f64 {
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Seconds that the calling thread spent outside the kernel; to a hundredth, which is the kernel's tick.
#[must_use]
pub fn thread_user() -> f64 {
    // The fields follow the name of the thread, which may hold anything but ends with the last bracket (proc(5)).
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    let mut fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    fields.nth(11).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default() / 100.0
}
