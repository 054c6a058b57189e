//! Players who hold: many connections that each ask for the playlist of the next part, again and again, in one thread.
//!
//! Each asks for the part after the one that it was told of, as a player does; so all of them wait for the same part, and
//! are answered when it is published. When that was is not known here: the first answer with a part stands for it, so a
//! latency is how much later than the luckiest player another was answered. Bodies are looked at for their last part and
//! thrown away. Deliberately absent: media, TLS, reconnecting.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};
use serde::Serialize;

use crate::cpu;
use crate::tail::Tail;

/// Of a core: a client that takes more may be the limit itself.
const BUSY: f64 = 0.8;

/// Parts of a segment.
const PARTS: u64 = 10;
/// An answer is given up that takes longer than the server promises to hold.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who holds, and what.
#[derive(Debug, Clone)]
pub struct Reloads {
    /// The audience's listener.
    pub addr: SocketAddr,
    /// The target of a playlist, without a query.
    pub path: String,
    /// How many hold.
    pub players: usize,
    /// How many of them come in a second.
    pub per_second: f64,
    /// For so long all of them hold, and are watched.
    pub hold: Duration,
    /// They ask for it compressed.
    pub gzip: bool,
}

/// What they met.
#[derive(Debug, Clone, Serialize)]
pub struct Met {
    /// Those who are still there.
    pub players: usize,
    /// Connections that ended, answers that were none, and those that did not come.
    pub failures: usize,
    /// Answers while all were there.
    pub answers: u64,
    /// Of them to one player in a second.
    pub answers_per_second: f64,
    /// Bytes of an answer, its head included.
    pub bytes: f64,
    /// From the first answer with a part to each of the others.
    pub later_ms: Option<Tail>,
    /// When all were there, in seconds after the start: then the server's figures can be read, until `seconds` later.
    pub from: f64,
    /// How long they were watched.
    pub seconds: f64,
    /// Of a core, by this process, while all were there.
    pub own_cpu: f64,
    /// This process may have been the limit itself.
    pub limited: bool,
}

struct Player {
    socket: OwnedFd,
    /// Of the answer that comes.
    heard: Vec<u8>,
    asked: Instant,
    /// The part that it waits for; `None` while it does not know where it is.
    part: Option<u64>,
}

struct Hall<'a> {
    of: &'a Reloads,
    epoll: OwnedFd,
    all: Vec<Option<Player>>,
    scratch: Vec<u8>,
    failures: usize,
    answers: u64,
    bytes: u64,
    /// When the first answer with a part came.
    firsts: HashMap<u64, Instant>,
    later: Vec<f64>,
    watched: bool,
}

impl Reloads {
    /// Comes, holds and goes.
    ///
    /// # Errors
    /// What the system says.
    pub fn hold(&self) -> io::Result<Met> {
        let begun = Instant::now();
        let mut hall = Hall {
            of: self,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            all: Vec::with_capacity(self.players),
            scratch: Vec::with_capacity(256 * 1024),
            failures: 0,
            answers: 0,
            bytes: 0,
            firsts: HashMap::new(),
            later: Vec::new(),
            watched: false,
        };
        for n in 0..self.players {
            hall.take_until(begun + Duration::from_secs_f64(n as f64 / self.per_second))?;
            hall.join()?;
        }
        hall.take_until(Instant::now() + Duration::from_secs(2))?;
        hall.watched = true;
        let (from, cpu) = (Instant::now(), cpu::process());
        hall.take_until(from + self.hold)?;
        let seconds = from.elapsed().as_secs_f64();
        let own_cpu = (cpu::process() - cpu) / seconds;
        let now = Instant::now();
        let late = hall.all.iter().flatten().filter(|p| now.duration_since(p.asked) > PATIENCE).count();
        let players = hall.all.iter().flatten().count() - late;
        Ok(Met {
            players,
            failures: hall.failures + late,
            answers: hall.answers,
            answers_per_second: hall.answers as f64 / seconds / players.max(1) as f64,
            bytes: hall.bytes as f64 / hall.answers.max(1) as f64,
            later_ms: Tail::of(hall.later, &[]),
            from: (from - begun).as_secs_f64(),
            seconds,
            own_cpu,
            limited: own_cpu > BUSY,
        })
    }

    /// For the playlist that has this part; for any, which is to be read, without one.
    fn request(&self, part: Option<u64>) -> String {
        let coding = if self.gzip && part.is_some() { "Accept-Encoding: gzip\r\n" } else { "" };
        let query = part.map(|n| format!("?_HLS_msn={}&_HLS_part={}", n / PARTS, n % PARTS)).unwrap_or_default();
        format!("GET {}{query} HTTP/1.1\r\nHost: {}\r\n{coding}\r\n", self.path, self.addr)
    }
}

impl Hall<'_> {
    fn join(&mut self) -> io::Result<()> {
        let n = self.all.len();
        let Ok(socket) = TcpStream::connect(self.of.addr) else {
            self.failures += 1;
            self.all.push(None);
            return Ok(());
        };
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        let socket = OwnedFd::from(socket);
        rustix::io::write(&socket, self.of.request(None).as_bytes())?;
        let flags = EventFlags::IN | EventFlags::RDHUP | EventFlags::ET;
        epoll::add(&self.epoll, &socket, EventData::new_u64(n as u64), flags)?;
        self.all.push(Some(Player { socket, heard: Vec::new(), asked: Instant::now(), part: None }));
        Ok(())
    }

    /// Takes what comes until then.
    fn take_until(&mut self, until: Instant) -> io::Result<()> {
        let mut events = Vec::with_capacity(512);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let wait = Timespec::try_from(left).unwrap_or_default();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&wait)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let now = Instant::now();
            for event in events.drain(..) {
                self.take(event.data.u64() as usize, now);
            }
            if now >= until {
                return Ok(());
            }
        }
    }

    fn take(&mut self, n: usize, now: Instant) {
        let Some(player) = &mut self.all[n] else { return };
        self.scratch.clear();
        match recv(&player.socket, spare_capacity(&mut self.scratch), RecvFlags::empty()) {
            Ok((_, taken)) if taken > 0 => {}
            Err(Errno::AGAIN) => return,
            Ok(_) | Err(_) => return self.lose(n),
        }
        // Nearly every answer comes at once, and is looked at where it lies.
        if !player.heard.is_empty() {
            player.heard.extend_from_slice(&self.scratch);
            std::mem::swap(&mut player.heard, &mut self.scratch);
        }
        let Some(length) = whole(&self.scratch) else {
            player.heard = self.scratch.clone();
            return;
        };
        player.heard = Vec::new();
        let answer = self.scratch.get(..length).filter(|answer| answer.starts_with(b"HTTP/1.1 200"));
        let next = match (answer, player.part) {
            (None, _) => None,
            (Some(_), Some(part)) => {
                if self.watched {
                    self.answers += 1;
                    self.bytes += length as u64;
                    let first = *self.firsts.entry(part).or_insert(now);
                    self.later.push((now - first).as_secs_f64() * 1000.0);
                }
                Some(part + 1)
            }
            (Some(answer), None) => hinted(answer),
        };
        let Some(next) = next else { return self.lose(n) };
        player.part = Some(next);
        player.asked = now;
        if rustix::io::write(&player.socket, self.of.request(Some(next)).as_bytes()).is_err() {
            self.lose(n);
        }
    }

    fn lose(&mut self, n: usize) {
        self.all[n] = None;
        self.failures += 1;
    }
}

/// Bytes of a response, once all of it is here.
fn whole(heard: &[u8]) -> Option<usize> {
    let head = heard.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&heard[..head]).ok()?;
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let whole = head + length.parse::<usize>().ok()?;
    (heard.len() >= whole).then_some(whole)
}

/// The part that a playlist says comes next.
fn hinted(answer: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(answer);
    let (_, hint) = text.split_once("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"")?;
    let (_, name) = hint.split_once('/')?;
    let (msn, part) = name.split_once(".m4s")?.0.split_once('.')?;
    Some(msn.parse::<u64>().ok()? * PARTS + part.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_when_it_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 64\r\n\r\n\
            #EXTM3U\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"opus-48/12.3.m4s\"\n123 GET";
        let length = answer.len() - 4;
        assert_eq!((whole(&answer[..length - 1]), whole(answer)), (None, Some(length)));
        assert_eq!((hinted(answer), hinted(b"HTTP/1.1 404 Not Found")), (Some(123), None));
    }
}
