//! The door that edges come to: a socket file in the data folder, and what is done for each who comes.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use hustings_link::edge::{EdgeNumber, Hello, ToEdge};
use hustings_link::{socket, wire};
use hustings_vocab::limits;
use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{BATCH, Hub};
use crate::settings::{Settings, Welcome};

/// How long an edge may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);
/// An edge counts once a second: one that says nothing for so long has died or stands still, and so does one that takes
/// nothing.
const STALLED: Duration = Duration::from_secs(limits::LINK_STALLED_SECONDS);
/// After an accept that failed.
const BACK_OFF: Duration = Duration::from_millis(50);

/// What every edge is given when it comes.
pub(crate) struct Door {
    /// The audience's listener.
    pub(crate) listener: TcpListener,
    /// Drawn when this process began.
    pub(crate) run: u64,
    /// How many edges this process starts itself; their numbers are given to nobody else.
    pub(crate) supervised: EdgeNumber,
    /// Where the WebRTC listeners of each edge send to, from the first on.
    pub(crate) udp: Vec<SocketAddr>,
    /// What is the same for all.
    pub(crate) settings: Settings,
    /// A certificate that edges cannot read themselves.
    pub(crate) certificate: watch::Receiver<Option<Bytes>>,
    /// The keys of session tickets.
    pub(crate) ticket_keys: watch::Receiver<Option<Bytes>>,
}

/// Links every edge that comes, until it is dropped.
pub(crate) async fn accept(hub: Arc<Hub>, listener: UnixListener, door: Arc<Door>) {
    let mut guests = JoinSet::new();
    loop {
        tokio::select! {
            next = listener.accept() => match next {
                Ok((stream, _)) => {
                    let (hub, door) = (hub.clone(), door.clone());
                    guests.spawn(async move {
                        if let Err(error) = host(&hub, stream, &door).await {
                            tracing::warn!(%error, "an edge could not be linked");
                        }
                    });
                }
                Err(error) => {
                    tracing::error!(%error, "edges cannot be linked");
                    tokio::time::sleep(BACK_OFF).await;
                }
            },
            Some(_) = guests.join_next() => {}
        }
    }
}

async fn host(hub: &Arc<Hub>, mut stream: UnixStream, door: &Door) -> io::Result<()> {
    let hello = tokio::time::timeout(HELLO, socket::read(&mut stream)).await??;
    let hello: Hello = serde_json::from_slice(&hello.ok_or(io::ErrorKind::UnexpectedEof)?)?;
    let ours = env!("CARGO_PKG_VERSION");
    if hello.version != ours {
        return Err(io::Error::other(format!("an edge of version {} came to a stage of {ours}", hello.version)));
    }
    let number = match hello.number {
        Some(number) if (1..=limits::EDGES_MAX as EdgeNumber).contains(&number) => number,
        Some(_) => return Err(io::Error::other("the numbers of edges begin at 1")),
        None => free_number(hub, door)?,
    };
    let welcome = Welcome { number, run: door.run, udp: door.udp(number), settings: door.settings.clone() };
    let welcome = serde_json::to_vec(&welcome)?;
    let send = || socket::send_with(stream.as_fd(), &welcome, door.listener.as_fd());
    stream.async_io(Interest::WRITABLE, send).await?;

    let (queue, messages) = mpsc::channel(limits::LINK_QUEUE_MESSAGES_MAX);
    let cut = CancellationToken::new();
    let generation = hub.arrive(number, hello.process, queue.clone(), cut.clone());
    let (from, to) = stream.into_split();
    let ended = tokio::select! {
        ended = write(to, messages) => ended,
        ended = read(hub, number, from) => ended,
        () = show(door.certificate.clone(), &queue, ToEdge::Certificate) => Ok(()),
        () = show(door.ticket_keys.clone(), &queue, ToEdge::TicketKeys) => Ok(()),
        () = cut.cancelled() => Ok(()),
    };
    hub.leave(number, generation);
    match ended {
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            hub.cut_off.fetch_add(1, Relaxed);
            tracing::warn!(edge = number, "an edge stands still; it is cut off and begins afresh");
        }
        Err(error) => tracing::info!(edge = number, %error, "the link to an edge has ended"),
        Ok(()) => tracing::debug!(edge = number, "the link to an edge has ended"),
    }
    Ok(())
}

fn free_number(hub: &Hub, door: &Door) -> io::Result<EdgeNumber> {
    let taken = |number: &EdgeNumber| hub.is_linked(*number) || door.is_reserved(*number);
    let free = (1..=limits::EDGES_MAX as EdgeNumber).find(|number| !taken(number));
    free.ok_or_else(|| io::Error::other("there are as many edges as there may be"))
}

impl Door {
    /// Where the WebRTC listeners of an edge send to: beyond the addresses that were found, the ports that follow.
    fn udp(&self, number: EdgeNumber) -> SocketAddr {
        let index = usize::from(number) - 1;
        if let Some(found) = self.udp.get(index) {
            return *found;
        }
        let last = self.udp.last().copied().unwrap_or_else(|| ([0, 0, 0, 0], 0).into());
        let beyond = (index + 1 - self.udp.len()) as u16;
        SocketAddr::new(last.ip(), if last.port() == 0 { 0 } else { last.port().saturating_add(beyond) })
    }

    /// Whether the number is that of an edge which this server starts itself.
    fn is_reserved(&self, number: EdgeNumber) -> bool {
        self.supervised >= number
    }
}

/// Writes what is in the queue.
async fn write(mut to: OwnedWriteHalf, mut messages: mpsc::Receiver<ToEdge>) -> io::Result<()> {
    let (mut batch, mut bytes) = (Vec::with_capacity(BATCH), Vec::new());
    while messages.recv_many(&mut batch, BATCH).await > 0 {
        for message in batch.drain(..) {
            if let Err(error) = wire::put_to_edge(&message, &mut bytes) {
                tracing::error!(%error, "a message to an edge was not sent");
            }
        }
        tokio::time::timeout(STALLED, to.write_all(&bytes)).await??;
        bytes.clear();
    }
    Ok(())
}

/// Takes in what an edge says.
async fn read(hub: &Arc<Hub>, number: EdgeNumber, from: OwnedReadHalf) -> io::Result<()> {
    let mut from = tokio::io::BufReader::new(from);
    while let Some(body) = tokio::time::timeout(STALLED, socket::read(&mut from)).await?? {
        let message = wire::from_edge(body).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        hub.said(number, message);
    }
    Ok(())
}

/// Gives on what there is and all that follows, and never ends.
async fn show(mut from: watch::Receiver<Option<Bytes>>, to: &mpsc::Sender<ToEdge>, wrap: fn(Bytes) -> ToEdge) {
    loop {
        let found = from.borrow_and_update().clone();
        if let Some(found) = found {
            // A queue that takes no more is about to end.
            let _ = to.try_send(wrap(found));
        }
        if from.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}
