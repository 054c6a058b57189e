//! A shard: one thread with its own sockets and everything that is known of its listeners.
//!
//! It sleeps until a slot is due, a datagram comes or the mailbox rings. Slots come before datagrams, because those who hear
//! outrank those who come, and between two datagrams that cost much it looks whether a slot is due. What it does with
//! datagrams is in [`inbound`], what it sends in [`outbound`].

mod inbound;
mod outbound;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use hustings_fan::{Key, Seats};
use hustings_whep::{Slot, Slots};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::oneshot;

use super::Audience;
use super::batch::Outlets;
use super::crowd::Crowd;
use super::listener::Listener;
use super::listeners::House;
use super::mailbox::{Mailbox, Message};
use crate::gate::{Credentials, Gate, SessionKey};
use crate::sdp::Offer;

/// How often ended halls are looked for, while there is anybody.
const SWEEP: Duration = Duration::from_millis(500);
/// How soon a session is looked after again.
const OVERDUE: Duration = Duration::from_millis(10);
/// Bytes of a datagram that DTLS may want to send.
const SCRATCH: usize = 2048;

/// One shard.
pub(crate) struct Shard {
    house: Arc<House>,
    mailbox: Arc<Mailbox>,
    out: Outlets,
    /// The candidate that datagrams on each socket are taken to be for.
    locals: Vec<SocketAddr>,
    gate: Gate,
    listeners: Seats<Box<Listener>>,
    by_session: HashMap<SessionKey, Key>,
    /// By a number that no crowd of this shard had before.
    crowds: BTreeMap<u32, Crowd>,
    next_crowd: u32,
    slots: Slots,
    /// When to look after whom. What was overtaken is skipped.
    timers: BinaryHeap<Reverse<(Instant, Key)>>,
    sweep: Instant,
    scratch: Box<[u8; SCRATCH]>,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The peer said goodbye.
    Left,
    /// Consent has expired, or it never connected.
    Gone,
    /// The handshake failed.
    Broken,
    /// The conversation is over, or its client deleted the session.
    Dismissed,
}

impl Shard {
    /// A shard without listeners.
    pub(crate) fn new(
        house: Arc<House>,
        mailbox: Arc<Mailbox>,
        sockets: Vec<UdpSocket>,
        locals: Vec<SocketAddr>,
    ) -> Self {
        let gate = Gate::new(house.provider.sha1_hmac_provider);
        Self {
            out: Outlets::new(sockets),
            house,
            mailbox,
            locals,
            gate,
            listeners: Seats::default(),
            by_session: HashMap::new(),
            crowds: BTreeMap::new(),
            next_crowd: 0,
            slots: Slots::default(),
            timers: BinaryHeap::new(),
            sweep: Instant::now(),
            scratch: Box::new([0; SCRATCH]),
        }
    }

    /// Runs until the mailbox is closed.
    pub(crate) fn run(&mut self) {
        let mut readable = vec![false; 1 + self.out.sockets.len()];
        while !self.mailbox.is_closed() {
            if self.mailbox.has_rung(readable[0]) {
                let now = Instant::now();
                for message in self.mailbox.take() {
                    self.message(message, now);
                }
                self.crowds.values_mut().for_each(|crowd| crowd.read(now));
            }
            self.send_due();
            for (socket, readable) in readable[1..].iter().enumerate() {
                if *readable {
                    self.receive(socket);
                }
            }
            self.look_after(Instant::now());
            self.wait(&mut readable);
        }
    }

    /// Ends everybody, without a word: what is known of them cannot be trusted any more.
    pub(crate) fn abandon(self) -> (Vec<UdpSocket>, Vec<SocketAddr>) {
        self.by_session.keys().for_each(|key| self.house.left(*key));
        (self.out.sockets, self.locals)
    }

    /// Sleeps until something is due or comes, and says what is readable: the mailbox, then each socket.
    fn wait(&mut self, readable: &mut [bool]) {
        let slot = self.crowds.values_mut().filter_map(Crowd::due).min();
        let timer = self.timers.peek().map(|Reverse((at, _))| *at);
        let sweep = (!self.by_session.is_empty()).then_some(self.sweep);
        let due = [slot, timer, sweep].into_iter().flatten().min();
        let sleep = due.map(|due| due.saturating_duration_since(Instant::now()));
        let timeout = sleep.map(|s| Timespec { tv_sec: s.as_secs() as i64, tv_nsec: i64::from(s.subsec_nanos()) });
        let event = self.mailbox.event();
        let sockets = self.out.sockets.iter().map(|socket| socket.as_fd());
        let mut all: Vec<_> =
            std::iter::once(event).chain(sockets).map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        // Interrupted is as good as due.
        let any = poll(&mut all, timeout.as_ref()).is_ok_and(|n| n > 0);
        for (readable, polled) in readable.iter_mut().zip(&all) {
            *readable = any && !polled.revents().is_empty();
        }
    }

    fn message(&mut self, message: Message, now: Instant) {
        match message {
            Message::Open { key, offer, ours, ssrc, audience } => self.open(key, offer, ours, ssrc, audience, now),
            Message::Restart { key, theirs, ours, done } => {
                let listener = self.by_session.get(&key).and_then(|seat| self.listeners.find_mut(*seat));
                let answer = listener.map(|listener| {
                    (listener.offer.ufrag, listener.offer.pwd) = theirs;
                    self.gate.admit(key, ours);
                    Offer::clone(&listener.offer)
                });
                // A client that no longer waits has lost interest, which is no error.
                let _ = done.send(answer.ok_or(crate::sdp::SdpError::Unsupported("the session is over")));
            }
            Message::Retune { key, audience } => self.retune(key, audience),
            Message::End { key, done } => self.dismiss(key, done),
        }
    }

    fn dismiss(&mut self, key: SessionKey, done: oneshot::Sender<()>) {
        if let Some(seat) = self.by_session.get(&key).copied() {
            self.end(seat, Ended::Dismissed);
        }
        let _ = done.send(());
    }

    fn open(
        &mut self,
        key: SessionKey,
        offer: Box<Offer>,
        ours: Credentials,
        ssrc: u32,
        audience: Audience,
        now: Instant,
    ) {
        let slot = self.slots.enter();
        let sits = audience.seat;
        let crowd = self.crowd(audience);
        let mut listener = Listener::new(key, offer, ssrc, crowd, slot, now);
        listener.seat = sits;
        let seat = self.listeners.insert(Box::new(listener));
        self.enter(crowd, seat, slot);
        self.gate.admit(key, ours);
        self.by_session.insert(key, seat);
        self.sweep = self.sweep.max(now);
        self.set_timer(seat, now);
    }

    /// The crowd that hears this.
    fn crowd(&mut self, audience: Audience) -> u32 {
        let known = self.crowds.iter().find(|(_, crowd)| crowd.hears(&audience)).map(|(id, _)| *id);
        known.unwrap_or_else(|| {
            let id = self.next_crowd;
            self.next_crowd += 1;
            self.crowds.insert(id, Crowd::new(audience, id, &self.mailbox));
            id
        })
    }

    fn enter(&mut self, crowd: u32, seat: Key, slot: Slot) {
        if let Some(crowd) = self.crowds.get_mut(&crowd) {
            crowd.enter(seat, slot);
        }
    }

    /// Takes a listener out of a crowd, which ends with its last.
    fn leave(&mut self, crowd: u32, seat: Key, slot: Slot) {
        let Some(left) = self.crowds.get_mut(&crowd) else { return };
        left.leave(seat, slot);
        if left.is_empty() {
            self.crowds.remove(&crowd);
        }
    }

    /// A listener wants another rendition. It is in both crowds until there is a frame at which it can change without a break.
    fn retune(&mut self, key: SessionKey, audience: Audience) {
        let Some(seat) = self.by_session.get(&key).copied() else { return };
        let crowd = self.crowd(audience);
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let (now, slot) = (listener.crowd, listener.slot);
        let before = std::mem::replace(&mut listener.wants, Some(crowd).filter(|crowd| *crowd != now));
        if before != Some(crowd) && crowd != now {
            self.enter(crowd, seat, slot);
        }
        if let Some(before) = before.filter(|before| *before != crowd) {
            self.leave(before, seat, slot);
        }
    }

    /// Ends a session, with a goodbye to its peer.
    fn end(&mut self, seat: Key, ended: Ended) {
        self.say_goodbye(seat);
        let Some(listener) = self.listeners.remove(seat) else { return };
        tracing::debug!(session = listener.key.0, ?ended, "a WebRTC listener has left");
        if ended == Ended::Broken {
            self.house.counters.broken.fetch_add(1, Relaxed);
        }
        self.slots.leave(listener.slot);
        for crowd in [Some(listener.crowd), listener.wants].into_iter().flatten() {
            self.leave(crowd, seat, listener.slot);
        }
        self.gate.forget(listener.key);
        self.by_session.remove(&listener.key);
        self.house.left(listener.key);
    }

    fn set_timer(&mut self, seat: Key, now: Instant) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        // A handshake that is overdue for ever is looked after at this rate.
        let at = listener.wakeup().max(now + OVERDUE);
        if listener.timer.is_none_or(|earlier| at < earlier) {
            listener.timer = Some(at);
            self.timers.push(Reverse((at, seat)));
        }
    }

    /// Handshakes that wait, consent that has expired, halls that have ended.
    fn look_after(&mut self, now: Instant) {
        while let Some(Reverse((at, seat))) = self.timers.peek().copied().filter(|Reverse((at, _))| *at <= now) {
            self.timers.pop();
            let Some(listener) = self.listeners.find_mut(seat).filter(|l| l.timer == Some(at)) else { continue };
            listener.timer = None;
            if listener.is_gone(now) {
                self.end(seat, Ended::Gone);
                continue;
            }
            self.tick(seat, now);
            self.set_timer(seat, now);
        }
        if now >= self.sweep {
            self.sweep = now + SWEEP;
            let over: Vec<_> = self.crowds.values().filter(|c| c.is_over()).flat_map(Crowd::everybody).collect();
            over.into_iter().for_each(|seat| self.end(seat, Ended::Dismissed));
        }
    }
}
