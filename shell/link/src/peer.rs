//! The connection that a request came over. The shell that accepts connections puts a [`Peer`] into the extensions of
//! every request, so that handlers know the source and can tell when the connection is gone.

use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use hustings_seal::Session;
use tokio::sync::watch;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// One accepted connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Unique among all connections of this process.
    pub id: u64,
    /// Where it comes from; unspecified for a Unix socket.
    pub addr: SocketAddr,
    /// Came over the control socket of the data folder: its user runs this server.
    pub operator: bool,
    /// What it is recognised by when it is gone.
    pub trace: Trace,
    open: watch::Receiver<()>,
}

/// Held by whoever serves the connection; dropping it says that the connection is closed.
#[derive(Debug)]
#[expect(dead_code, reason = "dropping it is its only use")]
pub struct PeerGuard(watch::Sender<()>, Connection);

impl Peer {
    /// A new connection from `addr`.
    #[must_use]
    pub fn new(addr: SocketAddr, operator: bool) -> (Self, PeerGuard) {
        let (guard, open) = watch::channel(());
        let connection = Connection::new();
        let trace = connection.trace();
        (Self { id: trace.id, addr, operator, trace, open }, PeerGuard(guard, connection))
    }

    /// Returns when the connection is closed.
    pub async fn closed(&mut self) {
        while self.open.changed().await.is_ok() {}
    }

    /// Whether the connection is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.open.has_changed().is_err()
    }
}

/// Held by whoever serves a connection, as long as it is open: the least that can be known of one.
#[derive(Debug)]
pub struct Connection(Arc<u64>);

/// What a connection is recognised by, and whether it is still there.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Unique among all connections of this process.
    pub id: u64,
    open: Weak<u64>,
}

impl Connection {
    /// A connection that was opened now.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "no two of them are alike")]
    pub fn new() -> Self {
        Self(Arc::new(NEXT.fetch_add(1, Relaxed)))
    }

    /// What it is recognised by.
    #[must_use]
    pub fn trace(&self) -> Trace {
        Trace { id: *self.0, open: Arc::downgrade(&self.0) }
    }
}

impl hustings_hls::Line for Trace {
    fn id(&self) -> u64 {
        self.id
    }

    fn is_closed(&self) -> bool {
        self.open.strong_count() == 0
    }
}

/// A connection that one shell has accepted and another one serves.
#[derive(Debug)]
pub struct Arrival {
    /// It does not block.
    pub socket: TcpStream,
    /// Where it comes from.
    pub addr: SocketAddr,
    /// What lies between its words and its socket.
    pub secrecy: Secrecy,
    /// What was read of it already.
    pub read: Bytes,
    /// Its place among the connections of its listener.
    pub slot: Slot,
}

/// What lies between the words of a connection and its socket.
#[derive(Debug)]
pub enum Secrecy {
    /// Nothing.
    Clear,
    /// TLS whose handshake is over. What was read was opened.
    Sealed(Box<Session>),
    /// TLS whose handshake has only begun: what was read is the client's first words.
    Foreign,
}

/// How many connections a listener may have at once in this process.
#[derive(Debug)]
pub struct Slots {
    taken: AtomicUsize,
    max: usize,
    elsewhere: AtomicU64,
}

impl Slots {
    /// Room for `max` connections.
    #[must_use]
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { taken: AtomicUsize::new(0), max, elsewhere: AtomicU64::new(0) })
    }

    /// How many more there may be.
    #[must_use]
    pub fn left(&self) -> usize {
        self.max.saturating_sub(self.taken.load(Relaxed))
    }

    /// Other processes that share the listener have room for so many.
    pub fn set_elsewhere(&self, room: u64) {
        self.elsewhere.store(room, Relaxed);
    }

    /// Who comes now is better served by another process: there is no room here, and there is elsewhere.
    #[must_use]
    pub fn stand_back(&self) -> bool {
        self.left() == 0 && self.elsewhere.load(Relaxed) > 0
    }

    /// Room for one; `None` if there is none.
    #[must_use]
    pub fn take(self: &Arc<Self>) -> Option<Slot> {
        let slot = Slot(self.clone());
        (self.taken.fetch_add(1, Relaxed) < self.max).then_some(slot)
    }
}

/// One connection's place; dropping it makes room.
#[derive(Debug)]
pub struct Slot(Arc<Slots>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Relaxed);
    }
}
