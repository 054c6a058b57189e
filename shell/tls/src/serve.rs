//! The accept loop: takes connections until it is told to stop, then lets them end, within a bound.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use futures_util::FutureExt;
use hustings_link::arrivals;
use hustings_link::peer::{Arrival, Secrecy};
use hustings_vocab::network::Network;
use rustls::ServerConfig;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::either::Either;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connection::{House, PATIENCE, host, mute};
use crate::introduction::introduced;
use crate::line::Line;
use crate::options::ServeOptions;
use crate::sealed::Sealed;
use crate::stats::{count, stats};
use crate::waiting::Waiting;

/// After an accept that failed for want of descriptors or memory: long enough for a few connections to end, short
/// enough for the backlog not to overflow at 10,000 arrivals a second.
const BACK_OFF: Duration = Duration::from_millis(50);

/// Serves `app` on a listener until `shutdown` completes, then answers what is being asked, and returns when the last
/// connection is over or [`ServeOptions::drain`] has passed. Every request carries a
/// [`hustings_link::peer::Peer`] among its extensions.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    options: ServeOptions,
    shutdown: impl Future<Output = ()> + Send,
) {
    let (closing, hurry) = (CancellationToken::new(), CancellationToken::new());
    let tls = options.tls.as_ref().map(|tls| tls.config(options.http2));
    let house = House { app, operator: false, closing, hurry };
    run(Tcp { listener, proxies: options.proxies.clone(), tls }, house, options, shutdown).await;
}

/// Serves `app` on connections that another shell has accepted, until `shutdown` completes. Handshakes of TLS that were not
/// begun are done as [`serve`] does them.
pub async fn serve_arrivals(
    arrivals: mpsc::Receiver<Arrival>,
    app: Router,
    options: ServeOptions,
    shutdown: impl Future<Output = ()> + Send,
) {
    let (closing, hurry) = (CancellationToken::new(), CancellationToken::new());
    let tls = options.tls.as_ref().map(|tls| tls.config(options.http2));
    let house = House { app, operator: false, closing, hurry };
    run(Arrivals { arrivals, options: options.clone(), tls }, house, options, shutdown).await;
}

/// Serves `app` on a socket file (see [`crate::bind_unix`]): who may open the file is the operator.
pub async fn serve_unix(
    listener: UnixListener,
    app: Router,
    options: ServeOptions,
    shutdown: impl Future<Output = ()> + Send,
) {
    let (closing, hurry) = (CancellationToken::new(), CancellationToken::new());
    let house = House { app, operator: true, closing, hurry };
    run(listener, house, options, shutdown).await;
}

/// Where connections come from.
trait Door {
    type Raw: Raw;

    fn next(&mut self) -> impl Future<Output = io::Result<Guest<Self::Raw>>> + Send;
}

/// A connection of which nothing was heard yet. It costs little more than its socket: a flood of those who say nothing is
/// accepted and ended at the kernel's price.
trait Raw: AsyncWrite + Unpin + Send + 'static {
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Returns when something can be read; `false` if nothing will come.
    fn speaks(&self) -> impl Future<Output = bool> + Send;

    /// What is served.
    fn into_io(self, options: &ServeOptions) -> Self::Io;

    /// Ends it without a word, for want of room.
    fn cut(self);
}

/// One connection that was let in.
struct Guest<R> {
    raw: R,
    addr: SocketAddr,
    /// It begins with a header of the PROXY protocol.
    proxied: bool,
    /// It begins with a handshake.
    tls: Option<Arc<ServerConfig>>,
}

struct Tcp {
    listener: TcpListener,
    proxies: Vec<Network>,
    tls: Option<Arc<ServerConfig>>,
}

impl Door for Tcp {
    type Raw = TcpStream;

    async fn next(&mut self) -> io::Result<Guest<TcpStream>> {
        let (raw, addr) = self.listener.accept().await?;
        let proxied = self.proxies.iter().any(|network| network.holds(addr.ip()));
        if !proxied {
            arrivals::note(addr.ip());
        }
        Ok(Guest { raw, addr, proxied, tls: self.tls.clone() })
    }
}

impl Raw for TcpStream {
    type Io = Line;

    async fn speaks(&self) -> bool {
        // Whatever error there is, who reads will meet it.
        self.peek(&mut [0]).await.map_or(true, |come| come > 0)
    }

    fn into_io(self, options: &ServeOptions) -> Line {
        Line::new(self, options)
    }

    fn cut(self) {
        // A reset: a farewell would be three more packets for each of a flood, and a minute of the kernel's memory.
        if let Err(error) = SockRef::from(&self).set_linger(Some(Duration::ZERO)) {
            tracing::debug!(%error, "a connection could not be reset");
        }
    }
}

/// Connections that were accepted elsewhere.
struct Arrivals {
    arrivals: mpsc::Receiver<Arrival>,
    options: ServeOptions,
    tls: Option<Arc<ServerConfig>>,
}

type Arrived = Either<Line, Sealed<Line>>;

impl Door for Arrivals {
    type Raw = Arrived;

    async fn next(&mut self) -> io::Result<Guest<Arrived>> {
        // When nobody sends any more, all that is left is to serve those who are here.
        let Some(Arrival { socket, addr, secrecy, read, slot }) = self.arrivals.recv().await else {
            return std::future::pending().await;
        };
        let line = Line::new(TcpStream::from_std(socket)?, &self.options);
        let (raw, tls) = match secrecy {
            Secrecy::Clear => (Either::Left(line.after(read, slot)), None),
            Secrecy::Foreign => (Either::Left(line.after(read, slot)), self.tls.clone()),
            Secrecy::Sealed(session) => {
                (Either::Right(Sealed::new(line.after(Bytes::new(), slot), session, read)), None)
            }
        };
        // Who accepted it has read the header, if there was one.
        Ok(Guest { raw, addr, proxied: false, tls })
    }
}

impl Door for UnixListener {
    type Raw = UnixStream;

    async fn next(&mut self) -> io::Result<Guest<UnixStream>> {
        let (raw, _) = self.accept().await?;
        Ok(Guest { raw, addr: (Ipv4Addr::UNSPECIFIED, 0).into(), proxied: false, tls: None })
    }
}

/// Who accepted it has waited for its first words.
macro_rules! has_spoken {
    ($($raw:ty),*) => {$(
        impl Raw for $raw {
            type Io = Self;

            async fn speaks(&self) -> bool {
                true
            }

            fn into_io(self, _: &ServeOptions) -> Self {
                self
            }

            fn cut(self) {}
        }
    )*};
}

has_spoken!(Arrived, UnixStream);

async fn run<D: Door>(mut door: D, house: House, options: ServeOptions, shutdown: impl Future<Output = ()> + Send) {
    let name = options.name;
    let options = Arc::new(options);
    let guests = TaskTracker::new();
    let waiting = Waiting::new();
    let mut shutdown = std::pin::pin!(shutdown);
    let mut failing = false;
    loop {
        let next = tokio::select! {
            biased;
            () = &mut shutdown => break,
            next = door.next() => next,
        };
        match next {
            Ok(guest) => {
                failing = false;
                if guests.len() >= options.connections_max && !waiting.make_room() {
                    count(&stats().refused);
                    if guest.tls.is_none() {
                        turn_away(guest.raw);
                    }
                    continue;
                }
                count(&stats().accepted);
                let (open, house, options) = (Open::new(), house.clone(), options.clone());
                let waiting = waiting.clone();
                guests.spawn(async move {
                    receive(guest, house, &options, waiting).await;
                    drop(open);
                });
            }
            // The peer was gone before it was let in.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                count(&stats().accept_errors);
                if !std::mem::replace(&mut failing, true) {
                    tracing::error!(name, %error, "connections cannot be accepted; those that are open go on");
                }
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
    drop(door);
    house.closing.cancel();
    guests.close();
    if timeout(options.drain, guests.wait()).await.is_err() {
        tracing::info!(name, left = guests.len(), "connections are cut at the end of the drain");
        house.hurry.cancel();
        guests.wait().await;
    }
}

async fn receive<R: Raw>(guest: Guest<R>, house: House, options: &ServeOptions, waiting: Arc<Waiting>) {
    let Guest { raw, addr, proxied, tls } = guest;
    let wait = waiting.enter(addr.ip());
    if proxied {
        let mut io = raw.into_io(options);
        if let Some(addr) = introduced(&mut io, addr, &wait).await {
            arrivals::note(addr.ip());
            drop(wait);
            Box::pin(host(house, io, addr, tls, waiting.enter(addr.ip()))).await;
        }
        return;
    }
    let spoke = tokio::select! {
        biased;
        spoke = timeout(PATIENCE, raw.speaks()) => spoke,
        () = wait.over() => return raw.cut(),
        () = house.closing.cancelled() => return,
    };
    match spoke {
        // All that serving takes is made now.
        Ok(true) => Box::pin(host(house, raw.into_io(options), addr, tls, wait)).await,
        spoke => mute(addr, tls.is_some(), spoke.is_err()),
    }
}

/// What a client that is not let in is told. The kernel takes these bytes at once or not at all.
fn turn_away(mut io: impl AsyncWrite + Unpin) {
    const FULL: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let _ = io.write(FULL).now_or_never();
}

/// Counts an open connection.
struct Open;

impl Open {
    fn new() -> Self {
        count(&stats().open);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        stats().open.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }
}
