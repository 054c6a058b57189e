//! Viewers: many HLS players in one thread, as cheap as the kernel lets them be, each with connections of its own.
//!
//! Each does what a player does (`viewer`) and throws the sound away; with `heartbeat` each also does what our page does.
//! Playlists that are the same bytes are read once for all. Each says how much of a core it took itself, so that a figure
//! that is the client's own is seen. On loopback every viewer has an address of its own. Deliberately absent: decoding, TLS,
//! changing renditions.

mod playlist;
mod viewer;
mod wire;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::cpu;
use crate::tail::Tail;
use playlist::Playlist;
use viewer::{Ask, On, Viewer};
use wire::{Came, Wire};

/// Playlists that are kept read; each version is asked for by everybody within a second.
const READ_MAX: usize = 64;
/// Of a core: a client that takes more may be the limit itself.
const BUSY: f64 = 0.8;
/// After a refusal or a broken connection.
const AGAIN: Duration = Duration::from_secs(1);
/// Refusals that are told in full.
const REFUSED_SHOWN: usize = 5;
/// Until everybody has come to play, after the last has come.
const SETTLE: Duration = Duration::from_secs(4);

/// Who watches, and how.
#[derive(Debug, Clone)]
pub struct Viewers {
    /// A cache, or the audience's listener.
    pub addr: SocketAddr,
    /// The media playlist.
    pub path: String,
    /// How many.
    pub viewers: usize,
    /// How many of them come in a second.
    pub per_second: f64,
    /// They ask for parts, with blocking reloads; else for segments.
    pub low_latency: bool,
    /// They report themselves as our page does.
    pub heartbeat: bool,
    /// How long all of them stay, and are watched.
    pub hold: Duration,
}

/// What they met, while all were there unless it says otherwise.
#[derive(Debug, Clone, Serialize)]
pub struct Watched {
    /// Those who heard something, from the beginning.
    pub heard: usize,
    /// Answers.
    pub answers: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// Refusals by status, and `closed` for connections that broke; from the beginning.
    pub errors: BTreeMap<String, u64>,
    /// What the first few refusals were for, and what they said.
    pub refused: Vec<String>,
    /// Seconds of sound that they got, on average.
    pub media_s: f64,
    /// Seconds that they were watched.
    pub seconds: f64,
    /// How often sound came after the last was played, over all viewers.
    pub gaps: u64,
    /// Viewers who met a gap.
    pub with_gaps: usize,
    /// Of each viewer with gaps the largest, in milliseconds.
    pub largest_gap_ms: Option<Tail>,
    /// From its first request to the first sound, from the beginning.
    pub first_audio_ms: Option<Tail>,
    /// Reports that were sent, from the beginning.
    pub reports: u64,
    /// The rate that they were told last.
    pub one_in: u32,
    /// Of a core, by this process.
    pub own_cpu: f64,
    /// This process may have been the limit itself.
    pub limited: bool,
}

/// What is to be done at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Come,
    Reload,
    Here,
}

/// What `here` says.
#[derive(Deserialize)]
struct Asked {
    seen: bool,
    one_in: u32,
    every_s: u64,
}

/// One of a viewer's connections.
#[derive(Default)]
struct Line {
    wire: Option<Wire>,
    /// What it waits for.
    busy: Option<Ask>,
}

struct Seat {
    viewer: Viewer,
    lines: [Line; 2],
    came: Instant,
}

struct Audience<'a> {
    with: &'a Viewers,
    epoll: OwnedFd,
    seats: Vec<Option<Seat>>,
    due: BinaryHeap<Reverse<(Instant, usize, Due)>>,
    read: HashMap<u64, Rc<Playlist>>,
    chance: RandomState,
    answers: u64,
    bytes: u64,
    errors: BTreeMap<String, u64>,
    refused: Vec<String>,
    reports: u64,
    one_in: u32,
}

impl Viewers {
    /// Comes, watches and goes. `steady` is called when all have had the time to come to play.
    ///
    /// # Errors
    /// What the system says.
    pub fn watch(&self, steady: impl FnOnce()) -> io::Result<Watched> {
        let mut audience = Audience {
            with: self,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            seats: (0..self.viewers).map(|_| None).collect(),
            due: BinaryHeap::new(),
            read: HashMap::new(),
            chance: RandomState::new(),
            answers: 0,
            bytes: 0,
            errors: BTreeMap::new(),
            refused: Vec::new(),
            reports: 0,
            one_in: 1,
        };
        let begun = Instant::now();
        let comes = |n: usize| begun + Duration::from_secs_f64(n as f64 / self.per_second);
        audience.due.extend((0..self.viewers).map(|n| Reverse((comes(n), n, Due::Come))));
        audience.run_until(comes(self.viewers) + SETTLE)?;
        audience.seats.iter_mut().flatten().for_each(|seat| seat.viewer.watch());
        steady();
        let (begun, cpu) = (Instant::now(), cpu::process());
        let (answers, bytes) = (audience.answers, audience.bytes);
        audience.run_until(begun + self.hold)?;
        let seconds = begun.elapsed().as_secs_f64();
        let own_cpu = (cpu::process() - cpu) / seconds;
        audience.answers -= answers;
        audience.bytes -= bytes;
        Ok(audience.watched(seconds, own_cpu))
    }
}

impl Audience<'_> {
    fn run_until(&mut self, until: Instant) -> io::Result<()> {
        let mut events = Vec::with_capacity(512);
        loop {
            let now = Instant::now();
            while let Some(Reverse((at, n, what))) = self.due.peek().copied()
                && at <= now
            {
                self.due.pop();
                self.happen(n, what, now);
            }
            if now >= until {
                return Ok(());
            }
            let next = self.due.peek().map_or(until, |Reverse((at, ..))| (*at).min(until));
            let wait = Timespec::try_from(next.saturating_duration_since(now)).unwrap_or_default();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&wait)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            for event in events.drain(..) {
                let key = event.data.u64() as usize;
                self.take(key / 2, key % 2);
            }
        }
    }

    fn happen(&mut self, n: usize, what: Due, now: Instant) {
        match what {
            Due::Come => {
                let id = self.chance.hash_one((n, "id"));
                let viewer = Viewer::new(self.with.low_latency, id);
                self.seats[n] = Some(Seat { viewer, lines: Default::default(), came: now });
                if self.with.heartbeat {
                    let within = self.chance.hash_one((n, "phase")) % 15_000;
                    self.due.push(Reverse((now + Duration::from_millis(within), n, Due::Here)));
                }
            }
            Due::Reload => self.viewer(n, Viewer::reload),
            Due::Here => self.viewer(n, |viewer| viewer.push(Ask::Here)),
        }
        self.ask(n, now);
    }

    fn viewer(&mut self, n: usize, then: impl FnOnce(&mut Viewer)) {
        if let Some(seat) = &mut self.seats[n] {
            then(&mut seat.viewer);
        }
    }

    /// Sends what the free connections of a viewer have to ask.
    fn ask(&mut self, n: usize, now: Instant) {
        for (which, on) in [On::Reloads, On::Media].into_iter().enumerate() {
            let Some(seat) = &mut self.seats[n] else { return };
            if seat.lines[which].busy.is_some() {
                continue;
            }
            let Some(ask) = seat.viewer.ask(on, now) else { continue };
            let request = request(self.with, &ask, seat.viewer.id);
            seat.lines[which].busy = Some(ask);
            if self.send(n, which, request.as_bytes()).is_err() {
                self.broken(n, which);
            }
        }
    }

    fn send(&mut self, n: usize, which: usize, request: &[u8]) -> io::Result<()> {
        let Some(seat) = &mut self.seats[n] else { return Ok(()) };
        let line = &mut seat.lines[which];
        if line.wire.is_none() {
            let wire = Wire::open(self.with.addr, own_address(self.with.addr, n))?;
            let key = EventData::new_u64((2 * n + which) as u64);
            epoll::add(&self.epoll, &wire.socket, key, EventFlags::IN | EventFlags::RDHUP)?;
            line.wire = Some(wire);
        }
        line.wire.as_ref().map_or(Ok(()), |wire| wire.send(request))
    }

    fn take(&mut self, n: usize, which: usize) {
        let Some(seat) = &mut self.seats[n] else { return };
        let line = &mut seat.lines[which];
        let Some(wire) = &mut line.wire else { return };
        match wire.take() {
            Came::Part => {}
            Came::Closed => self.broken(n, which),
            Came::Answer(answer) => {
                let now = Instant::now();
                let ask = line.busy.take();
                if answer.last {
                    line.wire = None;
                }
                self.answers += 1;
                self.bytes += answer.body.len() as u64;
                match ask {
                    Some(ask) if matches!(answer.status, 200 | 204) => self.got(n, &ask, &answer, now),
                    Some(ask) => {
                        *self.errors.entry(answer.status.to_string()).or_default() += 1;
                        if self.refused.len() < REFUSED_SHOWN {
                            let said = String::from_utf8_lossy(&answer.body).into_owned();
                            self.refused.push(format!("{} to {ask:?}: {said}", answer.status));
                        }
                        self.later(n, &ask, now);
                    }
                    None => {}
                }
                self.ask(n, now);
            }
        }
    }

    /// A connection that the other end closes while nothing is asked is no error.
    fn broken(&mut self, n: usize, which: usize) {
        let now = Instant::now();
        let Some(seat) = &mut self.seats[n] else { return };
        seat.lines[which].wire = None;
        if let Some(ask) = seat.lines[which].busy.take() {
            *self.errors.entry("closed".into()).or_default() += 1;
            self.later(n, &ask, now);
        }
    }

    /// What was refused: a playlist is asked for again, a part is skipped, a report is due with the next.
    fn later(&mut self, n: usize, ask: &Ask, now: Instant) {
        match ask {
            Ask::Playlist(_) => self.due.push(Reverse((now + AGAIN, n, Due::Reload))),
            Ask::Here => self.due.push(Reverse((now + 15 * AGAIN, n, Due::Here))),
            Ask::Media(..) | Ask::Report => {}
        }
    }

    fn got(&mut self, n: usize, ask: &Ask, answer: &wire::Answer, now: Instant) {
        match ask {
            Ask::Playlist(_) => {
                let Some(playlist) = self.playlist(answer) else {
                    *self.errors.entry("no playlist".into()).or_default() += 1;
                    return self.later(n, ask, now);
                };
                let Some(seat) = &mut self.seats[n] else { return };
                if let Some(at) = seat.viewer.playlist(&playlist, now) {
                    self.due.push(Reverse((at, n, Due::Reload)));
                }
            }
            Ask::Media(_, seconds) => self.viewer(n, |viewer| viewer.heard(*seconds, now)),
            Ask::Here => {
                let Ok(asked) = serde_json::from_slice::<Asked>(&answer.body) else { return };
                self.one_in = asked.one_in;
                let Some(seat) = &mut self.seats[n] else { return };
                if !asked.seen && (seat.viewer.id >> 32) * u64::from(asked.one_in) < 1 << 32 {
                    seat.viewer.push(Ask::Report);
                }
                // Its own moment in each period, however long the answer took.
                let every = Duration::from_secs(asked.every_s.max(1));
                self.due.push(Reverse((now + every, n, Due::Here)));
            }
            Ask::Report => self.reports += 1,
        }
    }

    fn playlist(&mut self, answer: &wire::Answer) -> Option<Rc<Playlist>> {
        let key = self.chance.hash_one(&answer.body);
        if let Some(known) = self.read.get(&key) {
            return Some(known.clone());
        }
        let mut text = String::new();
        if answer.gzip {
            flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_string(&mut text).ok()?;
        } else {
            text.push_str(std::str::from_utf8(&answer.body).ok()?);
        }
        if self.read.len() >= READ_MAX {
            self.read.clear();
        }
        let read = Rc::new(Playlist::read(&text)?);
        self.read.insert(key, read.clone());
        Some(read)
    }

    fn watched(self, seconds: f64, own_cpu: f64) -> Watched {
        let seats: Vec<_> = self.seats.iter().flatten().collect();
        let ms = |d: Duration| d.as_secs_f64() * 1000.0;
        let firsts: Vec<_> = seats.iter().filter_map(|s| Some(ms(s.viewer.first? - s.came))).collect();
        let gaps: Vec<_> = seats.iter().filter(|s| s.viewer.gaps > 0).map(|s| ms(s.viewer.largest_gap)).collect();
        Watched {
            heard: firsts.len(),
            answers: self.answers,
            bytes: self.bytes,
            media_s: seats.iter().map(|s| s.viewer.media_s).sum::<f64>() / seats.len().max(1) as f64,
            seconds,
            gaps: seats.iter().map(|s| u64::from(s.viewer.gaps)).sum(),
            with_gaps: gaps.len(),
            largest_gap_ms: Tail::of(gaps, &[]),
            first_audio_ms: Tail::of(firsts, &[]),
            errors: self.errors,
            refused: self.refused,
            reports: self.reports,
            one_in: self.one_in,
            own_cpu,
            limited: own_cpu > BUSY,
        }
    }
}

/// What a browser would send.
fn request(with: &Viewers, ask: &Ask, id: u64) -> String {
    let Viewers { addr, path, .. } = with;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let target = match ask {
        Ask::Playlist(query) => format!("{path}{query}"),
        Ask::Media(uri, _) => format!("{folder}/{uri}"),
        Ask::Here | Ask::Report => format!("{}/here", folder.rsplit_once('/').map_or("", |(talk, _)| talk)),
    };
    let fields = format!("Host: {addr}\r\nOrigin: http://{addr}\r\nAccept-Encoding: gzip, deflate, br\r\n");
    if *ask == Ask::Report {
        let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 19";
        return format!("POST {target} HTTP/1.1\r\n{fields}{form}\r\n\r\nid={id:016x}");
    }
    format!("GET {target} HTTP/1.1\r\n{fields}\r\n")
}

/// On loopback an address of its own for each viewer, and others for other processes.
fn own_address(to: SocketAddr, n: usize) -> Option<Ipv4Addr> {
    let IpAddr::V4(v4) = to.ip() else { return None };
    let process = 64 + std::process::id() % 128;
    v4.is_loopback().then(|| Ipv4Addr::new(127, process as u8, (n / 250) as u8, (1 + n % 250) as u8))
}
