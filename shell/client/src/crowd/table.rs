//! Everybody of one process, in one thread with an epoll.
//!
//! It looks every millisecond instead of being woken by each delivery: a wake-up costs as much as the delivery itself.
//! Once a second it looks at each listener, spread over the second, so that silence is counted too.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::net::SocketAddr;
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

use super::line::{Came, Line, Target};
use super::listener::{Listener, Reception, Standing, Step};
use super::tally::Tally;
use super::{Job, resolve};
use crate::ClientError;
use crate::listen::{Epoch, FIRST_SOUND};
use crate::wall::Wall;

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
/// Who lost the line comes again at any moment within this, or within what the server has said.
const RETURN: Duration = Duration::from_secs(1);
/// Draws until somebody is found who can leave; then they are looked for one after the other.
const DRAWS: usize = 16;

/// What somebody does again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Again {
    Come,
    Poll,
    /// It has listened for as long as it wanted, if it is still the one who came then.
    Leave(Instant),
}

pub(super) struct Table<'a> {
    pub(super) job: &'a Job,
    pub(super) runtime: &'a tokio::runtime::Handle,
    target: Target,
    /// Where tickets are asked for.
    pub(super) tickets: Option<Url>,
    /// Addresses of hosts and ports that were looked up.
    known: HashMap<String, SocketAddr>,
    tls: Option<Arc<ClientConfig>>,
    epoll: OwnedFd,
    begins: Instant,
    wall: Wall,
    /// What is to come, in order.
    plan: VecDeque<Event>,
    /// Who comes again, and when.
    pub(super) later: BinaryHeap<Reverse<(Instant, usize, Again)>>,
    pub(super) all: Vec<Listener>,
    /// Places of those who have gone for good.
    pub(super) free: Vec<usize>,
    pub(super) tally: Tally,
    pub(super) chance: Chance,
    /// One for all clients of other tasks.
    pub(super) epoch: Epoch,
    scratch: Vec<u8>,
    events: Vec<epoll::Event>,
    came: Came,
    pub(super) looked: Instant,
    /// The status of the answer in words that is coming, by listener.
    statuses: HashMap<usize, (u16, Vec<u8>)>,
    /// Within which who lost the line comes again, as the server said last.
    spread: Duration,
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
            target: Target::of(&url, resolve(&url)?, tls.as_ref(), None)?,
            tickets: job.tickets.as_deref().and_then(|url| url.parse().ok()),
            known: HashMap::new(),
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
            statuses: HashMap::new(),
            spread: RETURN,
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
            let Some(Reverse((at, n, again))) = self.later.peek().copied() else { break };
            if at > now {
                break;
            }
            self.later.pop();
            match again {
                Again::Come => self.come(n),
                Again::Poll => self.look_at_queue(n),
                Again::Leave(came) if self.all[n].came == came => self.leave_for_good(n),
                Again::Leave(_) => {}
            }
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
                let found = self.somebody();
                let Some(n) = found else { return };
                if act == Act::Leave {
                    return self.leave_for_good(n);
                }
                self.tally.of(self.all[n].tier).left += 1;
                self.go(n);
                self.come(n);
            }
        }
    }

    /// Somebody who hears, drawn; where few do, the next one from a place that is drawn.
    fn somebody(&mut self) -> Option<usize> {
        let hears = |all: &[Listener], n: usize| all[n].standing == Standing::Hearing;
        for _ in 0..DRAWS {
            let n = self.chance.below(self.all.len());
            if hears(&self.all, n) {
                return Some(n);
            }
        }
        let from = self.chance.below(self.all.len());
        (from..self.all.len()).chain(0..from).find(|n| hears(&self.all, *n))
    }

    /// Somebody asks to listen.
    fn come(&mut self, n: usize) {
        let now = Instant::now();
        let tier = self.all[n].tier;
        self.all[n] = Listener::new(tier, now);
        self.tally.of(tier).offered += 1;
        self.stand(n, Standing::Asking);
        if self.tickets.is_some() {
            self.all[n].secret = format!("{:016x}{:016x}", self.chance.bits(), self.chance.bits());
        } else if tier != Tier::Stream {
            return self.begin(n, tier, None);
        }
        self.ask_ticket(n);
    }

    /// Calls where it is to call.
    pub(super) fn call(&mut self, n: usize) {
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
        (self.came.head, self.came.bytes, self.came.over, self.came.whole) = (None, 0, false, false);
        (self.came.in_words, self.came.words) = (listener.step != Step::Sound, Vec::new());
        line.look(listener.led_to.as_deref().unwrap_or(&self.target), &mut self.scratch, &mut self.came);
        let tier = listener.tier;
        self.tally.of(tier).bytes += self.came.bytes;
        if self.came.in_words {
            return self.take_words(n);
        }
        if let Some(head) = self.came.head.take() {
            if let Some(seconds) = head.spread_s {
                self.spread =
                    RETURN.max(Duration::from_secs(u64::from(seconds.min(hustings_vocab::limits::SPREAD_SECONDS_MAX))));
            }
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

    /// Takes a piece of an answer in words.
    fn take_words(&mut self, n: usize) {
        let (head, words) = (self.came.head.take(), std::mem::take(&mut self.came.words));
        let answer = self.statuses.entry(n).or_default();
        if let Some(head) = head {
            answer.0 = head.status;
        }
        answer.1.extend_from_slice(&words);
        if self.came.over {
            let (status, words) = self.statuses.remove(&n).unwrap_or_default();
            if self.came.whole { self.answered(n, status, &words) } else { self.lose(n) }
        }
    }

    /// The server has let it in.
    pub(super) fn admit(&mut self, n: usize) {
        self.tally.of(self.all[n].tier).admitted += 1;
        self.stand(n, Standing::Admitted);
    }

    /// If there is enough to play, it hears.
    fn hear(&mut self, n: usize) {
        let listener = &self.all[n];
        let Some((first, _)) = listener.player.first() else { return };
        let ms = first.saturating_duration_since(listener.asked).as_secs_f64() * 1000.0;
        self.tally.of(listener.tier).first_audio_ms.add(ms);
        self.stays(n);
    }

    /// It hears from now on, for as long as everybody stays.
    pub(super) fn stays(&mut self, n: usize) {
        self.stand(n, Standing::Hearing);
        if let Some(stay_ms) = self.job.stay_ms {
            let until = self.looked + Duration::from_millis(stay_ms);
            self.later.push(Reverse((until, n, Again::Leave(self.all[n].came))));
        }
    }

    fn follow(&mut self, n: usize, location: &str) {
        let found = self.job.stream.parse::<Url>().ok().and_then(|from| from.join(location).ok());
        let led = found.and_then(|url| self.target(&url, None));
        let listener = &mut self.all[n];
        listener.redirects += 1;
        listener.led_to = led.map(Box::new);
        listener.reception = Reception::None;
        if listener.led_to.is_some() && listener.redirects <= REDIRECTS_MAX { self.call(n) } else { self.lose(n) }
    }

    /// A connection has ended, or was not let in. Who was inside comes again, and who has a place asks again.
    pub(super) fn lose(&mut self, n: usize) {
        self.statuses.remove(&n);
        match self.all[n].standing {
            // What became of a goodbye is nobody's concern any more.
            Standing::Away if self.all[n].step == Step::Goodbye => {
                self.hang_up(n);
                self.all[n].step = Step::Sound;
                self.free.push(n);
            }
            Standing::Away => {}
            Standing::Asking => self.refuse(n),
            Standing::Waiting => {
                self.hang_up(n);
                self.poll_within(n, 1);
            }
            Standing::Admitted | Standing::Hearing => {
                self.tally.of(self.all[n].tier).lost += 1;
                self.go(n);
                let moment = self.looked + self.spread.mul_f64(self.chance.share());
                self.later.push(Reverse((moment, n, Again::Come)));
            }
        }
    }

    /// It was not let in, and stays away.
    pub(super) fn refuse(&mut self, n: usize) {
        self.tally.of(self.all[n].tier).refused += 1;
        self.go(n);
        self.free.push(n);
    }

    /// It is away, and its connection is closed.
    pub(super) fn go(&mut self, n: usize) {
        self.stand(n, Standing::Away);
        self.hang_up(n);
    }

    /// Its connection is closed.
    pub(super) fn hang_up(&mut self, n: usize) {
        if let Reception::Task(_, leave) = std::mem::replace(&mut self.all[n].reception, Reception::None) {
            let _ = leave.send(true);
        }
        self.all[n].led_to = None;
    }

    /// Where a request for this address goes; what is posted is JSON.
    pub(super) fn target(&mut self, url: &Url, body: Option<&str>) -> Option<Target> {
        let place = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
        let addr = match self.known.get(&place) {
            Some(addr) => *addr,
            None => *self.known.entry(place).or_insert(resolve(url).ok()?),
        };
        Target::of(url, addr, self.tls.as_ref(), body).ok()
    }

    pub(super) fn stand(&mut self, n: usize, standing: Standing) {
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
            Standing::Away if listener.step == Step::Goodbye => {
                if now.saturating_duration_since(listener.asked) > FIRST_SOUND {
                    self.lose(n);
                }
            }
            Standing::Away => {}
            Standing::Waiting if matches!(listener.reception, Reception::None) => {}
            Standing::Asking | Standing::Waiting | Standing::Admitted => {
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
}
