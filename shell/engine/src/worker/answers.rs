//! Answers to requests for HLS: one after the other on each connection, held until what they ask for is there.
//!
//! A connection has at most one answer under way, and while it has, nothing more is read of it: what a client says
//! meanwhile waits in the kernel, which is how it is told to wait.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use hustings_fan::{Key, Taken};
use hustings_hls::{Player, Refusal, Resource, WAIT_MAX};
use hustings_link::hall::Hall;
use hustings_link::misuse::Misuse;
use hustings_link::offences;
use hustings_link::peer::Connection;
use rustix::event::epoll::{self, EventData, EventFlags};

use super::{VISITOR, Worker, is_over, visitor_flags};
use crate::head::{Following, Head, Wish};
use crate::hls::{Ask, Ready, SLICES, Sought, Ticket, Verb, Wanted};
use crate::stats::{count, stats};
use crate::visitor::{Doing, Framed, Holding, Listens, Taking, Unread};

/// Of those who waited for one part, so many are answered before others come to their turn: 64 take half a millisecond.
const BATCH: usize = 64;

/// Between two times that the roll is told of a connection on which somebody listens: a sixth of the time after which one
/// who asks for nothing has left.
const TOLD: Duration = Duration::from_secs(1);

/// Where the requests of a connection that were read have led.
pub(super) enum Next {
    /// All are answered, and the next may be read.
    Read,
    /// One is being answered, or the connection is over or somebody else's.
    Done,
}

/// What became of one request.
enum Sent {
    Whole,
    /// It is held, or its answer is taken slowly.
    Later,
    /// The connection ends.
    Over,
    NotOurs,
}

impl Worker {
    /// Answers the requests that are in the scratch.
    pub(super) fn answer_all(&mut self, key: Key) -> Next {
        enum Then {
            Go(Next),
            HandOver,
            Listen(Wish),
            Follow(Following),
        }
        let buffer = std::mem::take(&mut self.scratch);
        let mut at = 0;
        let then = loop {
            let rest = &buffer[at..];
            if rest.is_empty() {
                break Then::Go(Next::Read);
            }
            let head = Head::parse(rest);
            if !matches!(head, Head::More) {
                self.pending.leave(key);
            }
            match head {
                Head::Hls(ask, length) => match self.answer(key, &ask) {
                    Sent::Whole => at += length,
                    Sent::Later => {
                        if let Some(unread) = self.unread(key) {
                            unread.read = rest[length..].to_vec();
                        }
                        break Then::Go(Next::Done);
                    }
                    Sent::Over => break Then::Go(Next::Done),
                    Sent::NotOurs => break Then::HandOver,
                },
                Head::More => {
                    self.keep(key, rest);
                    break Then::Go(Next::Read);
                }
                Head::Listen(wish) => break Then::Listen(wish),
                Head::Follow(following) => break Then::Follow(following),
                Head::Other => break Then::HandOver,
            }
        };
        self.scratch = buffer;
        match then {
            Then::Go(next) => return next,
            Then::HandOver => {
                self.scratch.drain(..at);
                self.hand_over(key);
            }
            Then::Listen(wish) => {
                self.scratch.drain(..at);
                self.receive(key, wish);
            }
            Then::Follow(following) => {
                self.scratch.drain(..at);
                self.follow(key, &following);
            }
        }
        Next::Done
    }

    /// Keeps the beginning of a request.
    fn keep(&mut self, key: Key, begun: &[u8]) {
        let Some(visitor) = self.visitors.find_mut(key) else { return };
        if let Doing::Asking(read) = &mut visitor.doing {
            read.extend_from_slice(begun);
            if std::mem::take(&mut visitor.answered) {
                visitor.since = self.now;
                let addr = visitor.addr;
                self.pend_again(key, addr);
            }
        }
    }

    fn answer(&mut self, key: Key, ask: &Ask<'_>) -> Sent {
        let framing = Framed { old: ask.old, last: ask.last, with_body: ask.verb != Verb::Head };
        if ask.verb == Verb::Options {
            let ready = Arc::new(Ready::preflight(&self.clock));
            return self.send(key, &ready, framing);
        }
        let Some(hall) = self.boards.hall(ask.slug, &self.house.config.halls, self.now) else { return Sent::NotOurs };
        let (folder, file) = hustings_hls::keyed(ask.file);
        if !hall.entrance.may_fetch(&hall.slug, folder) {
            // Who shows a ticket is sent to its folder there, and everybody else is refused.
            return Sent::NotOurs;
        }
        let resource = Resource::read(file, ask.query, self.boards.offered());
        if let Ok(resource) = &resource {
            self.answered.asked[resource.kind() as usize] += 1;
        }
        let (rendition, wanted) = match resource {
            Ok(Resource::Playlist(rendition, directives)) => (rendition, Wanted::Playlist(directives)),
            Ok(Resource::Media(rendition, media)) => (rendition, Wanted::Media(media)),
            // Here a player comes in, and who is not let in is told so by the general service.
            Ok(Resource::Multivariant)
                if folder.is_none() && !hall.entrance.is_open() || ask.query.contains("ticket=") =>
            {
                return Sent::NotOurs;
            }
            Ok(Resource::Multivariant) => {
                let kbit = hall.entrance.cap().of_newcomers().kbit();
                let Some(ready) = self.boards.multivariant(kbit, &ask.asked, &self.clock) else { return Sent::NotOurs };
                return self.send(key, &ready, framing);
            }
            Ok(Resource::Init(rendition)) => {
                hall.shelf(rendition).touch();
                let ready = self.boards.init(rendition, &ask.asked, &self.clock);
                return self.send(key, &ready, framing);
            }
            Err(refusal) => return self.refuse_ask(key, &refusal, framing),
        };
        self.attend(key, &hall, ask.player, matches!(wanted, Wanted::Media(_)));
        let Some(board_key) = self.boards.of(&hall, rendition, self.now) else { return Sent::NotOurs };
        let Some((board, offered)) = self.boards.find_mut(board_key) else { return Sent::NotOurs };
        board.touch(self.now);
        let since = Some(self.now);
        match board.seek(wanted, &ask.asked, since, self.now, &self.clock, offered) {
            Sought::Ready(ready) => self.send(key, &ready, framing),
            Sought::Refused(refusal) => self.refuse_ask(key, &refusal, framing),
            held => {
                self.ticket = self.ticket.wrapping_add(1);
                let ticket = (key, self.ticket);
                let Some(visitor) = self.visitors.find_mut(key) else { return Sent::Over };
                visitor.doing = Doing::Held(Box::new(Holding {
                    ticket,
                    board: board_key,
                    wanted,
                    asked: ask.asked.clone(),
                    framing,
                    warming_since: since,
                    deadline: self.now + WAIT_MAX,
                    unread: Unread::default(),
                }));
                match held {
                    Sought::Warming(_) => count(&stats().cold),
                    _ => count(&stats().held),
                }
                self.hold(ticket, &held);
                Sent::Later
            }
        }
    }

    /// Puts who is held onto the list of what it waits for.
    fn hold(&mut self, ticket: Ticket, sought: &Sought) {
        let Some(visitor) = self.visitors.find_mut(ticket.0) else { return };
        let Doing::Held(holding) = &mut visitor.doing else { return };
        let Some((board, _)) = self.boards.find_mut(holding.board) else { return };
        match sought {
            Sought::Warming(until) => {
                board.warm(ticket);
                self.boards.warm_at = Some(self.boards.warm_at.map_or(*until, |at| at.min(*until)));
            }
            Sought::Wait(part_number) => {
                if holding.warming_since.take().is_some() {
                    holding.deadline = self.now + WAIT_MAX;
                }
                board.wait(ticket, *part_number);
            }
            Sought::Ready(_) | Sought::Refused(_) => {}
        }
    }

    /// Answers those who are held and for whom there is news, as many as one turn allows.
    pub(super) fn answer_held(&mut self) {
        let come = self.boards.rung(self.now);
        self.come.extend(come);
        let warming = self.boards.warming(self.now);
        self.come.extend(warming);
        for _ in 0..BATCH {
            let Some(ticket) = self.come.pop_front() else { return };
            self.resume(ticket);
        }
    }

    /// Decides again for somebody who is held.
    fn resume(&mut self, ticket: Ticket) {
        let Some(visitor) = self.visitors.find_mut(ticket.0) else { return };
        let Doing::Held(holding) = &visitor.doing else { return };
        if holding.ticket != ticket {
            return;
        }
        let sought = match self.boards.find_mut(holding.board) {
            Some((board, offered)) => {
                let Holding { wanted, asked, warming_since, .. } = &**holding;
                board.seek(*wanted, asked, *warming_since, self.now, &self.clock, offered)
            }
            None => Sought::Refused(Refusal::late()),
        };
        match sought {
            Sought::Ready(ready) => self.release(ticket.0, |worker, framing| worker.send(ticket.0, &ready, framing)),
            Sought::Refused(refusal) => {
                self.release(ticket.0, |worker, framing| worker.refuse_ask(ticket.0, &refusal, framing));
            }
            held => self.hold(ticket, &held),
        }
    }

    /// Answers somebody who was held, and goes on with what it said meanwhile.
    fn release(&mut self, key: Key, answer: impl FnOnce(&mut Self, Framed) -> Sent) {
        let Some(visitor) = self.visitors.find_mut(key) else { return };
        let Doing::Held(holding) = std::mem::replace(&mut visitor.doing, Doing::Asking(Vec::new())) else { return };
        let Holding { framing, unread, .. } = *holding;
        match answer(self, framing) {
            Sent::Whole => self.go_on(key, &unread),
            Sent::Later => {
                if let Some(place) = self.unread(key) {
                    *place = unread;
                }
            }
            Sent::Over | Sent::NotOurs => {}
        }
    }

    /// Goes on with what a client said while it was answered.
    fn go_on(&mut self, key: Key, unread: &Unread) {
        if !unread.read.is_empty() {
            self.scratch.clear();
            self.scratch.extend_from_slice(&unread.read);
            if let Next::Done = self.answer_all(key) {
                if unread.more
                    && let Some(unread) = self.unread(key)
                {
                    unread.more = true;
                }
                return;
            }
        }
        if unread.more {
            self.hear(key, true);
        }
    }

    /// What a client says whose request is being answered.
    pub(super) fn unread(&mut self, key: Key) -> Option<&mut Unread> {
        match &mut self.visitors.find_mut(key)?.doing {
            Doing::Held(holding) => Some(&mut holding.unread),
            Doing::Taking(taking) => Some(&mut taking.unread),
            _ => None,
        }
    }

    fn refuse_ask(&mut self, key: Key, refusal: &Refusal, framing: Framed) -> Sent {
        if refusal.status == 503 {
            count(&stats().unavailable);
        } else if refusal.status == 400 {
            Misuse::Heads.count();
        }
        let ready = Arc::new(Ready::new(refusal.reply(), &self.clock));
        self.send(key, &ready, framing)
    }

    fn send(&mut self, key: Key, ready: &Arc<Ready>, mut framing: Framed) -> Sent {
        framing.last |= self.house.is_closing();
        let framed;
        let mut ready = ready;
        if framing.old || framing.last || !framing.with_body {
            framed = Arc::new(ready.framed(framing.old, framing.last, framing.with_body));
            ready = &framed;
        }
        self.answered.answers += 1;
        self.answered.bytes += ready.body_length() as u64;
        let taking = Taking { ready: ready.clone(), taken: 0, last: framing.last, unread: Unread::default() };
        self.write(key, taking)
    }

    /// Writes the rest of an answer, as far as the network takes it.
    fn write(&mut self, key: Key, mut taking: Taking) -> Sent {
        let Some(visitor) = self.visitors.find_mut(key) else { return Sent::Over };
        while taking.taken < taking.ready.length() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let used = taking.ready.slices(taking.taken, &mut slices);
            match visitor.line.write(&slices[..used]) {
                Taken::Bytes(taken) => {
                    taking.taken += taken;
                    visitor.since = self.now;
                }
                // What was begun is offered again, for an answer does not change.
                taken @ (Taken::Full | Taken::Begun(_)) => {
                    if taken != Taken::Full || !matches!(visitor.doing, Doing::Taking(_)) {
                        visitor.since = self.now;
                    }
                    if !matches!(visitor.doing, Doing::Taking(_)) {
                        let data = EventData::new_u64(key.to_bits() | VISITOR);
                        if epoll::modify(&self.epoll, &visitor.line, data, visitor_flags() | EventFlags::OUT).is_err() {
                            self.remove(key);
                            return Sent::Over;
                        }
                    }
                    visitor.doing = Doing::Taking(Box::new(taking));
                    return Sent::Later;
                }
                Taken::Broken => {
                    self.dismiss(key);
                    return Sent::Over;
                }
            }
        }
        visitor.answered = true;
        if taking.last {
            visitor.line.finish();
            visitor.doing = Doing::Leaving;
            return Sent::Over;
        }
        Sent::Whole
    }

    /// Something happened on a connection whose request is being answered.
    pub(super) fn answering(&mut self, key: Key, flags: EventFlags) {
        let Some(visitor) = self.visitors.find_mut(key) else { return };
        match &mut visitor.doing {
            Doing::Held(_) if is_over(flags) => self.dismiss(key),
            Doing::Held(holding) => holding.unread.more = true,
            Doing::Taking(_) if flags.intersects(EventFlags::HUP | EventFlags::ERR) => self.dismiss(key),
            Doing::Taking(taking) => {
                taking.unread.more |= flags.intersects(EventFlags::IN | EventFlags::RDHUP);
                if flags.contains(EventFlags::OUT) {
                    self.resume_writing(key);
                }
            }
            _ => {}
        }
    }

    fn resume_writing(&mut self, key: Key) {
        let Some(visitor) = self.visitors.find_mut(key) else { return };
        let Doing::Taking(taking) = &mut visitor.doing else { return };
        let unread = std::mem::take(&mut taking.unread);
        let ready = taking.ready.clone();
        let again = Taking { ready, taken: taking.taken, last: taking.last, unread: Unread::default() };
        match self.write(key, again) {
            Sent::Whole => {
                if let Some(visitor) = self.visitors.find_mut(key) {
                    visitor.doing = Doing::Asking(Vec::new());
                }
                self.go_on(key, &unread);
            }
            Sent::Later => {
                if let Some(place) = self.unread(key) {
                    *place = unread;
                }
            }
            Sent::Over | Sent::NotOurs => {}
        }
    }

    /// Tells those who have waited for too long.
    pub(super) fn answer_late(&mut self) {
        let late = |doing: &Doing| matches!(doing, Doing::Held(holding) if holding.deadline <= self.now);
        let late: Vec<_> = self.visitors.iter().filter(|(_, v)| late(&v.doing)).map(|(key, _)| key).collect();
        for key in late {
            self.release(key, |worker, framing| worker.refuse_ask(key, &Refusal::late(), framing));
        }
    }

    /// Forgets what nobody asks for any more.
    pub(super) fn tidy_boards(&mut self) {
        let visitors = &self.visitors;
        let waits = |ticket: Ticket| {
            let doing = visitors.find(ticket.0).map(|visitor| &visitor.doing);
            matches!(doing, Some(Doing::Held(holding)) if holding.ticket == ticket)
        };
        self.boards.tidy(&self.house.config.halls, self.now, waits);
    }

    /// Tells the roll who listens, at most once a second for each connection.
    fn attend(&mut self, key: Key, hall: &Arc<Hall>, player: Player<'_>, sound: bool) {
        if player == Player::Hidden {
            return hall.attendance.cache_asked(self.now);
        }
        let Some(visitor) = self.visitors.find_mut(key) else { return };
        let who = name(hall, player);
        match &mut visitor.listens {
            Some(listens) if listens.who == who && self.now.duration_since(listens.told) < TOLD => return,
            Some(listens) => (listens.who, listens.told) = (who, self.now),
            // A bare connection that fetches playlists alone is no listener.
            None if !sound && player == Player::Nameless => return,
            place @ None => {
                if sound {
                    offences::spare(visitor.addr.ip());
                }
                *place = Some(Box::new(Listens { connection: Connection::new(), who, told: self.now }));
            }
        }
        let trace = visitor.listens.as_ref().map(|listens| listens.connection.trace());
        let roll = &self.house.config.halls.roll;
        if sound {
            roll.media(hall, player, trace.as_ref(), self.now);
        } else {
            roll.playlist(hall, player, trace.as_ref(), self.now);
        }
    }
}

/// Tells listeners apart, by conversation and session.
fn name(hall: &Arc<Hall>, player: Player<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (Arc::as_ptr(hall).addr(), player).hash(&mut hasher);
    hasher.finish()
}
