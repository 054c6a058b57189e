//! Those who act: a thread with a few kept connections from addresses of its own, which sends one act after the other at a
//! steady rate, each as another person.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

/// Connections of one thread, each from an address of its own: what one address may do is limited.
const CONNECTIONS: usize = 8;

/// What came of one thread's acts.
#[derive(Debug, Default)]
pub(super) struct Share {
    pub(super) offered: u64,
    pub(super) reactions: u64,
    pub(super) lines: u64,
    pub(super) refused: u64,
    pub(super) failed: u64,
    pub(super) answered_ms: Vec<f64>,
}

impl Share {
    pub(super) fn add(&mut self, other: Self) {
        self.offered += other.offered;
        self.reactions += other.reactions;
        self.lines += other.lines;
        self.refused += other.refused;
        self.failed += other.failed;
        self.answered_ms.extend(other.answered_ms);
    }
}

/// Acts every so often, for so long.
pub(super) fn offer(
    actor: usize,
    addr: SocketAddr,
    slug: &str,
    tokens: &[String],
    every: Duration,
    seconds: Duration,
) -> io::Result<Share> {
    let mut share = Share::default();
    let mut connections = Vec::new();
    for n in 0..CONNECTIONS {
        connections.push(connect(addr, [127, 0, 100 + actor as u8, 1 + n as u8].into())?);
    }
    let began = Instant::now();
    for n in 0usize.. {
        let due = every * n as u32;
        if due >= seconds {
            break;
        }
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        let reacts = n.is_multiple_of(2);
        let token = &tokens[n % tokens.len()];
        let (what, body) = if reacts {
            ("reactions", r#"{"kind":"applause"}"#.to_owned())
        } else {
            ("chat", format!(r#"{{"text":"line {n} of {actor}"}}"#))
        };
        let asked = Instant::now();
        share.offered += 1;
        match act(&mut connections[n % CONNECTIONS], slug, what, token, &body) {
            Ok(202) if reacts => share.reactions += 1,
            Ok(202) => share.lines += 1,
            Ok(429) => share.refused += 1,
            _ => share.failed += 1,
        }
        share.answered_ms.push(asked.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(share)
}

fn connect(addr: SocketAddr, from: std::net::Ipv4Addr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    if addr.ip().is_loopback() && addr.is_ipv4() {
        socket.bind(&SocketAddr::from((from, 0)).into())?;
    }
    socket.connect(&addr.into())?;
    socket.set_tcp_nodelay(true)?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    Ok(socket.into())
}

/// Sends one act and reads its answer, which is short; gives its status.
fn act(line: &mut TcpStream, slug: &str, what: &str, token: &str, body: &str) -> io::Result<u16> {
    let request = format!(
        "POST /api/v1/conversations/{slug}/{what} HTTP/1.1\r\nHost: measure\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    line.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut some = [0; 4096];
    loop {
        let n = line.read(&mut some)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&some[..n]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, rest)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if rest.len() >= length.unwrap_or(0) {
            return head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or(io::ErrorKind::InvalidData.into());
        }
    }
}
