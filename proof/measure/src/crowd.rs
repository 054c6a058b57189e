//! A crowd: many listeners of one stream in one thread, as cheap as the kernel lets them be.
//!
//! Each takes the bytes and throws them away, and remembers when it last got some. Several of these processes make a
//! large audience; each says how much of a core it took itself, so that a figure that is the client's own is seen.
//! Deliberately absent: decoding (`hustings listen` does), TLS, reconnecting.

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

/// Bytes with which sound is certainly among what came: the head of a response has half as many.
const SOUND: usize = 1000;
/// Of a core: a client that takes more may be the limit itself.
pub(crate) const BUSY: f64 = 0.8;

/// Who comes, and how.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// The audience's listener.
    pub addr: SocketAddr,
    /// The target of the request.
    pub path: String,
    /// How many come.
    pub listeners: usize,
    /// How many of them in a second.
    pub per_second: f64,
    /// How long all of them stay, and their gaps are watched.
    pub hold: Duration,
}

/// The tail of a distribution, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Tail {
    /// The median.
    pub p50: f64,
    /// Of a hundred, all but one.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

/// What a crowd met.
#[derive(Debug, Clone, Serialize)]
pub struct Met {
    /// Those who heard something.
    pub heard: usize,
    /// Those who were refused, or whose connection ended.
    pub lost: usize,
    /// From the call of `connect` to the first sound.
    pub first_audio_ms: Option<Tail>,
    /// For each listener its largest gap between two deliveries while all were there.
    pub largest_gap_ms: Option<Tail>,
    /// Deliveries to a listener in a second.
    pub deliveries_per_second: f64,
    /// Bytes to a listener in a second.
    pub bytes_per_second: f64,
    /// Of a core, by this process, while all were there.
    pub own_cpu: f64,
    /// This process may have been the limit itself.
    pub limited: bool,
}

struct Listener {
    socket: OwnedFd,
    asked: Instant,
    first: Option<Instant>,
    last: Instant,
    gap: Duration,
    bytes: usize,
}

struct Audience {
    epoll: OwnedFd,
    all: Vec<Option<Listener>>,
    scratch: Vec<u8>,
    firsts: Vec<f64>,
    lost: usize,
    /// All are there.
    steady: bool,
    deliveries: u64,
    bytes: u64,
}

impl Crowd {
    /// Comes, listens and goes.
    ///
    /// # Errors
    /// What the system says.
    pub fn listen(&self) -> io::Result<Met> {
        let mut audience = Audience {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            all: Vec::with_capacity(self.listeners),
            scratch: Vec::with_capacity(256 * 1024),
            firsts: Vec::new(),
            lost: 0,
            steady: false,
            deliveries: 0,
            bytes: 0,
        };
        let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", self.path, self.addr);
        let begun = Instant::now();
        for n in 0..self.listeners {
            let due = begun + Duration::from_secs_f64(n as f64 / self.per_second);
            audience.take_until(due)?;
            audience.join(self.addr, request.as_bytes())?;
        }
        // The last to come has the time of a refusal to hear its first sound.
        let settled = Instant::now() + Duration::from_secs(4);
        while audience.firsts.len() + audience.lost < self.listeners && Instant::now() < settled {
            audience.take_until(Instant::now() + Duration::from_millis(50))?;
        }
        audience.take_until(Instant::now() + Duration::from_secs(1))?;
        audience.watch();
        let (begun, cpu) = (Instant::now(), own_cpu());
        audience.take_until(begun + self.hold)?;
        let seconds = begun.elapsed().as_secs_f64();
        Ok(audience.met(seconds, (own_cpu() - cpu) / seconds))
    }
}

impl Audience {
    fn join(&mut self, addr: SocketAddr, request: &[u8]) -> io::Result<()> {
        let asked = Instant::now();
        let Ok(socket) = TcpStream::connect(addr) else {
            self.lost += 1;
            self.all.push(None);
            return Ok(());
        };
        socket.set_nonblocking(true)?;
        let socket = OwnedFd::from(socket);
        rustix::io::write(&socket, request)?;
        let flags = EventFlags::IN | EventFlags::RDHUP | EventFlags::ET;
        epoll::add(&self.epoll, &socket, EventData::new_u64(self.all.len() as u64), flags)?;
        self.all.push(Some(Listener { socket, asked, first: None, last: asked, gap: Duration::ZERO, bytes: 0 }));
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
        let Some(listener) = &mut self.all[n] else { return };
        self.scratch.clear();
        let taken = match recv(&listener.socket, spare_capacity(&mut self.scratch), RecvFlags::empty()) {
            Ok((_, taken)) if taken > 0 => taken,
            Err(Errno::AGAIN) => return,
            Ok(_) | Err(_) => return self.lose(n),
        };
        if listener.bytes == 0 && !self.scratch.get(8..).is_some_and(|head| head.starts_with(b" 200")) {
            return self.lose(n);
        }
        listener.bytes += taken;
        if listener.first.is_none() && listener.bytes > SOUND {
            listener.first = Some(now);
            self.firsts.push((now - listener.asked).as_secs_f64() * 1000.0);
        }
        if self.steady {
            listener.gap = listener.gap.max(now - listener.last);
            self.deliveries += 1;
            self.bytes += taken as u64;
        }
        listener.last = now;
    }

    fn lose(&mut self, n: usize) {
        self.all[n] = None;
        self.lost += 1;
    }

    /// From now on gaps count.
    fn watch(&mut self) {
        self.steady = true;
        let now = Instant::now();
        self.all.iter_mut().flatten().for_each(|listener| listener.last = now);
    }

    fn met(mut self, seconds: f64, own_cpu: f64) -> Met {
        let now = Instant::now();
        let heard: Vec<_> = self.all.iter().flatten().filter(|l| l.first.is_some()).collect();
        let gap = |l: &&Listener| l.gap.max(now - l.last).as_secs_f64() * 1000.0;
        let mut gaps: Vec<_> = heard.iter().map(gap).collect();
        let each = |n: u64| n as f64 / seconds / heard.len().max(1) as f64;
        Met {
            heard: heard.len(),
            lost: self.lost,
            deliveries_per_second: each(self.deliveries),
            bytes_per_second: each(self.bytes),
            largest_gap_ms: tail(&mut gaps),
            first_audio_ms: tail(&mut self.firsts),
            own_cpu,
            limited: own_cpu > BUSY,
        }
    }
}

pub(crate) fn tail(values: &mut [f64]) -> Option<Tail> {
    values.sort_by(f64::total_cmp);
    let at = |part: f64| values.get((values.len() as f64 * part) as usize).or(values.last()).copied();
    Some(Tail { p50: at(0.5)?, p99: at(0.99)?, max: at(1.0)? })
}

/// Seconds of processor time that this process has taken, user and system; to a hundredth, which is the kernel's tick.
#[must_use]
pub fn own_cpu() -> f64 {
    // The fields follow the name of the program, which may hold anything but ends with the last bracket (proc(5)).
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
