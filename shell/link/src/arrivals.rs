//! Who arrives at this process, as a sketch: an address is hashed under the secret of the evening and forgotten.
//!
//! One for the process, as counters are. While no conversation is open there is no secret, and nothing is put into it. An
//! arrival costs two hashes and a lock for some 200 ns, which is 0.2 % of a core at 10,000 a second.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hustings_evidence::{Arrival, EventKey, Sketch};

static OPEN: AtomicBool = AtomicBool::new(false);
static EVENING: Mutex<Option<(EventKey, Sketch)>> = Mutex::new(None);

/// An evening begins, under this secret. The same again changes nothing.
pub fn begin(key: EventKey) {
    let mut evening = lock();
    if evening.as_ref().is_none_or(|(known, _)| *known != key) {
        *evening = Some((key, Sketch::new()));
    }
    OPEN.store(true, Relaxed);
}

/// It is over: the secret is overwritten, and what was not taken is forgotten.
pub fn end() {
    OPEN.store(false, Relaxed);
    *lock() = None;
}

/// Somebody connects.
pub fn note(from: IpAddr) {
    arrive(Arrival { from, times: 1, shape: None, tls: None });
}

/// Somebody asks for something, by a head of this shape.
pub fn note_request(from: IpAddr, shape: u64) {
    arrive(Arrival { from, times: 1, shape: Some(shape), tls: None });
}

/// Somebody begins a handshake of TLS, with a hello of this kind. Their connection was noted.
pub fn note_hello(from: IpAddr, kind: u64) {
    arrive(Arrival { from, times: 0, shape: None, tls: Some(kind) });
}

fn arrive(arrival: Arrival) {
    if !OPEN.load(Relaxed) {
        return;
    }
    if let Some((key, sketch)) = lock().as_mut() {
        sketch.arrive(key, &arrival);
    }
}

/// Those who have come since this was last asked; `None` if nobody has.
pub fn take() -> Option<Sketch> {
    let mut evening = lock();
    let (_, sketch) = evening.as_mut()?;
    (sketch.sources() > 0).then(|| std::mem::take(sketch))
}

fn lock() -> MutexGuard<'static, Option<(EventKey, Sketch)>> {
    EVENING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_counted_while_there_is_a_secret() {
        note([192, 0, 2, 1].into());
        assert!(take().is_none());
        begin(EventKey::new([1; 16]));
        note([192, 0, 2, 1].into());
        note([192, 0, 2, 2].into());
        begin(EventKey::new([1; 16]));
        assert_eq!(take().map(|sketch| sketch.sources()), Some(2));
        assert!(take().is_none());
        note([192, 0, 2, 2].into());
        end();
        assert!(take().is_none());
    }
}
