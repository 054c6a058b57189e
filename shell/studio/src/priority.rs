//! Which threads the kernel prefers. Ticks come first; a thread that a worker starts inherits its preference and gives it
//! back.

use thread_priority::{
    NormalThreadSchedulePolicy, RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

/// Any real-time priority runs before every ordinary thread; a low one leaves room for the kernel's own.
const PRIORITY: u8 = 10;

/// Prefers this thread to all ordinary ones. Without the privilege it runs like any other.
pub(crate) fn ticks_come_first() {
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    let priority = ThreadPriority::try_from(PRIORITY).unwrap_or(ThreadPriority::Min);
    if set_thread_priority_and_policy(thread_native_id(), priority, policy).is_err() {
        tracing::debug!("no privilege for a real-time thread: ticks share the processor with everything else");
    }
}

/// Runs this thread like any other.
pub(crate) fn like_any_other() {
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
    // Lowering one's own priority needs no privilege.
    let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy);
}
