//! One connection from its handshake to its last byte.
//!
//! The protocol is known before the first request (HTTP/2 only by ALPN), so nothing is sniffed and every wait has its
//! bound. After the last answer the connection lingers: a peer that is still sending what nobody reads any more would
//! otherwise lose the answer to a reset.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use h2::Reason;
use hustings_link::arrivals;
use hustings_link::misuse::{self, Misuse};
use hustings_link::offences;
use hustings_link::peer::Peer;
use hustings_vocab::limits;
use hyper::body::Incoming;
use hyper::header::VIA;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::certificate::CHALLENGE_PROTOCOL;
use crate::meter::{Asked, Metered};
use crate::stats::{count, stats};
use crate::waiting::Wait;

/// A handshake or a request's head that takes longer is given up; a phone at the edge of a cell needs three seconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// HTTP/2 pings an idle peer after this, and waits [`PATIENCE`] for the answer.
const PING: Duration = Duration::from_secs(20);
/// How long, and for how many bytes, a connection lingers after the last answer: a body of 1 MB that was refused, twice.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What the connections of one listener share.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) app: Router,
    /// Requests that come over it are the operator's own.
    pub(crate) operator: bool,
    /// No further requests.
    pub(crate) closing: CancellationToken,
    /// Out.
    pub(crate) hurry: CancellationToken,
}

/// Serves one connection until it is over, or the house is in a hurry. With `tls` it begins with a handshake.
pub(crate) async fn host<I>(house: House, io: I, addr: SocketAddr, tls: Option<Arc<ServerConfig>>, wait: Arc<Wait>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let hurry = house.hurry.clone();
    let served = async {
        match tls {
            Some(config) => secure(&house, config, io, addr, &wait).await,
            None => http1(&house, io, addr, &wait).await,
        }
    };
    tokio::select! {
        () = served => {}
        () = wait.over() => {}
        () = hurry.cancelled() => {}
    }
}

/// Counts a connection that ended, or was given up (`late`), before its first word.
pub(crate) fn mute(addr: SocketAddr, tls: bool, late: bool) {
    if tls {
        count(&stats().handshakes_failed);
    } else if late {
        Misuse::Heads.count();
    }
    // Who connects to leave is no offender where no handshake was owed, and who is slow with one is none.
    if tls != late {
        offences::offend(addr.ip());
    }
}

async fn secure<I>(house: &House, config: Arc<ServerConfig>, io: I, addr: SocketAddr, wait: &Arc<Wait>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let handshake = TlsAcceptor::from(config).accept(io);
    let mut io = match timeout(PATIENCE, handshake).await {
        Ok(Ok(io)) => io,
        Ok(Err(error)) => {
            count(&stats().handshakes_failed);
            offences::offend(addr.ip());
            tracing::debug!(%error, "a TLS handshake failed");
            return;
        }
        Err(_) => return count(&stats().handshakes_failed),
    };
    match io.get_ref().1.alpn_protocol() {
        // RFC 8737: the handshake was the answer.
        Some(CHALLENGE_PROTOCOL) => drop(io.shutdown().await),
        Some(b"h2") => http2(house, io, addr, wait).await,
        _ => http1(house, io, addr, wait).await,
    }
}

async fn http1<I>(house: &House, io: I, addr: SocketAddr, wait: &Arc<Wait>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (peer, guard) = Peer::new(addr, house.operator);
    let (app, wait) = (house.app.clone(), wait.clone());
    let service = service_fn(move |request| {
        wait.earn();
        answer(app.clone(), peer.clone(), request)
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(limits::REQUEST_HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(io), service);
    let outcome = tokio::select! {
        outcome = poll_fn(|cx| connection.poll_without_shutdown(cx)) => outcome,
        () = house.closing.cancelled() => {
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    drop(guard);
    let broken = outcome.as_ref().is_err_and(|e| !e.is_parse());
    if let Err(error) = outcome {
        if error.is_parse() || error.is_timeout() {
            Misuse::Heads.count();
            offences::offend(addr.ip());
        }
        tracing::debug!(%error, "a connection ended early");
    }
    if !broken {
        // Whatever goes wrong now, the answer is as far as it will come.
        let _ = timeout(LINGER, linger(connection.into_parts().io.into_inner())).await;
    }
}

async fn http2<I>(house: &House, io: I, addr: SocketAddr, wait: &Arc<Wait>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (peer, _guard) = Peer::new(addr, house.operator);
    let (app, wait) = (house.app.clone(), wait.clone());
    let asked = Arc::<Asked>::default();
    let asks = asked.clone();
    let service = service_fn(move |request| {
        wait.earn();
        let (asking, answer) = (asks.ask(), answer(app.clone(), peer.clone(), request));
        async move {
            let answered = answer.await;
            drop(asking);
            answered
        }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PATIENCE)
        .max_concurrent_streams(limits::HTTP2_STREAMS_MAX)
        .max_header_list_size(limits::REQUEST_HEAD_BYTES_MAX as u32)
        .serve_connection(TokioIo::new(Metered::new(io, asked.clone())), service);
    let mut connection = std::pin::pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = house.closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        if asked.floods() || is_misuse(&error) {
            Misuse::Http2.count();
            offences::offend(addr.ip());
        }
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Whether the library has ended a connection for what came over it.
fn is_misuse(error: &hyper::Error) -> bool {
    let ended = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<h2::Error>());
    let for_it = |reason| {
        let amiss = [
            Reason::PROTOCOL_ERROR,
            Reason::ENHANCE_YOUR_CALM,
            Reason::COMPRESSION_ERROR,
            Reason::FLOW_CONTROL_ERROR,
            Reason::FRAME_SIZE_ERROR,
            Reason::STREAM_CLOSED,
        ];
        amiss.contains(&reason)
    };
    ended.is_some_and(|error| error.is_library() && error.reason().is_some_and(for_it))
}

/// What kind of program asks: the names of a head's fields in their order, as a number (FNV-1a).
fn shape(request: &hyper::Request<Incoming>) -> u64 {
    let names = request.headers().keys().flat_map(|name| name.as_str().bytes().chain([b'\n']));
    names.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

type Answered = Pin<Box<dyn Future<Output = Result<axum::response::Response, std::convert::Infallible>> + Send>>;

fn answer(app: Router, peer: Peer, request: hyper::Request<Incoming>) -> Answered {
    if !peer.operator {
        // What comes through a cache stands for many, and sound is counted where it is served.
        let is_passed_on = request.headers().contains_key(VIA) || request.headers().contains_key("cdn-loop");
        if !is_passed_on && !request.uri().path().contains("/hls/") {
            misuse::ask();
        }
        arrivals::note_request(peer.addr.ip(), shape(&request));
    }
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    Box::pin(app.oneshot(request))
}

async fn linger<I: AsyncRead + AsyncWrite + Unpin>(mut io: I) -> io::Result<()> {
    io.shutdown().await?;
    let mut scrap = [0; 8192];
    let mut left = LINGER_BYTES_MAX;
    loop {
        match io.read(&mut scrap).await? {
            0 => return Ok(()),
            read if read >= left => return Ok(()),
            read => left -= read,
        }
    }
}
