//! The edge's end of its link: what comes goes to the halls, what is said here goes to the stage; and when it breaks it is
//! made anew, as long as the stage's process is there.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream as StdStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use hustings_evidence::EventKey;
use hustings_ingest::Listeners;
use hustings_link::desk::{Answer, Conversation, Desk, DeskError, NewConversation, NewToken};
use hustings_link::down::Down;
use hustings_link::edge::{Counters, EdgeNumber, FromEdge, Hello, ToEdge};
use hustings_link::hall::Halls;
use hustings_link::peer::Slots;
use hustings_link::stage::{Commander, StageCommand};
use hustings_link::up::Up;
use hustings_link::{arrivals, socket, wire};
use hustings_vocab::plan::Plan;
use hustings_vocab::{Role, SeatId, Slug, limits};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};

use super::questions::Questions;
use crate::audience::AudiencePlane;
use crate::counters;
use crate::pulse;
use crate::relay::{self, Relay};
use crate::settings::Welcome;

/// The stage says how many listen once a second: one that says nothing for so long is not there.
const STALLED: Duration = Duration::from_secs(limits::LINK_STALLED_SECONDS);
/// How often the stage is told what is counted here.
const COUNT: Duration = Duration::from_secs(1);
/// Between two attempts to link.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// Messages taken at once.
const BATCH: usize = 256;

/// A link that has just been made.
pub(super) struct Joined {
    pub(super) welcome: Welcome,
    pub(super) listener: TcpListener,
    stream: UnixStream,
    process: u64,
}

/// The edge's end.
pub(super) struct Link {
    halls: Arc<Halls>,
    questions: Questions,
    relay: Relay,
    out: mpsc::Sender<FromEdge>,
    waiting: Mutex<Option<mpsc::Receiver<FromEdge>>>,
    certificate: watch::Sender<Option<Bytes>>,
    ticket_keys: watch::Sender<Option<Bytes>>,
    serving: OnceLock<Serving>,
    begun: watch::Sender<bool>,
    over: watch::Sender<Option<Over>>,
}

/// What there is once listeners are served.
struct Serving {
    udp: SocketAddr,
    webrtc: Listeners,
    whep: Router,
    slots: Option<Arc<Slots>>,
}

/// Why there is no link any more.
#[derive(Debug, Clone)]
enum Over {
    Drained,
    Lost(String),
}

/// Comes to the stage's door.
pub(super) async fn join(path: PathBuf, number: Option<EdgeNumber>) -> io::Result<Joined> {
    rejoin(path, number, rand::random()).await
}

async fn rejoin(path: PathBuf, number: Option<EdgeNumber>, process: u64) -> io::Result<Joined> {
    let knock = move || {
        let mut stream = StdStream::connect(path)?;
        stream.set_read_timeout(Some(STALLED))?;
        stream.set_write_timeout(Some(STALLED))?;
        let hello = Hello { version: env!("CARGO_PKG_VERSION").to_owned(), number, process };
        let mut frame = Vec::new();
        wire::put_body(&serde_json::to_vec(&hello)?, &mut frame).map_err(io::Error::other)?;
        stream.write_all(&frame)?;
        let (welcome, listener) = socket::receive_with(&stream)?;
        stream.set_nonblocking(true)?;
        io::Result::Ok((serde_json::from_slice(&welcome)?, TcpListener::from(listener), stream))
    };
    let (welcome, listener, stream) = tokio::task::spawn_blocking(knock).await.map_err(io::Error::other)??;
    Ok(Joined { welcome, listener, stream: UnixStream::from_std(stream)?, process })
}

impl Link {
    pub(super) fn new(halls: Arc<Halls>) -> Arc<Self> {
        let (out, waiting) = mpsc::channel(limits::RELAYED_MAX);
        Arc::new(Self {
            halls,
            questions: Questions::default(),
            relay: Relay::default(),
            out,
            waiting: Mutex::new(Some(waiting)),
            certificate: watch::Sender::new(None),
            ticket_keys: watch::Sender::new(None),
            serving: OnceLock::new(),
            begun: watch::Sender::new(false),
            over: watch::Sender::new(None),
        })
    }

    /// Returns when everything that is open is known here.
    pub(super) async fn begun(&self) {
        // The sender is this.
        let _ = self.begun.subscribe().wait_for(|begun| *begun).await;
    }

    /// The certificate that the stage's process has.
    pub(super) fn certificate(&self) -> watch::Receiver<Option<Bytes>> {
        self.certificate.subscribe()
    }

    /// The keys of session tickets that all edges share.
    pub(super) fn ticket_keys(&self) -> watch::Receiver<Option<Bytes>> {
        self.ticket_keys.subscribe()
    }

    /// Listeners are served from now on.
    pub(super) fn serve(&self, udp: SocketAddr, plane: &AudiencePlane, slots: Option<Arc<Slots>>) {
        let serving = Serving { udp, webrtc: plane.webrtc.clone(), whep: plane.whep(), slots };
        if self.serving.set(serving).is_ok() {
            // A queue that takes no more belongs to a link that is about to end; the next one says it again.
            let _ = self.out.try_send(FromEdge::Serving(udp));
        }
    }

    /// Returns when the edge must end: with `Ok` if the stage has said so.
    pub(super) async fn over(&self) -> io::Result<()> {
        let mut over = self.over.subscribe();
        match over.wait_for(Option::is_some).await.ok().and_then(|over| over.clone()) {
            Some(Over::Lost(why)) => Err(io::Error::other(why)),
            _ => Ok(()),
        }
    }

    /// Has another edge answer a request.
    pub(super) async fn carry(&self, to: EdgeNumber, request: Request) -> Response {
        self.relay.carry(request, |id, letter| self.out.try_send(FromEdge::Ask { to, id, letter }).is_ok()).await
    }

    /// Keeps the link until the edge must end.
    pub(super) async fn keep(self: Arc<Self>, mut joined: Joined, path: PathBuf, mut up: mpsc::Receiver<Up>) {
        let taken = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut out = taken.expect("a link is kept once");
        let (number, run, process) = (joined.welcome.number, joined.welcome.run, joined.process);
        loop {
            let (from, to) = joined.stream.into_split();
            let ended = tokio::select! {
                ended = self.read(from) => ended,
                ended = self.write(to, &mut up, &mut out) => ended,
            };
            if self.over.borrow().is_some() {
                return;
            }
            tracing::warn!(why = ?ended.err(), "the link to the stage has ended; it is made anew");
            joined = loop {
                match rejoin(path.clone(), Some(number), process).await {
                    Ok(joined) if joined.welcome.run == run => break joined,
                    Ok(_) => return self.lose("another stage has taken the place of this edge's"),
                    Err(error) if is_gone(&error) => return self.lose("the stage's process is gone"),
                    Err(error) => tracing::warn!(%error, "the stage does not answer"),
                }
                tokio::time::sleep(AGAIN_AFTER).await;
            };
            // What was said into the void is said again below.
            while up.try_recv().is_ok() || out.try_recv().is_ok() {}
            self.halls.tell_again();
            if let Some(serving) = self.serving.get() {
                let _ = self.out.try_send(FromEdge::Serving(serving.udp));
            }
        }
    }

    fn lose(&self, why: &str) {
        self.over.send_replace(Some(Over::Lost(why.to_owned())));
    }

    async fn read(self: &Arc<Self>, from: OwnedReadHalf) -> io::Result<()> {
        let mut from = tokio::io::BufReader::with_capacity(64 * 1024, from);
        while let Some(body) = tokio::time::timeout(STALLED, socket::read(&mut from)).await?? {
            match wire::to_edge(body).map_err(io::Error::other)? {
                ToEdge::Down(down) => {
                    let begun = matches!(down, Down::AsOf { .. });
                    self.halls.apply(down);
                    if begun {
                        self.begun.send_if_modified(|was| !std::mem::replace(was, true));
                    }
                }
                ToEdge::Found(slug, phase) => self.questions.answered(&slug, phase),
                ToEdge::Certificate(pem) => drop(self.certificate.send_replace(Some(pem))),
                ToEdge::TicketKeys(keys) => drop(self.ticket_keys.send_replace(Some(keys))),
                ToEdge::Gate(word) => {
                    // Where nothing is limited nobody asks how long work waits.
                    if word.walk_ins != u64::MAX {
                        pulse::begin();
                    }
                    self.halls.entrance.hear(&word);
                }
                ToEdge::Sealed(all) => self.halls.entrance.set_sealed(all),
                ToEdge::RoomElsewhere(room) => {
                    if let Some(slots) = self.serving.get().and_then(|serving| serving.slots.as_ref()) {
                        slots.set_elsewhere(room);
                    }
                }
                ToEdge::Ask { from, id, letter } => {
                    let Some(serving) = self.serving.get() else { continue };
                    let (whep, out) = (serving.whep.clone(), self.out.clone());
                    tokio::spawn(async move {
                        let reply = relay::answer(whep, letter).await;
                        // A link that takes no more is about to end, and who asked waits no longer.
                        let _ = out.try_send(FromEdge::Answer { to: from, id, reply });
                    });
                }
                ToEdge::Answer { id, reply } => self.relay.answered(id, reply),
                ToEdge::SketchKey(Some(key)) => arrivals::begin(EventKey::new(key)),
                ToEdge::SketchKey(None) => arrivals::end(),
                ToEdge::Drain => drop(self.over.send_replace(Some(Over::Drained))),
            }
        }
        Ok(())
    }

    async fn write(
        &self,
        mut to: OwnedWriteHalf,
        up: &mut mpsc::Receiver<Up>,
        out: &mut mpsc::Receiver<FromEdge>,
    ) -> io::Result<()> {
        let mut count = tokio::time::interval(COUNT);
        let (mut ups, mut outs, mut bytes) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH), Vec::new());
        loop {
            tokio::select! {
                taken = up.recv_many(&mut ups, BATCH) => if taken == 0 { return Ok(()) },
                taken = out.recv_many(&mut outs, BATCH) => if taken == 0 { return Ok(()) },
                _ = count.tick() => {
                    outs.push(self.count());
                    outs.extend(arrivals::take().map(|sketch| FromEdge::Sketch(sketch.to_bytes().into())));
                }
            }
            for message in ups.drain(..).map(FromEdge::Up).chain(outs.drain(..)) {
                wire::put_from_edge(&message, &mut bytes).map_err(io::Error::other)?;
            }
            tokio::time::timeout(STALLED, to.write_all(&bytes)).await??;
            bytes.clear();
        }
    }

    fn count(&self) -> FromEdge {
        let Some(serving) = self.serving.get() else { return FromEdge::Counters(Counters::new(), 0) };
        let room = serving.slots.as_ref().map_or(0, |slots| slots.left() as u64);
        FromEdge::Counters(counters::of_this_process(&serving.webrtc), room)
    }
}

/// Nobody is at the socket, or there is none.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
}

fn not_here<T>() -> Answer<'static, T> {
    Box::pin(async { Err(DeskError::Store("an edge has no records".into())) })
}

/// Only what the audience asks is asked here.
impl Desk for Link {
    fn list(&self) -> Answer<'_, Vec<Conversation>> {
        not_here()
    }

    fn find(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move {
            let phase = self.questions.ask(&slug, || self.out.try_send(FromEdge::Find(slug.clone())).is_ok()).await?;
            let title = slug.to_string();
            Ok(Conversation {
                slug,
                title,
                phase,
                starts_ms: None,
                epoch_ms: None,
                live_since: None,
                opening: None,
                listening: 0,
                plan: Plan::default(),
                stranded: false,
            })
        })
    }

    fn create(&self, _: NewConversation) -> Answer<'_, Conversation> {
        not_here()
    }

    fn cancel(&self, _: Slug) -> Answer<'_, Conversation> {
        not_here()
    }

    fn command(&self, _: Slug, _: Commander, _: StageCommand) -> Answer<'_, Conversation> {
        not_here()
    }

    fn role_of(&self, _: &Slug, _: &SeatId, role: Role) -> Option<Role> {
        Some(role)
    }

    fn draw_seat(&self) -> SeatId {
        unreachable!("nobody takes a seat here")
    }

    fn issue(&self, _: Slug, _: NewToken) -> Answer<'_, String> {
        not_here()
    }
}
