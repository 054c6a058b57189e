//! Visitors: from the first byte of a request to the first byte of sound, and after the last.

use std::io::IoSlice;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use hustings_fan::{Beginning, Joining, Key, Warmth};
use hustings_link::hall::Tier;
use hustings_link::offences;
use hustings_link::peer::{Arrival, Slot};
use hustings_link::sources::network_of;
use hustings_pack::Window;
use hustings_vocab::limits;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;

use super::answers::Next;
use super::{Counted, Hears, Held, VISITOR, Worker, is_over, visitor_flags};
use crate::head::Wish;
use crate::line::{self, Line};
use crate::reply;
use crate::stats::{count, stats};
use crate::visitor::{Doing, Visitor, Waiting};

/// Handshakes between two rounds of deliveries: ten in full, which is 2,500 a second with as much time for everything
/// else, and a delay that nobody hears.
const HANDSHAKES: Duration = Duration::from_millis(2);
/// Reads of one connection before others have their turn: 64 kB of requests.
const READS: usize = 4;

impl Worker {
    /// Something happened on the connection of a visitor.
    pub(super) fn visit(&mut self, key: Key, flags: EventFlags) {
        if self.visitors.find(key).is_some_and(|visitor| visitor.unnamed) && !self.name(key) {
            return;
        }
        let Some(visitor) = self.visitors.find(key) else { return };
        match &visitor.doing {
            Doing::Asking(_) if visitor.line.is_shaking() => {
                self.later.push(network_of(visitor.addr.ip()), key);
                self.shake();
            }
            Doing::Asking(_) => self.hear(key, is_over(flags)),
            Doing::Held(_) | Doing::Taking(_) => self.answering(key, flags),
            Doing::Waiting(_) | Doing::Leaving if is_over(flags) => self.dismiss(key),
            Doing::Waiting(_) | Doing::Leaving => {}
        }
    }

    /// Reads what a visitor asks. `thorough`: until there is nothing, because that is not told anew.
    pub(super) fn hear(&mut self, key: Key, thorough: bool) {
        for _ in 0..READS {
            let Some(visitor) = self.visitors.find_mut(key) else { return };
            let Doing::Asking(read) = &mut visitor.doing else { return };
            self.scratch.clear();
            self.scratch.extend_from_slice(read);
            self.scratch.reserve(limits::REQUEST_HEAD_BYTES_MAX);
            let room = self.scratch.capacity() - self.scratch.len();
            let said = visitor.line.read(&mut self.scratch);
            if let Some(kind) = visitor.line.take_kind() {
                hustings_link::arrivals::note_hello(visitor.addr.ip(), kind);
            }
            let drained = match said {
                Ok(0) => return self.dismiss(key),
                Ok(read) => visitor.line.is_drained(read, room) && !thorough,
                Err(Errno::AGAIN) if visitor.line.wants_room() => return self.watch_for_room(key),
                Err(Errno::AGAIN) => return,
                Err(line::FOREIGN) => return self.hand_over(key),
                Err(_) => return self.dismiss(key),
            };
            if !read.is_empty() {
                *read = Vec::new();
            }
            match self.answer_all(key) {
                Next::Read if drained => return,
                Next::Read => {}
                Next::Done if drained => return,
                Next::Done => {
                    if let Some(unread) = self.unread(key) {
                        unread.more = true;
                    }
                    return;
                }
            }
        }
        self.again.push(key);
    }

    /// Goes on with handshakes, as many as there is time for until deliveries are made.
    pub(super) fn shake(&mut self) {
        while self.shaken < HANDSHAKES
            && let Some(key) = self.later.pop()
        {
            let begun = Instant::now();
            self.hear(key, true);
            self.shaken += begun.elapsed();
        }
    }

    /// A handshake goes on when there is room to write.
    fn watch_for_room(&mut self, key: Key) {
        let Some(visitor) = self.visitors.find(key) else { return };
        let data = EventData::new_u64(key.to_bits() | VISITOR);
        if epoll::modify(&self.epoll, &visitor.line, data, visitor_flags() | EventFlags::OUT).is_err() {
            self.dismiss(key);
        }
    }

    /// Gives a connection, of which the scratch was read, to the general service.
    pub(super) fn hand_over(&mut self, key: Key) {
        let Some(Visitor { mut line, addr, slot, .. }) = self.remove(key) else { return };
        let _ = epoll::delete(&self.epoll, &line);
        let Ok(place) = self.house.config.others.try_reserve() else {
            count(&stats().refused);
            // It was sent nothing yet, so there is room.
            let _ = line.write(&[IoSlice::new(reply::FULL)]);
            return line.finish();
        };
        let (socket, secrecy, said) = line.into_parts();
        let read = said.map_or_else(|| Bytes::copy_from_slice(&self.scratch), Bytes::from);
        place.send(Arrival { socket, addr, secrecy, read, slot });
        count(&stats().handed_over);
    }

    /// A listener has come, of whose request the scratch was read.
    pub(super) fn receive(&mut self, key: Key, mut wish: Wish) {
        let hall = self.house.config.halls.find(&wish.slug);
        let offered = self.house.config.offered.contains(&wish.asked.rendition);
        let hall = hall.filter(|hall| offered && !hall.shelf(wish.asked.rendition).look(Window::ended));
        let Some(hall) = hall else { return self.hand_over(key) };
        let cap = hall.entrance.cap();
        wish.asked.rendition = wish.asked.rendition.at_most(cap.of_newcomers().kbit());
        match hall.entrance.enter(&wish.slug, wish.shown.as_deref().unwrap_or_default(), self.clock.second) {
            Ok(seat) => (wish.seat, wish.shown) = (seat, None),
            // Every refusal is worded there.
            Err(_) => return self.hand_over(key),
        }
        let shelf = hall.shelf(wish.asked.rendition);
        let channel = self.channels.open(&mut self.shard, &self.belfry, shelf, wish.container, self.now);
        if let Warmth::Ready = Warmth::look(hall.flowing(shelf), self.now, self.now) {
            return self.begin(key, Waiting { hall, channel, wish });
        }
        let Some(visitor) = self.visitors.find_mut(key) else { return };
        count(&stats().cold);
        self.channels.wait(channel, 1);
        visitor.since = self.now;
        visitor.doing = Doing::Waiting(Box::new(Waiting { hall, channel, wish }));
        self.waiting.push(key);
        self.warm_at = Some(self.now);
    }

    /// Lets those begin whose rendition has become warm.
    pub(super) fn warm(&mut self) {
        if self.warm_at.is_none_or(|at| at > self.now) {
            return;
        }
        self.warm_at = None;
        let mut left = std::mem::take(&mut self.waiting);
        left.retain(|key| {
            let Some(visitor) = self.visitors.find_mut(*key) else { return false };
            let Doing::Waiting(waiting) = &visitor.doing else { return false };
            let shelf = waiting.hall.shelf(waiting.wish.asked.rendition);
            let warmth = Warmth::look(waiting.hall.flowing(shelf), visitor.since, self.now);
            if let Warmth::Wait(until) = warmth {
                self.warm_at = Some(self.warm_at.map_or(until, |at| at.min(until)));
                return true;
            }
            let asking = Doing::Asking(Vec::new());
            let Doing::Waiting(waiting) = std::mem::replace(&mut visitor.doing, asking) else { return false };
            self.channels.wait(waiting.channel, -1);
            match warmth {
                Warmth::Ready => self.begin(*key, *waiting),
                Warmth::Cold | Warmth::Wait(_) => self.refuse(*key, &waiting),
            }
            false
        });
        self.waiting = left;
    }

    /// Tells a visitor that its sound does not come.
    pub(super) fn refuse(&mut self, key: Key, waiting: &Waiting) {
        count(&stats().unavailable);
        waiting.hall.attendance.refuse();
        let Some(Visitor { mut line, addr, slot, .. }) = self.remove(key) else { return };
        let reply = reply::cold(&waiting.wish, SystemTime::now());
        // It was sent nothing yet, so there is room.
        let _ = line.write(&[IoSlice::new(reply.as_bytes())]);
        self.part_with(line, addr, slot, waiting.wish.last);
    }

    /// A visitor becomes a listener.
    pub(super) fn begin(&mut self, key: Key, waiting: Waiting) {
        let Waiting { hall, channel, wish } = waiting;
        let Some(Visitor { line, addr, slot, .. }) = self.remove(key) else { return };
        count(if line.is_sealed() { &stats().streams_sealed } else { &stats().streams_clear });
        let header = wish.container.header(hustings_pack::headers(wish.asked.rendition, &hall.title));
        let mut head = reply::stream(&wish, &hall, SystemTime::now()).into_bytes();
        head.extend_from_slice(&wish.framing.frame(&header));
        offences::spare(addr.ip());
        let _counted = Counted::Listener(hall.attendance.join(Tier::Stream).on(wish.seat));
        let cap = hall.entrance.cap();
        let (asked, now, newcomer) = (wish.whole, wish.asked.rendition, cap.newcomers < cap.all);
        let hears = Some(Hears { hall, container: wish.container, asked, now, newcomer });
        let held = Held { line, addr, slot, last: wish.last, _counted, hears };
        let begins = Beginning::Burst(wish.asked.burst_samples);
        self.listen(Joining { held, channel, framing: wish.framing, begins, head: head.into() });
    }

    /// Takes in who is sent what everybody is sent.
    pub(super) fn listen(&mut self, joining: Joining<Held>) {
        let key = self.shard.join(joining, self.now);
        let held = self.shard.held(key).expect("it has just joined");
        let mut flags = EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        if held.line.is_sealed() {
            // It may have something to say about its keys.
            flags |= EventFlags::IN;
        }
        if epoll::modify(&self.epoll, &held.line, EventData::new_u64(key.to_bits()), flags).is_err() {
            self.shard.leave(key);
            return;
        }
        self.deliver(key);
    }

    /// What becomes of a connection whose response is over: it may ask again, or it was told that this was the last.
    pub(super) fn part_with(&mut self, mut line: Line, addr: SocketAddr, slot: Slot, last: bool) {
        let doing = if last || self.house.is_closing() {
            line.finish();
            Doing::Leaving
        } else {
            Doing::Asking(Vec::new())
        };
        let key = self.visitors.insert(Visitor::new(line, addr, slot, self.now, doing));
        let Some(visitor) = self.visitors.find(key) else { return };
        let data = EventData::new_u64(key.to_bits() | VISITOR);
        if epoll::modify(&self.epoll, &visitor.line, data, visitor_flags()).is_err() {
            self.remove(key);
        } else if visitor.line.holds_text() {
            self.again.push(key);
        }
    }

    pub(super) fn dismiss(&mut self, key: Key) {
        match self.remove(key) {
            Some(Visitor { doing: Doing::Waiting(waiting), .. }) => self.channels.wait(waiting.channel, -1),
            // It came, asked for nothing and goes.
            Some(Visitor { doing: Doing::Asking(_), answered: false, addr, .. }) => offences::offend(addr.ip()),
            _ => {}
        }
    }
}
