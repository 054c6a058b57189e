//! Everybody of one process, in one thread with an epoll.
//!
//! It looks every millisecond instead of being woken by each delivery: a wake-up costs as much as the delivery itself.
//! Once a second it looks at each listener, spread over the second, so that silence is counted too.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hustings_rehearsal::{Act, Chance, Event, Second, Tier};
use reqwest::Url;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::ears::Ears;
use super::line::{Came, Line, Target};
use super::listener::{BUFFER, BUFFER_WHEP, Listener, Reception, Standing};
use super::tally::Tally;
use super::{Job, resolve};
use crate::listen::{Epoch, FIRST_SOUND, ListenOptions, listen};
use crate::wall::Wall;
use crate::{ClientError, Tier as Way};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);
/// Connections begun at one look, so that those who listen are not kept waiting.
const CALLS: usize = 64;
/// Events taken at once.
const EVENTS: usize = 512;
/// Bytes taken at once: more than a listener gets in a second, and a burst in several turns.
const SCRATCH_BYTES: usize = 64 * 1024;
/// Redirects in a row.
const REDIRECTS_MAX: u8 = 4;
/// Who lost the line comes again at any moment within this.
const RETURN: Duration = Duration::from_secs(1);
/// Draws until somebody is found who can leave; a crowd of whom fewer hear stays.
const DRAWS: usize = 64;

pub(super) struct Table<'a> {
    job: &'a Job,
    runtime: &'a tokio::runtime::Handle,
    target: Target,
    tls: Option<Arc<ClientConfig>>,
    epoll: OwnedFd,
    begins: Instant,
    wall: Wall,
    /// What is to come, in order.
    plan: VecDeque<Event>,
    /// Who comes again, and when.
    later: BinaryHeap<Reverse<(Instant, usize)>>,
    all: Vec<Listener>,
    /// Places of those who have gone for good.
    free: Vec<usize>,
    tally: Tally,
    chance: Chance,
    /// One for all clients of other tasks.
    epoch: Epoch,
    scratch: Vec<u8>,
    events: Vec<epoll::Event>,
    came: Came,
    looked: Instant,
    swept: usize,
}

impl<'a> Table<'a> {
    pub(super) fn new(job: &'a Job, runtime: &'a tokio::runtime::Handle) -> Result<Self, ClientError> {
        let url: Url = job.stream.parse().map_err(|_| ClientError::Address(job.stream.clone()))?;
        let tls = (url.scheme() == "https").then(|| crate::http::tls(&job.trust())).transpose()?;
        let now = Instant::now();
        let unix_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let begins = match job.begins_ms.checked_sub(unix_ms) {
            Some(wait) => now + Duration::from_millis(wait),
            None => now.checked_sub(Duration::from_millis(unix_ms - job.begins_ms)).unwrap_or(now),
        };
        Ok(Self {
            job,
            runtime,
            target: target(&url, tls.as_ref())?,
            tls,
            epoll: epoll::create(CreateFlags::CLOEXEC).map_err(std::io::Error::from)?,
            begins,
            wall: Wall::now(),
            plan: VecDeque::new(),
            later: BinaryHeap::new(),
            all: Vec::new(),
            free: Vec::new(),
            tally: Tally::new(begins),
            chance: Chance::new(job.seed ^ (job.number as u64) << 32),
            epoch: Epoch::default(),
            scratch: vec![0; SCRATCH_BYTES],
            events: Vec::with_capacity(EVENTS),
            came: Came::default(),
            looked: now,
            swept: 0,
        })
    }

    pub(super) fn attend(
        mut self,
        events: &Receiver<Vec<Event>>,
        stop: &AtomicBool,
        mut out: impl FnMut(Second),
    ) -> Result<(), ClientError> {
        while !stop.load(Relaxed) {
            for more in events.try_iter() {
                self.plan.extend(more);
                // What is planned later may come earlier than what is left of an earlier plan.
                self.plan.make_contiguous().sort_by_key(|event| event.at_ms);
            }
            self.look()?;
            if let Some(second) = self.tally.over(self.looked) {
                out(second);
            }
        }
        out(self.tally.rest());
        let clients = self.all.drain(..).filter_map(|listener| match listener.reception {
            Reception::Task(ears, leave) => leave.send(true).is_ok().then_some(ears),
            _ => None,
        });
        // Clients of other tasks say goodbye; not for longer than a person waits.
        let (clients, until) = (clients.collect::<Vec<_>>(), Instant::now() + Duration::from_secs(2));
        while Instant::now() < until && clients.iter().any(|ears| !ears.lock().over) {
            std::thread::sleep(LOOK * 10);
        }
        Ok(())
    }

    /// One look: who comes and goes, what has come, and a rest until the next.
    fn look(&mut self) -> Result<(), ClientError> {
        let next = self.looked + LOOK;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        let now = Instant::now();
        self.tally.late((now - self.looked).saturating_sub(LOOK));
        let since = now - self.looked;
        self.looked = now;
        for _ in 0..CALLS {
            let due = self.plan.front().is_some_and(|e| self.begins + Duration::from_millis(e.at_ms) <= now);
            let Some(event) = due.then(|| self.plan.pop_front()).flatten() else { break };
            self.act(event.act, now);
        }
        for _ in 0..CALLS {
            let Some(Reverse((at, n))) = self.later.peek().copied() else { break };
            if at > now {
                break;
            }
            self.later.pop();
            self.come(n);
        }
        self.sweep(since, now);
        self.take_all()
    }

    fn act(&mut self, act: Act, now: Instant) {
        match act {
            Act::Come(tier) => {
                let n = self.free.pop().unwrap_or(self.all.len());
                if n == self.all.len() {
                    self.all.push(Listener::new(tier, now));
                } else {
                    self.all[n] = Listener::new(tier, now);
                }
                self.come(n);
            }
            Act::Leave | Act::Return => {
                if self.tally.hearing() == 0 {
                    return;
                }
                let drawn = (0..DRAWS).map(|_| self.chance.below(self.all.len()));
                let found = drawn.into_iter().find(|n| self.all[*n].standing == Standing::Hearing);
                let Some(n) = found else { return };
                self.tally.of(self.all[n].tier).left += 1;
                self.go(n);
                match act {
                    Act::Return => self.come(n),
                    _ => self.free.push(n),
                }
            }
        }
    }

    /// Somebody asks to listen.
    fn come(&mut self, n: usize) {
        let now = Instant::now();
        let tier = self.all[n].tier;
        self.all[n] = Listener::new(tier, now);
        self.tally.of(tier).offered += 1;
        self.stand(n, Standing::Asking);
        if tier == Tier::Stream { self.call(n) } else { self.begin(n, tier) }
    }

    /// Calls where it is to call.
    fn call(&mut self, n: usize) {
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        let to = self.all[n].led_to.as_deref().unwrap_or(&self.target);
        let called = Line::call(to, self.job.number, n)
            .and_then(|line| epoll::add(&self.epoll, &line.socket, EventData::new_u64(n as u64), flags).map(|()| line));
        match called {
            Ok(line) => self.all[n].reception = Reception::Line(Box::new(line)),
            Err(Errno::CONNREFUSED) => self.lose(n),
            Err(_) => {
                self.tally.own_error();
                self.lose(n);
            }
        }
    }

    /// Starts a client of another task.
    fn begin(&mut self, n: usize, tier: Tier) {
        let (way, buffer) = if tier == Tier::Hls { (Way::Hls, BUFFER) } else { (Way::Whep, BUFFER_WHEP) };
        let ears = Ears::new(buffer);
        let (leave, told) = tokio::sync::watch::channel(false);
        let options = ListenOptions {
            duration: Duration::from_secs(86_400),
            rendition: if way == Way::Hls { self.job.rendition } else { None },
            epoch: self.epoch.clone(),
            trust: self.job.trust(),
            leave: Some(told.clone()),
            ears: Some(ears.clone()),
            ..ListenOptions::new(&self.job.page, way)
        };
        let (own, mut told) = (ears.clone(), told);
        self.runtime.spawn(async move {
            let outcome = if way == Way::Whep {
                listen(options).await
            } else {
                // LL-HLS has no goodbye: its connections are closed.
                tokio::select! {
                    outcome = listen(options) => outcome,
                    _ = told.wait_for(|leave| *leave) => Err(ClientError::Ended),
                }
            };
            own.ended(outcome.as_ref().err());
        });
        self.all[n].reception = Reception::Task(ears, leave);
    }

    /// Takes what has come.
    fn take_all(&mut self) -> Result<(), ClientError> {
        loop {
            let mut events = std::mem::take(&mut self.events);
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&Timespec::default())) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(ClientError::Socket(error.into())),
            }
            let count = events.len();
            let now = Instant::now();
            for event in events.drain(..) {
                self.take(event.data.u64() as usize, now);
            }
            self.events = events;
            if count < EVENTS {
                return Ok(());
            }
        }
    }

    fn take(&mut self, n: usize, now: Instant) {
        let Some(listener) = self.all.get_mut(n) else { return };
        let Reception::Line(line) = &mut listener.reception else { return };
        self.came.sound.clear();
        (self.came.head, self.came.bytes, self.came.over) = (None, 0, false);
        line.look(listener.led_to.as_deref().unwrap_or(&self.target), &mut self.scratch, &mut self.came);
        let tier = listener.tier;
        self.tally.of(tier).bytes += self.came.bytes;
        if let Some(head) = self.came.head.take() {
            match (head.status, head.location) {
                (200, _) => self.admit(n),
                (300..=399, Some(location)) => return self.follow(n, &location),
                _ => return self.lose(n),
            }
        }
        let listener = &mut self.all[n];
        for (start, samples) in self.came.sound.drain(..) {
            listener.player.arrived(now, start, samples);
        }
        if listener.standing == Standing::Admitted {
            self.hear(n);
        }
        if self.came.over {
            self.lose(n);
        }
    }

    /// The server has let it in.
    fn admit(&mut self, n: usize) {
        self.tally.of(self.all[n].tier).admitted += 1;
        self.stand(n, Standing::Admitted);
    }

    /// If there is enough to play, it hears.
    fn hear(&mut self, n: usize) {
        let listener = &self.all[n];
        let Some((first, _)) = listener.player.first() else { return };
        let ms = first.saturating_duration_since(listener.asked).as_secs_f64() * 1000.0;
        self.tally.of(listener.tier).first_audio_ms.add(ms);
        self.stand(n, Standing::Hearing);
    }

    fn follow(&mut self, n: usize, location: &str) {
        let found = self.job.stream.parse::<Url>().ok().and_then(|from| from.join(location).ok());
        let led = found.and_then(|url| target(&url, self.tls.as_ref()).ok());
        let listener = &mut self.all[n];
        listener.redirects += 1;
        listener.led_to = led.map(Box::new);
        listener.reception = Reception::None;
        if listener.led_to.is_some() && listener.redirects <= REDIRECTS_MAX { self.call(n) } else { self.lose(n) }
    }

    /// A connection has ended, or was not let in. Who was inside comes again.
    fn lose(&mut self, n: usize) {
        let (tier, standing) = (self.all[n].tier, self.all[n].standing);
        self.go(n);
        match standing {
            Standing::Away => {}
            Standing::Asking => {
                self.tally.of(tier).refused += 1;
                self.free.push(n);
            }
            Standing::Admitted | Standing::Hearing => {
                self.tally.of(tier).lost += 1;
                let moment = self.looked + RETURN.mul_f64(self.chance.share());
                self.later.push(Reverse((moment, n)));
            }
        }
    }

    /// It is away, and its connection is closed.
    fn go(&mut self, n: usize) {
        self.stand(n, Standing::Away);
        if let Reception::Task(_, leave) = std::mem::replace(&mut self.all[n].reception, Reception::None) {
            let _ = leave.send(true);
        }
        self.all[n].led_to = None;
    }

    fn stand(&mut self, n: usize, standing: Standing) {
        let from = std::mem::replace(&mut self.all[n].standing, standing);
        self.tally.moved(self.all[n].tier, from, standing);
    }

    /// Looks at as many listeners as are due, so that each is looked at once a second.
    fn sweep(&mut self, since: Duration, now: Instant) {
        let due = (self.all.len() as f64 * since.as_secs_f64()).ceil().max(1.0) as usize;
        for _ in 0..due.min(self.all.len()) {
            self.swept = (self.swept + 1) % self.all.len();
            self.visit(self.swept, now);
        }
    }

    fn visit(&mut self, n: usize, now: Instant) {
        if let Reception::Task(ears, _) = &self.all[n].reception {
            let ears = ears.clone();
            self.visit_task(n, &ears);
        }
        let listener = &mut self.all[n];
        match listener.standing {
            Standing::Away => {}
            Standing::Asking | Standing::Admitted => {
                if now.saturating_duration_since(listener.asked) > FIRST_SOUND {
                    self.lose(n);
                }
            }
            Standing::Hearing => {
                let (glitches, heard) = match &listener.reception {
                    Reception::Task(ears, _) => {
                        let mut heard = ears.lock();
                        (heard.player.glitches(now), heard.player.heard(now))
                    }
                    _ => (listener.player.glitches(now), listener.player.heard(now)),
                };
                let more = glitches.saturating_sub(listener.glitches);
                listener.glitches = glitches;
                let tally = self.tally.of(listener.tier);
                // The sweep goes round a little faster than once a second; a second is counted once all the same.
                tally.glitch_seconds += more;
                if let Some((heard, epoch)) = heard.zip(self.job.epoch_ms) {
                    tally.delay_ms.add(self.wall.ms(now) - (epoch as f64 + heard as f64 / 48.0));
                }
            }
        }
    }

    /// What has become of a client of another task.
    fn visit_task(&mut self, n: usize, ears: &Ears) {
        let tier = self.all[n].tier;
        let (any, first, over, own_error) = {
            let mut heard = ears.lock();
            self.tally.of(tier).bytes += std::mem::take(&mut heard.bytes);
            (heard.any, heard.player.first(), heard.over, std::mem::take(&mut heard.own_error))
        };
        if own_error {
            self.tally.own_error();
        }
        if any && self.all[n].standing == Standing::Asking {
            self.admit(n);
        }
        if let Some((first, _)) = first
            && self.all[n].standing == Standing::Admitted
        {
            let ms = first.saturating_duration_since(self.all[n].asked).as_secs_f64() * 1000.0;
            self.tally.of(tier).first_audio_ms.add(ms);
            self.stand(n, Standing::Hearing);
        }
        if over {
            self.lose(n);
        }
    }
}

/// Where a request for this address goes.
fn target(url: &Url, tls: Option<&Arc<ClientConfig>>) -> Result<Target, ClientError> {
    let bad = || ClientError::Address(url.to_string());
    let host = url.host_str().ok_or_else(bad)?;
    let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let agent = concat!("hustings-rehearse/", env!("CARGO_PKG_VERSION"));
    let request = format!(
        "GET {}{query} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\r\n",
        url.path()
    );
    let tls = match (url.scheme(), tls) {
        ("https", Some(config)) => {
            let name = host.trim_matches(['[', ']']).to_owned();
            Some((config.clone(), ServerName::try_from(name).map_err(|_| bad())?))
        }
        ("http", None) => None,
        // From HTTPS nobody is led to HTTP, and the other way round there is no configuration for it.
        _ => return Err(bad()),
    };
    Ok(Target { addr: resolve(url)?, request: request.into_bytes(), tls })
}
