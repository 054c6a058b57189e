//! A driver: one task that moves the sessions of its share. Datagrams, frames to send and timers meet here, so a session
//! needs no lock and never waits for another plane.
//!
//! A session that panics ends alone. What cannot be sent at once is dropped and counted, as the network would do.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use futures_util::stream::{BoxStream, SelectAll, StreamExt};
use hustings_link::stage::ReturnFrame;
use str0m::net::Transmit;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

use crate::gate::{Credentials, Refusal, SessionKey, Source};
use crate::net::Sent;
use crate::sdp::{Offer, SdpError};
use crate::session::{Ended, Session};
use crate::webrtc::Plane;

/// Messages that are handled before timers get their turn.
const BATCH: usize = 128;
/// How long a driver without sessions sleeps.
const IDLE: Duration = Duration::from_secs(3600);

/// What a driver is told.
pub(crate) enum Message {
    /// The gate has let a datagram through.
    Datagram { session: SessionKey, from: Source, at: Instant, bytes: Vec<u8> },
    /// A new session of somebody on stage, and what to send it.
    Speaker { key: SessionKey, session: Box<Session>, frames: mpsc::Receiver<ReturnFrame> },
    /// ICE restarts. Answers with the offer as it stands now.
    Restart {
        key: SessionKey,
        theirs: (String, String),
        ours: Credentials,
        done: oneshot::Sender<Result<Offer, SdpError>>,
    },
    /// Ends a session; answers when its goodbye is sent.
    End { key: SessionKey, done: oneshot::Sender<()> },
}

/// What comes from the mixer for one session: frames, then `None` once.
type Returns = SelectAll<BoxStream<'static, (SessionKey, Option<ReturnFrame>)>>;

/// A driver.
pub(crate) struct Driver {
    plane: Arc<Plane>,
    sessions: HashMap<SessionKey, Driven>,
    /// When to look after which session. A session that is looked after for another reason keeps its entry, which then
    /// comes early and does no harm, because most of str0m's times move on with every packet.
    timers: BinaryHeap<Reverse<(Instant, SessionKey)>>,
    returns: Returns,
}

/// A session, and the entry among the timers that counts; other entries of it are skipped.
struct Driven {
    session: Box<Session>,
    due: Option<Instant>,
}

impl Driver {
    /// A driver without sessions.
    pub(crate) fn new(plane: Arc<Plane>) -> Self {
        let (sessions, timers) = (HashMap::new(), BinaryHeap::new());
        Self { plane, sessions, timers, returns: SelectAll::new() }
    }

    /// Runs until the plane is gone.
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        let sleep = tokio::time::sleep(IDLE);
        tokio::pin!(sleep);
        loop {
            let due = self.timers.peek().map_or_else(|| Instant::now() + IDLE, |Reverse((at, _))| *at);
            sleep.as_mut().reset(due.into());
            tokio::select! {
                Some((key, frame)) = self.returns.next(), if !self.returns.is_empty() => self.returned(key, frame),
                message = inbox.recv() => {
                    let Some(message) = message else { return };
                    self.message(message);
                    for _ in 0..BATCH {
                        let Ok(message) = inbox.try_recv() else { break };
                        self.message(message);
                    }
                }
                () = &mut sleep => {}
            }
            self.serve_timers(Instant::now());
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Datagram { session, from, at, bytes } => {
                let mut refused = None;
                self.touch(session, |session, _| refused = session.receive(from, &bytes, at).err());
                if let Some(refusal) = refused {
                    self.plane.counters.refuse(refusal);
                }
            }
            Message::Speaker { key, session, frames } => {
                let frames = ReceiverStream::new(frames).map(Some).chain(futures_util::stream::iter([None]));
                self.returns.push(frames.map(move |frame| (key, frame)).boxed());
                self.open(key, session);
            }
            Message::Restart { key, theirs, ours, done } => {
                let mut answer = Err(SdpError::Unsupported("the session is over"));
                self.touch(key, |session, _| {
                    answer = session.restart(theirs, ours.clone()).map(|()| session.offer().clone());
                });
                if answer.is_ok() {
                    self.plane.gate().admit(key, ours);
                }
                // A client that no longer waits has lost interest, which is no error.
                let _ = done.send(answer);
            }
            Message::End { key, done } => {
                self.end(key, Ended::Dismissed);
                let _ = done.send(());
            }
        }
    }

    fn open(&mut self, key: SessionKey, session: Box<Session>) {
        self.sessions.insert(key, Driven { session, due: None });
        self.touch(key, Session::tick);
    }

    fn returned(&mut self, key: SessionKey, frame: Option<ReturnFrame>) {
        match frame {
            Some(frame) => self.touch(key, |session, now| session.send(frame.t, Arc::from(&frame.packet[..]), now)),
            None => self.end(key, Ended::Dismissed),
        }
    }

    fn serve_timers(&mut self, now: Instant) {
        for _ in 0..self.timers.len() {
            let Some(Reverse((at, key))) = self.timers.peek().copied().filter(|Reverse((at, _))| *at <= now) else {
                return;
            };
            self.timers.pop();
            let Some(driven) = self.sessions.get_mut(&key).filter(|driven| driven.due == Some(at)) else { continue };
            driven.due = None;
            self.touch(key, Session::tick);
        }
    }

    /// Has something happen to a session, then drives it. A panic of one session is its own end.
    fn touch(&mut self, key: SessionKey, happen: impl FnOnce(&mut Session, Instant)) {
        let Some(driven) = self.sessions.get_mut(&key) else { return };
        let (now, plane) = (Instant::now(), &self.plane);
        let session = &mut driven.session;
        let next = catch_unwind(AssertUnwindSafe(|| {
            happen(session, now);
            session.drive(now, &mut |transmit| send(plane, transmit))
        }));
        match next {
            Ok(Ok(due)) if driven.due.is_some_and(|earlier| earlier <= due) => {}
            Ok(Ok(due)) => {
                driven.due = Some(due);
                self.timers.push(Reverse((due, key)));
            }
            Ok(Err(ended)) => self.end(key, ended),
            Err(_) => {
                tracing::error!(session = key.0, "a WebRTC session panicked and is ended");
                self.end(key, Ended::Broken);
            }
        }
    }

    fn end(&mut self, key: SessionKey, ended: Ended) {
        let Some(driven) = self.sessions.remove(&key) else { return };
        tracing::info!(session = key.0, ?ended, "WebRTC session ended");
        if ended == Ended::Broken {
            self.plane.counters.broken.fetch_add(1, Relaxed);
        }
        let plane = &self.plane;
        let session = driven.session;
        let closed = catch_unwind(AssertUnwindSafe(|| {
            session.close(Instant::now(), &mut |transmit| send(plane, transmit));
        }));
        if closed.is_err() {
            tracing::error!(session = key.0, "a WebRTC session panicked while it was closed");
        }
        self.plane.ended(key);
    }
}

fn send(plane: &Plane, transmit: Transmit) {
    let bytes = transmit.contents.len() as u64;
    if plane.net.send(transmit) == Sent::Yes {
        plane.counters.datagrams_out.fetch_add(1, Relaxed);
        plane.counters.bytes_out.fetch_add(bytes, Relaxed);
    } else {
        plane.counters.unsent.fetch_add(1, Relaxed);
    }
}

/// Hands a message to a driver without waiting.
pub(crate) fn hand(to: &mpsc::Sender<Message>, message: Message) -> Result<(), Refusal> {
    to.try_send(message).map_err(|_| Refusal::Overload)
}
