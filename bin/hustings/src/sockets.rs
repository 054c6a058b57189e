//! The sockets of a server, bound before anything else so that a taken port is said at once, and where they turned out to
//! be.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener, UdpSocket};
use std::time::{Duration, Instant};

use hustings_ingest::WebRtc;
use hustings_ingest::gate::Transport;
use hustings_tls::BindError;
use tokio::net::TcpListener;

use crate::config::Config;
use crate::failure::Failure;

/// Connections that may wait to be accepted. The kernel cuts it to `net.core.somaxconn`.
const BACKLOG: u32 = 4096;
/// How long an address of the audience may still be in use: where a server was killed, the kernel ends its edges within
/// moments.
const STILL_IN_USE: Duration = Duration::from_secs(1);
/// Between two attempts.
const AGAIN_AFTER: Duration = Duration::from_millis(20);
/// UDP ports in use that are passed over in search of one for an edge.
const PASSED_OVER_MAX: usize = 256;

/// Where the listeners are, once bound.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) listen: SocketAddr,
    pub(crate) stage_listen: SocketAddr,
    pub(crate) stage_udp: SocketAddr,
    pub(crate) stage_tcp: SocketAddr,
    pub(crate) audience_listen: SocketAddr,
    /// One for each process that serves the audience.
    pub(crate) audience_udp: Vec<SocketAddr>,
    pub(crate) private_listen: SocketAddr,
}

/// The TCP sockets.
pub(crate) struct Sockets {
    pub(crate) pages: TcpListener,
    pub(crate) stage: TcpListener,
    /// `None` where the audience comes to the pages' listener.
    pub(crate) audience: Option<StdListener>,
    pub(crate) private: TcpListener,
}

impl Sockets {
    /// Binds all; the stage's belongs to the runtime of `stage`.
    pub(crate) fn bind(config: &Config, stage: &tokio::runtime::Handle) -> Result<Self, Failure> {
        let bind = |addr| hustings_tls::bind(addr, BACKLOG);
        Ok(Self {
            pages: bind(config.listen)?,
            stage: {
                let _within = stage.enter();
                bind(config.stage_listen)?
            },
            audience: match config.audience_shares_pages() {
                true => None,
                false => {
                    let taken = |error: &BindError| matches!(error, BindError::InUse(_));
                    Some(patiently(|| bind(config.audience_listen), taken)?.into_std()?)
                }
            },
            private: bind(config.private_listen)?,
        })
    }

    /// Where they are.
    pub(crate) fn bound(&self, config: &Config, stage: &WebRtc, audience_udp: Vec<SocketAddr>) -> io::Result<Bound> {
        let port_of = |webrtc: &WebRtc, transport| {
            webrtc.candidates().into_iter().find(|(t, _)| *t == transport).map(|(_, addr)| addr.port())
        };
        let at = |addr: SocketAddr, port: Option<u16>| SocketAddr::new(addr.ip(), port.unwrap_or(addr.port()));
        let listen = self.pages.local_addr()?;
        Ok(Bound {
            listen,
            stage_listen: self.stage.local_addr()?,
            stage_udp: at(config.stage_udp, port_of(stage, Transport::Udp)),
            stage_tcp: at(config.stage_tcp, port_of(stage, Transport::Tcp)),
            audience_listen: self.audience.as_ref().map_or(Ok(listen), StdListener::local_addr)?,
            audience_udp,
            private_listen: self.private.local_addr()?,
        })
    }
}

/// The UDP addresses of the WebRTC listeners of each edge: the configured one, and the ports that follow it, without that of
/// the stage and without those that somebody else has. They are bound to be found and let go again, for each edge binds
/// its own.
pub(crate) fn udp_of_edges(config: &Config, edges: usize) -> Result<Vec<SocketAddr>, Failure> {
    let first = config.audience_udp;
    let mut held = vec![patiently(|| UdpSocket::bind(first), in_use).map_err(|error| in_words(first, &error))?];
    let mut found = vec![held[0].local_addr()?];
    let mut port = first.port();
    let mut passed_over = 0;
    while found.len() < edges {
        port = if first.port() == 0 { 0 } else { port.checked_add(1).ok_or_else(|| out_of_ports(edges))? };
        let addr = SocketAddr::new(first.ip(), port);
        if port != 0 && port == config.stage_udp.port() {
            continue;
        }
        match UdpSocket::bind(addr) {
            Ok(socket) => {
                found.push(socket.local_addr()?);
                held.push(socket);
            }
            Err(error) if in_use(&error) && passed_over < PASSED_OVER_MAX => passed_over += 1,
            Err(error) => return Err(in_words(addr, &error)),
        }
    }
    Ok(found)
}

fn out_of_ports(edges: usize) -> Failure {
    Failure::failed(format!(
        "there are no {edges} UDP ports from audience.udp on: choose a lower one, or fewer audience.edges"
    ))
}

fn in_words(addr: SocketAddr, error: &io::Error) -> Failure {
    Failure::failed(format!("audience.udp: {addr}: {error}"))
}

fn in_use(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}

/// Tries for a while.
fn patiently<T, E>(mut attempt: impl FnMut() -> Result<T, E>, in_use: impl Fn(&E) -> bool) -> Result<T, E> {
    let until = Instant::now() + STILL_IN_USE;
    loop {
        match attempt() {
            Err(error) if in_use(&error) && Instant::now() < until => std::thread::sleep(AGAIN_AFTER),
            other => return other,
        }
    }
}
