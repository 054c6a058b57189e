//! The listeners of one descriptor table, in one thread with an epoll of its own.
//!
//! It looks every millisecond instead of being woken by every delivery: a wake-up costs the client as much as the
//! delivery, and the server the waking, which on a real line a network card would have. What is heard is thrown away in
//! the kernel (`MSG_TRUNC` of tcp(7)). Deliberately absent: waiting for anything, so that the crowd is not the limit.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::sockopt::socket_error;
use rustix::net::{RecvFlags, recv};
use rustls::client::Resumption;
use rustls::{ClientConfig, ClientConnection};

use super::answer::Answer;
use super::arrivals::Chance;
use super::listener::{Line, Listener, call};
use super::met::Sums;
use super::{Crowd, Gate, Reading};
use crate::{cpu, secret};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);
/// Connections begun at one look, so that those who listen are not kept waiting.
const CALLS: usize = 64;
/// Events taken at once.
const EVENTS: usize = 512;
/// Most bytes taken at once: more than a kernel's buffer holds of anybody.
const SCRATCH_BYTES: usize = 256 * 1024;
/// A connection that takes longer lost its first packet: the kernel sends it again after a second (RFC 6298).
const SLOW: Duration = Duration::from_millis(900);
/// After the last first sound, until gaps are watched: bursts have passed.
const CALM: Duration = Duration::from_secs(1);

pub(super) struct Table<'a> {
    crowd: &'a Crowd,
    number: usize,
    request: Vec<u8>,
    tls: Option<Arc<ClientConfig>>,
    epoll: OwnedFd,
    /// Moments of arrival after `begun`.
    moments: Vec<Duration>,
    begun: Instant,
    /// Those who have come, in order.
    all: Vec<Listener>,
    /// Those who come back, and when.
    later: BinaryHeap<Reverse<(Instant, usize)>>,
    /// Bytes read one a second so far, for whom that is the way of reading.
    turn: usize,
    chance: Chance,
    scratch: Vec<u8>,
    events: Vec<epoll::Event>,
    looked: Instant,
    /// Gaps are watched.
    watching: bool,
    sums: Sums,
}

impl<'a> Table<'a> {
    pub(super) fn new(crowd: &'a Crowd, number: usize) -> io::Result<Self> {
        let mut chance = Chance::new(crowd.seed ^ (number as u64) << 32);
        let now = Instant::now();
        Ok(Self {
            crowd,
            number,
            request: format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", crowd.path, crowd.addr).into_bytes(),
            tls: crowd.tls.then(|| secret::client(Resumption::disabled())).transpose().map_err(io::Error::other)?,
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            moments: crowd.arrivals(number).moments(crowd.share(number), &mut chance),
            begun: now,
            all: Vec::with_capacity(crowd.share(number)),
            later: BinaryHeap::new(),
            turn: 0,
            chance,
            scratch: vec![0; SCRATCH_BYTES],
            events: Vec::with_capacity(EVENTS),
            looked: now,
            watching: false,
            sums: Sums::default(),
        })
    }

    /// The whole evening: comes, waits until everybody has come, watches for gaps, goes.
    pub(super) fn attend(mut self, gate: &Gate) -> io::Result<Sums> {
        let cpu = cpu::thread();
        while self.all.len() < self.moments.len() {
            self.look()?;
        }
        self.sums.joining_seconds = self.begun.elapsed().as_secs_f64();
        let patience = Instant::now() + self.crowd.patience;
        while self.sums.firsts.len() < self.all.len() && self.may_still_hear() && Instant::now() < patience {
            self.look()?;
        }
        gate.settle(self.number);
        while !gate.is_open() {
            self.look()?;
        }
        let calm = Instant::now() + CALM;
        while Instant::now() < calm {
            self.look()?;
        }
        let (watched, spent, user) = (Instant::now(), cpu::thread(), cpu::thread_user());
        self.sums.own_cpu_joining = (spent - cpu) / self.begun.elapsed().as_secs_f64();
        self.watch(watched);
        while watched.elapsed() < self.crowd.hold {
            self.look()?;
        }
        let now = Instant::now();
        self.sums.seconds = (now - watched).as_secs_f64();
        self.sums.own_seconds = cpu::thread() - spent;
        self.sums.own_user_seconds = cpu::thread_user() - user;
        self.sums.own_cpu = self.sums.own_seconds / self.sums.seconds;
        self.sums.listeners = self.all.len();
        self.sums.remember(&self.all, now);
        Ok(self.sums)
    }

    /// Somebody who has not heard anything yet is on the way.
    fn may_still_hear(&self) -> bool {
        self.crowd.reconnect.is_some()
            || self.sums.firsts.len() + self.sums.refused + self.sums.own_errors < self.all.len()
    }

    /// From now on gaps count.
    fn watch(&mut self, now: Instant) {
        self.watching = true;
        self.all.iter_mut().for_each(|listener| listener.last = now);
    }

    /// One look: who comes, what has come, and a rest until the next.
    fn look(&mut self) -> io::Result<()> {
        let next = self.looked + LOOK;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        let now = Instant::now();
        let stalled = (now - self.looked).saturating_sub(LOOK).as_secs_f64() * 1000.0;
        let stall = if self.watching { &mut self.sums.stall_ms } else { &mut self.sums.stall_joining_ms };
        *stall = stall.max(stalled);
        self.looked = now;
        for _ in 0..CALLS {
            if self.moments.get(self.all.len()).is_none_or(|moment| self.begun + *moment > now) {
                break;
            }
            self.all.push(Listener::new(Instant::now()));
            self.call(self.all.len() - 1);
        }
        for _ in 0..CALLS {
            let Some(Reverse((at, n))) = self.later.peek().copied() else { break };
            if at > now {
                break;
            }
            self.later.pop();
            self.call(n);
        }
        if self.crowd.reading == Reading::Byte {
            self.nibble(now);
        }
        self.take_all()
    }

    fn call(&mut self, n: usize) {
        let now = Instant::now();
        self.all[n].called = now;
        let small = self.crowd.reading != Reading::Well;
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        let called = call(self.crowd.addr, self.number, n, small)
            .and_then(|socket| epoll::add(&self.epoll, &socket, EventData::new_u64(n as u64), flags).map(|()| socket));
        match called {
            Ok(socket) => self.all[n].line = Line::Connecting(socket),
            Err(Errno::CONNREFUSED) => self.lose(n, now),
            Err(_) => {
                self.sums.own_errors += 1;
                self.come_back(n, now);
            }
        }
    }

    /// Takes what has come.
    fn take_all(&mut self) -> io::Result<()> {
        loop {
            let mut events = std::mem::take(&mut self.events);
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&Timespec::default())) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let now = Instant::now();
            let count = events.len();
            for event in events.drain(..) {
                self.take(event.data.u64() as usize, event.flags, now);
            }
            self.events = events;
            if count < EVENTS {
                return Ok(());
            }
        }
    }

    fn take(&mut self, n: usize, flags: EventFlags, now: Instant) {
        match &self.all[n].line {
            Line::Away => {}
            Line::Connecting(_) => self.ask(n, now),
            Line::Asked(..) => self.take_head(n, now),
            Line::Sealed(..) => self.take_sealed(n, now),
            Line::Hearing(socket) if self.crowd.reading == Reading::Well => {
                match recv(socket, &mut self.scratch[..], RecvFlags::TRUNC) {
                    Ok((_, taken)) if taken > 0 => self.deliver(n, taken, now),
                    Err(Errno::AGAIN) => {}
                    Ok(_) | Err(_) => self.lose(n, now),
                }
            }
            // What waits is not read, but the end is seen.
            Line::Hearing(_) => {
                if flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR) {
                    self.lose(n, now);
                }
            }
        }
    }

    /// The connection is there, or was refused.
    fn ask(&mut self, n: usize, now: Instant) {
        let listener = &mut self.all[n];
        let Line::Connecting(socket) = std::mem::replace(&mut listener.line, Line::Away) else { return };
        let connected = matches!(socket_error(&socket), Ok(Ok(())));
        let tls = self.tls.as_ref().map(|config| begin(config, &self.request)).transpose();
        let Ok(tls) = tls else { return self.lose(n, now) };
        if !connected {
            return self.lose(n, now);
        }
        let took = now - listener.called;
        listener.line = match tls {
            Some(mut tls) => {
                if flush(&socket, &mut tls).is_err() {
                    return self.lose(n, now);
                }
                Line::Sealed(socket, tls, Answer::new())
            }
            None if rustix::io::write(&socket, &self.request) == Ok(self.request.len()) => {
                Line::Asked(socket, Answer::new())
            }
            None => return self.lose(n, now),
        };
        self.sums.connects.push(took.as_secs_f64() * 1000.0);
        self.sums.slow_connects += usize::from(took > SLOW);
    }

    /// Takes the head of the answer, and what comes until the first sound is among it.
    fn take_head(&mut self, n: usize, now: Instant) {
        let listener = &mut self.all[n];
        let Line::Asked(socket, answer) = &mut listener.line else { return };
        let taken = match recv(&*socket, &mut self.scratch[..], RecvFlags::empty()) {
            Ok((_, taken)) if taken > 0 => taken,
            Err(Errno::AGAIN) => return,
            Ok(_) | Err(_) => return self.lose(n, now),
        };
        let Ok(body) = answer.take(&self.scratch[..taken]) else { return self.lose(n, now) };
        listener.last = now;
        if body >= self.crowd.sound_bytes {
            self.hear(n, now);
        }
    }

    /// Goes on with the handshake, or takes the head of the answer and what follows.
    fn take_sealed(&mut self, n: usize, now: Instant) {
        let listener = &mut self.all[n];
        let Line::Sealed(socket, tls, answer) = &mut listener.line else { return };
        let mut body = 0;
        loop {
            let mut wire = match recv(&*socket, &mut self.scratch[..], RecvFlags::empty()) {
                Ok((_, taken)) if taken > 0 => &self.scratch[..taken],
                Err(Errno::AGAIN) => break,
                Ok(_) | Err(_) => return self.lose(n, now),
            };
            let opened = open(tls, &mut wire).and_then(|text| flush(socket, tls).map(|()| text));
            let Some(Ok(taken)) = opened.ok().map(|text| answer.take(&text)) else { return self.lose(n, now) };
            body = taken;
        }
        listener.last = now;
        if body >= self.crowd.sound_bytes {
            self.hear(n, now);
        }
    }

    /// The first sound is there.
    fn hear(&mut self, n: usize, now: Instant) {
        let listener = &mut self.all[n];
        listener.line = match std::mem::replace(&mut listener.line, Line::Away) {
            Line::Asked(socket, _) | Line::Sealed(socket, ..) => Line::Hearing(socket),
            other => other,
        };
        if let Some(lost) = listener.lost.take() {
            self.sums.agains.push((now - lost).as_secs_f64() * 1000.0);
        } else if !std::mem::replace(&mut listener.heard, true) {
            self.sums.firsts.push((now - listener.asked).as_secs_f64() * 1000.0);
        }
    }

    fn deliver(&mut self, n: usize, taken: usize, now: Instant) {
        let listener = &mut self.all[n];
        if self.watching {
            listener.gap = listener.gap.max(now - listener.last);
            self.sums.deliveries += 1;
            self.sums.bytes += taken as u64;
        }
        listener.last = now;
    }

    /// Reads one byte of everybody whose second is over.
    fn nibble(&mut self, now: Instant) {
        let due = ((now - self.begun).as_secs_f64() * self.all.len() as f64) as usize;
        // Those who came late are not owed the seconds before.
        self.turn = self.turn.max(due.saturating_sub(self.all.len()));
        while self.turn < due {
            let n = self.turn % self.all.len();
            self.turn += 1;
            if let Line::Hearing(socket) = &self.all[n].line {
                match recv(socket, &mut self.scratch[..1], RecvFlags::empty()) {
                    Ok((_, 1)) => self.deliver(n, 1, now),
                    Err(Errno::AGAIN) => {}
                    Ok(_) | Err(_) => self.lose(n, now),
                }
            }
        }
    }

    /// A connection has ended, or was not let in.
    fn lose(&mut self, n: usize, now: Instant) {
        let listener = &mut self.all[n];
        if matches!(std::mem::replace(&mut listener.line, Line::Away), Line::Hearing(_)) {
            self.sums.lost += 1;
            listener.lost = Some(now);
        } else {
            self.sums.refused += 1;
        }
        listener.left |= self.watching;
        self.come_back(n, now);
    }

    fn come_back(&mut self, n: usize, now: Instant) {
        if let Some(jitter) = self.crowd.reconnect {
            self.later.push(Reverse((now + self.chance.below(jitter), n)));
        }
    }
}

/// Begins a handshake, behind which a request goes.
fn begin(config: &Arc<ClientConfig>, request: &[u8]) -> io::Result<Box<ClientConnection>> {
    let mut tls = secret::connection(config).map_err(io::Error::other)?;
    io::Write::write_all(&mut tls.writer(), request)?;
    Ok(Box::new(tls))
}

/// Sends what there is, for which there is room: it is little.
fn flush(socket: &OwnedFd, tls: &mut ClientConnection) -> io::Result<()> {
    let mut wire = Vec::new();
    while tls.wants_write() {
        tls.write_tls(&mut wire)?;
    }
    let sent = if wire.is_empty() { 0 } else { rustix::io::write(socket, &wire)? };
    if sent == wire.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// Opens what came; it may be nothing but a handshake.
fn open(tls: &mut ClientConnection, wire: &mut &[u8]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    while !wire.is_empty() {
        tls.read_tls(wire)?;
        tls.process_new_packets().map_err(io::Error::other)?;
        match io::Read::read_to_end(&mut tls.reader(), &mut text) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
    }
    Ok(text)
}
