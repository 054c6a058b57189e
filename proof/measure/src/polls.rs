//! Polls: one request over a connection of its own each, as those who wait in a queue ask, in clear or by a resumed session.
//!
//! Each ends when the answer has been read and the server has closed. What counts is the server's time for a poll, which is read
//! beside it; the client says its own. Deliberately absent: connections that are kept.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::{ClientConfig, HandshakeKind};
use serde::Serialize;

use crate::{cpu, secret};

/// A peer that takes longer is counted as failed.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer: a queue is said in some hundred.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Who asks what.
#[derive(Debug, Clone)]
pub struct Polls {
    /// Where.
    pub addr: SocketAddr,
    /// The path that is asked for.
    pub path: String,
    /// By TLS, each resuming the session of the one before.
    pub tls: bool,
    /// How many.
    pub connections: usize,
    /// From so many threads.
    pub threads: usize,
}

/// What the client met.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Polled {
    /// Answers with 200.
    pub done: usize,
    /// Those of them by a resumed session.
    pub resumed: usize,
    /// Everything else.
    pub failed: usize,
    /// Answers in a second.
    pub per_second: f64,
    /// Seconds of processor time of this process.
    pub own_cpu_seconds: f64,
}

impl Polls {
    /// Asks them all.
    ///
    /// # Errors
    /// What rustls or the system says before the first connection.
    pub fn ask(&self) -> io::Result<Polled> {
        let (begun, spent) = (Instant::now(), cpu::process());
        let threads = self.threads.clamp(1, self.connections.max(1));
        let share = |n: usize| self.connections / threads + usize::from(n < self.connections % threads);
        let found = std::thread::scope(|scope| {
            let askers: Vec<_> = (0..threads).map(|n| scope.spawn(move || self.ask_alone(share(n)))).collect();
            let join = |asker: std::thread::ScopedJoinHandle<'_, io::Result<(usize, usize)>>| {
                asker.join().map_err(|_| io::Error::other("a thread has panicked"))?
            };
            askers.into_iter().map(join).collect::<io::Result<Vec<_>>>()
        })?;
        let done = found.iter().map(|(done, _)| done).sum();
        Ok(Polled {
            done,
            resumed: found.iter().map(|(_, resumed)| resumed).sum(),
            failed: self.connections - done,
            per_second: done as f64 / begun.elapsed().as_secs_f64(),
            own_cpu_seconds: cpu::process() - spent,
        })
    }

    fn ask_alone(&self, connections: usize) -> io::Result<(usize, usize)> {
        let config = secret::client(Resumption::default()).map_err(io::Error::other)?;
        let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.path, self.addr);
        if self.tls {
            poll_sealed(self.addr, &config, &request)?;
        }
        let (mut done, mut resumed) = (0, 0);
        for _ in 0..connections {
            let met = if self.tls {
                poll_sealed(self.addr, &config, &request)
            } else {
                poll(self.addr, &request).map(|answered| (answered, false))
            };
            if let Ok((true, again)) = met {
                done += 1;
                resumed += usize::from(again);
            }
        }
        Ok((done, resumed))
    }
}

fn call(addr: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(addr)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// Whether the answer is 200, read to its end.
fn read_all(mut from: impl Read) -> io::Result<bool> {
    let mut answer = Vec::with_capacity(1024);
    from.by_ref().take(ANSWER_BYTES_MAX as u64).read_to_end(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 200 "))
}

fn poll(addr: SocketAddr, request: &str) -> io::Result<bool> {
    let mut socket = call(addr)?;
    socket.write_all(request.as_bytes())?;
    read_all(socket)
}

/// Whether the answer is 200, and whether the session was resumed.
fn poll_sealed(addr: SocketAddr, config: &Arc<ClientConfig>, request: &str) -> io::Result<(bool, bool)> {
    let (mut socket, mut tls) = (call(addr)?, secret::connection(config).map_err(io::Error::other)?);
    let mut stream = rustls::Stream::new(&mut tls, &mut socket);
    stream.write_all(request.as_bytes())?;
    let answered = read_all(&mut stream)?;
    Ok((answered, tls.handshake_kind() == Some(HandshakeKind::Resumed)))
}
