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
use hustings_whep::Slots;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::oneshot;

use super::Audience;
use super::batch::{Batch, Sent};
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
    sockets: Vec<UdpSocket>,
    /// The candidate that datagrams on each socket are taken to be for.
    locals: Vec<SocketAddr>,
    batches: Vec<Batch>,
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
            batches: sockets.iter().map(|_| Batch::new()).collect(),
            house,
            mailbox,
            sockets,
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
        let mut readable = vec![false; 1 + self.sockets.len()];
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
        (self.sockets, self.locals)
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
        let sockets = self.sockets.iter().map(|socket| socket.as_fd());
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
        let known = self.crowds.iter().find(|(_, crowd)| crowd.hears(&audience)).map(|(id, _)| *id);
        let id = known.unwrap_or(self.next_crowd);
        let crowd = self.crowds.entry(id).or_insert_with(|| {
            self.next_crowd += 1;
            Crowd::new(audience, id, &self.mailbox)
        });
        let slot = self.slots.enter();
        let seat = self.listeners.insert(Box::new(Listener::new(key, offer, ssrc, id, slot, now)));
        crowd.enter(seat, slot);
        self.gate.admit(key, ours);
        self.by_session.insert(key, seat);
        self.sweep = self.sweep.max(now);
        self.set_timer(seat, now);
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
        if let Some(crowd) = self.crowds.get_mut(&listener.crowd) {
            crowd.leave(seat, listener.slot);
            if crowd.is_empty() {
                self.crowds.remove(&listener.crowd);
            }
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

    fn count(&self, sent: Sent) {
        let counters = &self.house.counters;
        counters.datagrams_out.fetch_add(sent.datagrams, Relaxed);
        counters.bytes_out.fetch_add(sent.bytes, Relaxed);
        counters.unsent.fetch_add(sent.unsent, Relaxed);
    }
}
