//! Which threads the kernel prefers: ticks first, then the back-fill of what somebody waits for, then everything else.

use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

/// Any real-time priority runs before every ordinary thread; a low one leaves room for the kernel's own.
const PRIORITY: u8 = 10;

/// Below the ticks, above ordinary threads.
const PRIORITY_BACKFILL: u8 = 5;

/// Prefers this thread to all ordinary ones. Without the privilege it runs like any other.
pub(crate) fn ticks_come_first() {
    if !prefer(PRIORITY) {
        tracing::debug!("no privilege for a real-time thread: ticks share the processor with everything else");
    }
}

/// Lets this thread run after the ticks and before everything else: somebody waits for its first sound, and it is done
/// after some 30 ms.
pub(crate) fn after_the_ticks() {
    // Without the privilege the worker had no preference to inherit either.
    let _ = prefer(PRIORITY_BACKFILL);
}

fn prefer(priority: u8) -> bool {
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    let priority = ThreadPriority::try_from(priority).unwrap_or(ThreadPriority::Min);
    set_thread_priority_and_policy(thread_native_id(), priority, policy).is_ok()
}
