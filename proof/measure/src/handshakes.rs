//! Handshakes: how many a server can do, against a loop of rustls that does nothing else.
//!
//! Both sides say how much of a processor they took, so that what counts is the server's time for a handshake and not who
//! waited for whom. Deliberately absent: requests.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, HandshakeKind, ServerConfig, ServerConnection};
use serde::Serialize;

use crate::{cpu, secret};

/// A peer that takes longer is counted as failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the client met.
#[derive(Debug, Clone, Serialize)]
pub struct Shaken {
    /// Handshakes that came to their end.
    pub done: usize,
    /// Those of them that resumed a session.
    pub resumed: usize,
    /// Connections that failed.
    pub failed: usize,
    /// Handshakes in a second.
    pub per_second: f64,
    /// Seconds of processor time of this process.
    pub own_cpu_seconds: f64,
}

/// What the bare loop took.
#[derive(Debug, Clone, Serialize)]
pub struct Bare {
    /// Handshakes that came to their end.
    pub done: usize,
    /// Seconds of processor time, user and system.
    pub cpu_seconds: f64,
    /// Microseconds of processor time for a handshake.
    pub us_per_handshake: f64,
}

/// Which handshakes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Each is a stranger's.
    Full,
    /// Each resumes the session of the one before.
    Resumed,
}

/// Connects so many times, from so many threads.
///
/// # Errors
/// What rustls or the system says before the first connection.
pub fn shake(addr: SocketAddr, kind: Kind, connections: usize, threads: usize) -> io::Result<Shaken> {
    let (begun, spent) = (Instant::now(), cpu::process());
    let threads = threads.clamp(1, connections.max(1));
    let shakers: Vec<_> = (0..threads)
        .map(|n| {
            let connections = connections / threads + usize::from(n < connections % threads);
            std::thread::spawn(move || shake_alone(addr, kind, connections))
        })
        .collect();
    let mut shaken = Shaken { done: 0, resumed: 0, failed: 0, per_second: 0.0, own_cpu_seconds: 0.0 };
    for shaker in shakers {
        let (done, resumed, failed) = shaker.join().map_err(|_| io::Error::other("a thread has panicked"))??;
        shaken.done += done;
        shaken.resumed += resumed;
        shaken.failed += failed;
    }
    shaken.per_second = shaken.done as f64 / begun.elapsed().as_secs_f64();
    shaken.own_cpu_seconds = cpu::process() - spent;
    Ok(shaken)
}

fn shake_alone(addr: SocketAddr, kind: Kind, connections: usize) -> io::Result<(usize, usize, usize)> {
    let resumption = match kind {
        Kind::Full => Resumption::disabled(),
        Kind::Resumed => Resumption::default(),
    };
    let config = secret::client(resumption).map_err(io::Error::other)?;
    if kind == Kind::Resumed {
        meet(addr, &config)?;
    }
    let (mut done, mut resumed) = (0, 0);
    for _ in 0..connections {
        match meet(addr, &config) {
            Ok(found) => {
                done += 1;
                resumed += usize::from(found == HandshakeKind::Resumed);
            }
            // A server that is not there is not there the next time either.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Err(error),
            Err(_) => {}
        }
    }
    Ok((done, resumed, connections - done))
}

/// One connection, until the server has sent its tickets: then it has done all of its work.
fn meet(addr: SocketAddr, config: &Arc<ClientConfig>) -> io::Result<HandshakeKind> {
    let mut socket = TcpStream::connect(addr)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut tls = secret::connection(config).map_err(io::Error::other)?;
    while tls.tls13_tickets_received() == 0 {
        while tls.wants_write() {
            tls.write_tls(&mut socket)?;
        }
        if tls.read_tls(&mut socket)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        tls.process_new_packets().map_err(io::Error::other)?;
    }
    tls.handshake_kind().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Takes so many connections, one after the other, does the handshake and closes.
///
/// # Errors
/// What rustls says of the certificate, and the system of the address.
pub fn serve(addr: SocketAddr, cert: &Path, key: &Path, connections: usize) -> io::Result<Bare> {
    let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(io::Error::other)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(io::Error::other)?;
    config.ticketer = ring::Ticketer::new().map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind(addr)?;
    let (spent, mut done) = (cpu::process(), 0);
    for _ in 0..connections {
        let (mut socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let mut tls = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
        let shaken = (|| {
            while tls.is_handshaking() || tls.wants_write() {
                tls.complete_io(&mut socket)?;
            }
            // The client goes first: a server that does would keep the port (RFC 9293, section 3.6.1).
            socket.flush()?;
            socket.read(&mut [0])
        })();
        done += usize::from(shaken.is_ok());
    }
    let cpu_seconds = cpu::process() - spent;
    Ok(Bare { done, cpu_seconds, us_per_handshake: cpu_seconds * 1e6 / done.max(1) as f64 })
}
