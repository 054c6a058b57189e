//! A crowd of WebRTC listeners in one thread, as cheap as the kernel lets them be.
//!
//! Each joins as a browser does: an offer over HTTP, a check that ICE demands, a DTLS handshake; then it asks for consent and
//! reports every five seconds. Its sound is counted and thrown away. What makes it cheap: a few sockets that are bound to
//! every loopback address stand for all listeners, each under an address of its own, and are read by `recvmmsg`. The
//! kernel's stamps say when a packet came, so that this program's own delays are not the server's.
//!
//! Deliberately absent: decryption (real clients prove that), candidates, retransmission.

mod bare;
mod lateness;
mod peer;
mod post;
mod sockets;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;
use str0m::crypto::Sha1HmacProvider;

use crate::cpu;
use crate::tail::Tail;
use lateness::Lateness;
use peer::{Peer, Turn};
use sockets::{Arrived, Sockets};

pub use bare::{BareSrtp, bare};
pub use lateness::Late;

/// Between two looks at the sockets. Nobody waits on them, for whoever sends would pay for waking us, which no listener on a
/// machine of its own makes a server do.
pub(crate) const NAP: Duration = Duration::from_micros(500);
/// Between two questions for consent, and between two reports.
const EVERY: Duration = Duration::from_secs(5);
/// How long a join may take before its check or its flight is sent again.
const AGAIN: Duration = Duration::from_millis(500);
/// How long everybody may take to join, beside what the rate says.
const PATIENCE: Duration = Duration::from_secs(30);
/// Of a core: a client that takes more may be the limit itself.
const BUSY: f64 = 0.9;

/// Who comes, and how.
#[derive(Debug, Clone)]
pub struct Whep {
    /// The audience's listener.
    pub addr: SocketAddr,
    /// The target of the request.
    pub path: String,
    /// How many come.
    pub listeners: usize,
    /// How many of them in a second.
    pub per_second: f64,
    /// How long all of them stay, and their packets are watched.
    pub hold: Duration,
    /// Sockets, and the second number of their loopback addresses, so that several of these may run at once.
    pub sockets: usize,
    /// Of 127.x.0.0/16, which this crowd has for itself.
    pub network: u8,
}

/// What a crowd met.
#[derive(Debug, Clone, Serialize)]
pub struct Met {
    /// Those who heard something.
    pub heard: usize,
    /// Those whose request was refused, or who did not come through.
    pub failed: usize,
    /// Joins in a second, from the first request to the last handshake.
    pub joins_per_second: f64,
    /// From the request to the last message of the handshake, in milliseconds.
    pub join_ms: Option<Tail>,
    /// Packets while all were there.
    pub packets: u64,
    /// In a second.
    pub packets_per_second: f64,
    /// Of what sequence numbers promise, so many did not come.
    pub lost: u64,
    /// Sender reports that came.
    pub reports: u64,
    /// Questions for consent, and answers.
    pub asked: u64,
    /// Answers to them.
    pub answered: u64,
    /// How much later than its listener's own slot a packet came: what it was behind the earliest of its listener.
    pub late: Option<Late>,
    /// Of a core, by this process, while all were there.
    pub own_cpu: f64,
    /// This process may have been the limit itself.
    pub limited: bool,
}

struct Crowd {
    sockets: Sockets,
    peers: Vec<Peer>,
    hmac: &'static dyn Sha1HmacProvider,
    steady: bool,
    packets: u64,
    reports: u64,
    asked: u64,
    answered: u64,
    lateness: Lateness,
    /// Whose turn it is to ask, and when.
    due: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl Whep {
    /// Comes, listens and goes. `joined` is called when everybody has come through.
    ///
    /// # Errors
    /// What the system says.
    pub fn listen(&self, joined: impl FnOnce(usize)) -> io::Result<Met> {
        let provider = str0m::crypto::from_feature_flags();
        let certificate = provider.dtls_provider.generate_certificate();
        let certificate = certificate.ok_or_else(|| io::Error::other("no certificate could be made"))?;
        let posting = post::post(self, &certificate.certificate)?;
        let mut crowd = Crowd {
            sockets: Sockets::bind(self.sockets, self.network)?,
            peers: Vec::with_capacity(self.listeners),
            hmac: provider.sha1_hmac_provider,
            steady: false,
            packets: 0,
            reports: 0,
            asked: 0,
            answered: 0,
            lateness: Lateness::default(),
            due: BinaryHeap::new(),
        };
        let config = dimpl::Config::builder().build().map_err(io::Error::other)?;
        let config = std::sync::Arc::new(config);
        let certificate =
            dimpl::DtlsCertificate { certificate: certificate.certificate, private_key: certificate.private_key };
        let begun = Instant::now();
        let patience = Duration::from_secs_f64(self.listeners as f64 / self.per_second) + PATIENCE;
        let mut failed = 0;
        let mut waiting = true;
        while waiting || crowd.peers.iter().any(Peer::is_joining) {
            loop {
                match posting.try_recv() {
                    Ok(Some(answer)) => {
                        let dtls = dimpl::Dtls::new_12(config.clone(), certificate.clone(), Instant::now());
                        let index = crowd.peers.len();
                        crowd.peers.push(Peer::new(index, answer, dtls));
                        crowd.due.push(Reverse((Instant::now(), index)));
                    }
                    Ok(None) => failed += 1,
                    Err(std::sync::mpsc::TryRecvError::Empty) => break,
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => {
                        waiting = false;
                        break;
                    }
                }
            }
            crowd.turn()?;
            if begun.elapsed() > patience {
                break;
            }
        }
        let took = crowd.peers.iter().filter_map(|p| p.joined).max().map_or(1.0, |at| (at - begun).as_secs_f64());
        let join_ms: Vec<_> = crowd.peers.iter().filter_map(Peer::join_ms).collect();
        let through = join_ms.len();
        joined(through);
        // The least delay of each is found while it is not counted yet.
        crowd.for_so_long(Duration::from_secs(2))?;
        crowd.steady = true;
        crowd.peers.iter_mut().for_each(Peer::begin);
        let (cpu, started) = (cpu::process(), Instant::now());
        crowd.for_so_long(self.hold)?;
        let seconds = started.elapsed().as_secs_f64();
        let own_cpu = (cpu::process() - cpu) / seconds;
        let lost = crowd.peers.iter().map(Peer::lost).sum();
        crowd.goodbye();
        Ok(Met {
            heard: crowd.peers.iter().filter(|p| p.has_heard()).count(),
            failed: failed + crowd.peers.len() - through,
            joins_per_second: through as f64 / took.max(1e-3),
            join_ms: Tail::of(join_ms, &[]),
            packets: crowd.packets,
            packets_per_second: crowd.packets as f64 / seconds,
            lost,
            reports: crowd.reports,
            asked: crowd.asked,
            answered: crowd.answered,
            late: crowd.lateness.late(),
            own_cpu,
            limited: own_cpu > BUSY,
        })
    }
}

impl Crowd {
    fn for_so_long(&mut self, long: Duration) -> io::Result<()> {
        let end = Instant::now() + long;
        while Instant::now() < end {
            self.turn()?;
        }
        Ok(())
    }

    /// Takes what has come, then asks for whom it is time.
    fn turn(&mut self) -> io::Result<()> {
        std::thread::sleep(NAP);
        for socket in 0..self.sockets.len() {
            let Self { sockets, peers, packets, reports, answered, lateness, steady, .. } = self;
            let mut outs = Vec::new();
            sockets.receive(socket, |Arrived { index, at_us, bytes }| {
                let Some(peer) = peers.get_mut(index) else { return };
                match peer.take(bytes, at_us, &mut outs) {
                    Turn::Sound { late_us } if *steady => {
                        *packets += 1;
                        lateness.note(late_us);
                    }
                    Turn::Report if *steady => *reports += 1,
                    Turn::Consent if *steady => *answered += 1,
                    _ => {}
                }
            })?;
            for (index, datagram) in outs {
                self.send(index, &datagram);
            }
        }
        self.ask();
        Ok(())
    }

    /// Those whose time has come: to try again, or to ask for consent.
    fn ask(&mut self) {
        let now = Instant::now();
        while let Some(Reverse((_, index))) = self.due.peek().copied().filter(|Reverse((at, _))| *at <= now) {
            self.due.pop();
            let out = self.peers[index].ask(now, self.hmac);
            let joining = self.peers[index].is_joining();
            self.due.push(Reverse((now + if joining { AGAIN } else { EVERY }, index)));
            self.asked += u64::from(self.steady);
            out.into_iter().for_each(|datagram| self.send(index, &datagram));
        }
    }

    fn goodbye(&mut self) {
        for index in 0..self.peers.len() {
            let out = self.peers[index].goodbye();
            out.into_iter().for_each(|datagram| self.send(index, &datagram));
        }
    }

    fn send(&self, index: usize, datagram: &[u8]) {
        // What is lost is sent again, as on any network.
        let _ = self.sockets.send(index, self.peers[index].remote(), datagram);
    }
}
