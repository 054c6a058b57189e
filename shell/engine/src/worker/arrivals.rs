//! Those who come: taken in as long as there is room, and given the place of whoever only holds one where there is none.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use hustings_fan::{Key, Seats};
use hustings_guard::proxy::{self, HEADER_BYTES_MAX};
use hustings_guard::{Pending, Source};
use hustings_link::offences;
use hustings_link::peer::Slot;
use hustings_link::sources::network_of;
use hustings_vocab::limits;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;

use super::{BACK_OFF, LISTENER, VISITOR, Worker, visitor_flags};
use crate::accept::{self, Accepted, Guests};
use crate::engine::House;
use crate::line::Line;
use crate::reply;
use crate::stats::{count, stats};
use crate::visitor::{Doing, Visitor};

/// Connections that are kept free for those who come: what one round of accepting takes.
const FREE: usize = 64;
/// Who has just come is not sent away before this.
const GRACE: Duration = Duration::from_millis(limits::PENDING_GRACE_MS);
/// Who was answered and has asked for nothing since gives way after this, when there is no room: a player asks again within
/// two seconds.
const IDLE_FOR: Duration = Duration::from_secs(3);

/// Where those who come are put.
struct Entrance<'a> {
    house: &'a House,
    visitors: &'a mut Seats<Visitor>,
    pending: &'a mut Pending<Key>,
    arrived: Vec<Key>,
    now: Instant,
}

impl Guests for Entrance<'_> {
    fn room(&mut self) -> Option<Slot> {
        if let Some(slot) = self.house.slots.take() {
            return Some(slot);
        }
        // Who has had the time and asked for nothing gives way to who may. Else the newcomer is told that there is no room.
        let gone = self.pending.next_to_go()?;
        let since = self.visitors.find(gone)?.since;
        if self.now.duration_since(since) < GRACE {
            return None;
        }
        self.pending.leave(gone);
        self.send_away(gone);
        self.house.slots.take()
    }

    fn take(&mut self, socket: OwnedFd, addr: SocketAddr, slot: Slot) {
        let line = Line::new(socket, self.house.config.tls.as_ref());
        let source = network_of(addr.ip());
        let mut visitor = Visitor::new(line, addr, slot, self.now, Doing::Asking(Vec::new()));
        visitor.unnamed = self.house.config.proxies.iter().any(|network| network.holds(addr.ip()));
        if !visitor.unnamed {
            hustings_link::arrivals::note(addr.ip());
        }
        let key = self.visitors.insert(visitor);
        if let Some(gone) = self.pending.enter(key, source) {
            self.send_away(gone);
        }
        self.arrived.push(key);
    }
}

impl Entrance<'_> {
    /// Tells who has asked for nothing that there is no room.
    fn send_away(&mut self, gone: Key) {
        count(&stats().yielded);
        let Some(visitor) = self.visitors.remove(gone) else { return };
        offences::offend(visitor.addr.ip());
        if self.house.config.tls.is_none() {
            // The kernel takes these bytes at once or not at all.
            let _ = rustix::io::write(&visitor.line, reply::FULL);
        }
    }
}

impl Worker {
    pub(super) fn accept(&mut self) {
        let Some(listener) = self.listener.clone() else { return };
        if self.house.slots.stand_back() {
            let _ = epoll::delete(&self.epoll, &listener);
            self.accept_at = Some(self.now + BACK_OFF);
            return;
        }
        let house = self.house.clone();
        let refusal = if house.config.tls.is_some() { b"" } else { reply::FULL };
        let mut entrance = Entrance {
            house: &house,
            visitors: &mut self.visitors,
            pending: &mut self.pending,
            arrived: std::mem::take(&mut self.keys),
            now: self.now,
        };
        let accepted = accept::accept(listener.as_fd(), &mut self.reserve, refusal, &mut entrance);
        let mut arrived = entrance.arrived;
        for key in arrived.drain(..) {
            self.register(key);
        }
        self.keys = arrived;
        let _ = epoll::delete(&self.epoll, &listener);
        match accepted {
            // At the end of the queue: the kernel wakes the first shard of any process that waits, so who has just taken
            // some lets the others take the next.
            Accepted::All => self.wait_for_arrivals(&listener),
            Accepted::OutOfRoom => self.accept_at = Some(self.now + BACK_OFF),
            Accepted::Closed => self.listener = None,
        }
    }

    pub(super) fn wait_for_arrivals(&self, listener: &TcpListener) {
        let flags = EventFlags::IN | EventFlags::EXCLUSIVE;
        if let Err(error) = epoll::add(&self.epoll, listener, EventData::new_u64(LISTENER), flags) {
            tracing::error!(error = %io::Error::from(error), "a shard of the audience accepts nobody any more");
        }
    }

    /// Registers a new connection. What it has sent already is told at once.
    fn register(&mut self, key: Key) {
        // Another who came in the same round may have had its place.
        let Some(visitor) = self.visitors.find(key) else { return };
        let data = EventData::new_u64(key.to_bits() | VISITOR);
        if epoll::add(&self.epoll, &visitor.line, data, visitor_flags()).is_err() {
            let refusal = if visitor.line.is_shaking() { b"" } else { reply::FULL };
            accept::turn_away(&visitor.line, refusal);
            self.remove(key);
        }
    }

    /// Reads where a balancer's connection comes from. False: that has not come yet, or never will.
    pub(super) fn name(&mut self, key: Key) -> bool {
        let Some(visitor) = self.visitors.find_mut(key) else { return false };
        let mut come = [0; HEADER_BYTES_MAX];
        let header = visitor.line.peek(&mut come).map(|read| proxy::read(&come[..read]));
        match header {
            Ok(Ok(None)) | Err(Errno::AGAIN) => return false,
            Ok(Ok(Some(header))) if visitor.line.skip(&mut come[..header.bytes]) => {
                visitor.unnamed = false;
                visitor.addr = header.source.unwrap_or(visitor.addr);
                let addr = visitor.addr;
                hustings_link::arrivals::note(addr.ip());
                self.pend_again(key, addr);
                return true;
            }
            Ok(Err(error)) => {
                tracing::warn!(balancer = %visitor.addr, %error, "a balancer's connection was closed");
                count(&stats().refused);
            }
            // It has gone.
            Ok(Ok(Some(_))) | Err(_) => {}
        }
        self.dismiss(key);
        false
    }

    /// Lets a visitor go, who waits for nothing any more.
    pub(super) fn remove(&mut self, key: Key) -> Option<Visitor> {
        self.pending.leave(key);
        self.visitors.remove(key)
    }

    /// A visitor who was answered begins to ask again.
    pub(super) fn pend_again(&mut self, key: Key, addr: SocketAddr) {
        if let Some(gone) = self.pending.enter(key, network_of(addr.ip())) {
            count(&stats().yielded);
            self.dismiss(gone);
        }
    }

    /// When there is hardly any room, those go who were answered and are silent: of the most crowded network first.
    pub(super) fn clear_the_idle(&mut self) {
        let wanted = FREE.saturating_sub(self.house.slots.left());
        if wanted == 0 {
            return;
        }
        let mut idle: BTreeMap<Source, Vec<Key>> = BTreeMap::new();
        for (key, visitor) in self.visitors.iter().filter(|(_, visitor)| visitor.is_idle(self.now, IDLE_FOR)) {
            idle.entry(network_of(visitor.addr.ip())).or_default().push(key);
        }
        for _ in 0..wanted {
            let Some(crowd) = idle.values_mut().max_by_key(|crowd| crowd.len()) else { return };
            let Some(key) = crowd.pop() else { return };
            count(&stats().yielded);
            self.dismiss(key);
        }
    }
}
