//! The tap: each speaker's packets as they came, for whoever keeps the last minutes.
//!
//! A packet passes as another handle on bytes that exist, by one `try_send`: nothing is copied or decoded for it, and a tick
//! never waits. What does not fit is left out and counted. What a muted speaker's device sends is heard by nobody, so it does
//! not pass. Deliberately absent: keeping anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use bytes::Bytes;
use hustings_vocab::{SeatId, Slug, limits};
use tokio::sync::mpsc;

/// What passes.
#[derive(Debug, Clone)]
pub enum Tapped {
    /// Somebody has taken a seat.
    Entered {
        /// In which conversation.
        slug: Slug,
        /// By which session: unique in this process.
        session: u64,
        /// Which seat.
        seat: SeatId,
        /// The name that is shown.
        name: String,
    },
    /// One packet of a session.
    Packet {
        /// Whose.
        session: u64,
        /// When it arrived.
        arrived: Instant,
        /// Its RTP time, extended to 64 bits.
        rtp_time: u64,
        /// The Opus packet.
        payload: Bytes,
    },
    /// A session is over.
    Left(u64),
}

/// Where lines leave what they bring.
#[derive(Debug, Clone)]
pub struct Tap {
    to: mpsc::Sender<Tapped>,
    lost: Arc<AtomicU64>,
}

/// The tap, where it is read, and the count of what did not fit.
#[must_use]
pub fn tap() -> (Tap, mpsc::Receiver<Tapped>, Arc<AtomicU64>) {
    let (to, from) = mpsc::channel(limits::TAP_QUEUE_MAX);
    let lost = Arc::new(AtomicU64::new(0));
    (Tap { to, lost: lost.clone() }, from, lost)
}

/// The tap of one line.
#[derive(Debug)]
pub(crate) struct LineTap {
    tap: Tap,
    session: u64,
    /// Who it is, until that has passed: what a session says is of no use before.
    unsaid: Option<Tapped>,
}

impl LineTap {
    pub(crate) fn new(tap: Tap, slug: Slug, session: u64, seat: SeatId, name: String) -> Self {
        let mut line = Self { tap, session, unsaid: Some(Tapped::Entered { slug, session, seat, name }) };
        line.say();
        line
    }

    fn say(&mut self) {
        if let Some(unsaid) = self.unsaid.take()
            && let Err(mpsc::error::TrySendError::Full(back)) = self.tap.to.try_send(unsaid)
        {
            self.unsaid = Some(back);
        }
    }

    /// Lets one packet pass.
    pub(crate) fn packet(&mut self, arrived: Instant, rtp_time: u64, payload: &Bytes) {
        if self.unsaid.is_some() {
            self.say();
        }
        let packet = Tapped::Packet { session: self.session, arrived, rtp_time, payload: payload.clone() };
        if self.tap.to.try_send(packet).is_err() {
            self.tap.lost.fetch_add(1, Relaxed);
        }
    }
}

impl Drop for LineTap {
    fn drop(&mut self) {
        // If it does not fit, the session stays known where it is kept, at the cost of its name.
        let _ = self.tap.to.try_send(Tapped::Left(self.session));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_is_said_first_and_nothing_waits_for_a_full_queue() {
        let (to, mut from) = mpsc::channel(2);
        let tap = Tap { to, lost: Arc::default() };
        let (slug, seat): (Slug, SeatId) = ("talk".parse().unwrap(), "ann".parse().unwrap());
        let mut first = LineTap::new(tap.clone(), slug.clone(), 1, seat.clone(), "Ann".into());
        let now = Instant::now();
        let payload = Bytes::from_static(&[0xf8]);
        first.packet(now, 960, &payload);
        let mut second = LineTap::new(tap.clone(), slug, 2, seat, "Ann".into());
        second.packet(now, 960, &payload);
        assert_eq!(tap.lost.load(Relaxed), 1);
        assert!(matches!(from.try_recv(), Ok(Tapped::Entered { session: 1, .. })));
        let Ok(Tapped::Packet { session: 1, payload: same, .. }) = from.try_recv() else { unreachable!("its packet") };
        assert_eq!(same.as_ptr(), payload.as_ptr(), "no copy is made");
        second.packet(now, 1920, &payload);
        assert!(matches!(from.try_recv(), Ok(Tapped::Entered { session: 2, .. })), "it is said when there is room");
        assert!(matches!(from.try_recv(), Ok(Tapped::Packet { session: 2, rtp_time: 1920, .. })));
        drop(second);
        assert!(matches!(from.try_recv(), Ok(Tapped::Left(2))));
    }
}
