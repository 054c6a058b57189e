//! One connection of a listener of the stream: from the call of `connect` to its end.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use reqwest::Url;
use rustix::io::Errno;
use rustix::net::sockopt::{set_tcp_nodelay, socket_error};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, connect, recv, socket_with};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::answer::{Answer, Head, Piece};
use super::skim::Skim;
use crate::ClientError;

/// Source addresses of one process: of its own loopback network, and many, so that ports which wait for a connection's last
/// packets (TIME_WAIT) are never the limit.
const SOURCES: usize = 8;
/// Bytes of an answer in words that are kept.
const WORDS_BYTES_MAX: usize = 16 * 1024;

/// Where a request goes: what is the same for all who send it.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) addr: SocketAddr,
    /// The whole request.
    pub(super) request: Vec<u8>,
    /// With TLS: how, and whose name the certificate must have.
    pub(super) tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

impl Target {
    /// A request for this address; what is posted is JSON.
    pub(super) fn of(
        url: &Url,
        addr: SocketAddr,
        tls: Option<&Arc<ClientConfig>>,
        body: Option<&str>,
    ) -> Result<Self, ClientError> {
        let bad = || ClientError::Address(url.to_string());
        let host = url.host_str().ok_or_else(bad)?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let agent = concat!("hustings-rehearse/", env!("CARGO_PKG_VERSION"));
        let method = if body.is_some() { "POST" } else { "GET" };
        let head = format!(
            "{method} {}{query} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n",
            url.path()
        );
        let request = match body {
            None => format!("{head}\r\n"),
            Some(body) => {
                let fields = format!("Content-Type: application/json\r\nContent-Length: {}", body.len());
                format!("{head}{fields}\r\nConnection: close\r\n\r\n{body}")
            }
        };
        let tls = match (url.scheme(), tls) {
            ("https", Some(config)) => {
                let name = host.trim_matches(['[', ']']).to_owned();
                Some((config.clone(), ServerName::try_from(name).map_err(|_| bad())?))
            }
            ("http", None) => None,
            // From HTTPS nobody is led to HTTP, and the other way round there is no configuration for it.
            _ => return Err(bad()),
        };
        Ok(Self { addr, request: request.into_bytes(), tls })
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) socket: OwnedFd,
    connected: bool,
    tls: Option<Box<ClientConnection>>,
    /// Of the request or a handshake: what the socket had no room for.
    unsent: Vec<u8>,
    answer: Answer,
    skim: Skim,
}

/// What came of looking at a connection.
#[derive(Debug, Default)]
pub(super) struct Came {
    pub(super) head: Option<Head>,
    /// Media time and length in samples of each stretch of sound.
    pub(super) sound: Vec<(u64, u64)>,
    /// What comes is no sound but words.
    pub(super) in_words: bool,
    /// As they were on the wire.
    pub(super) bytes: u64,
    /// The connection is of no further use.
    pub(super) over: bool,
    /// The answer is whole.
    pub(super) whole: bool,
    /// The body of what is no sound.
    pub(super) words: Vec<u8>,
}

impl Line {
    /// Calls `connect` and does not wait. `process` and `n` choose the source address on loopback.
    pub(super) fn call(target: &Target, process: usize, n: usize) -> Result<Self, Errno> {
        let family = if target.addr.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(family, SocketType::STREAM, flags, None)?;
        set_tcp_nodelay(&socket, true)?;
        if let IpAddr::V4(to) = target.addr.ip()
            && to.is_loopback()
        {
            let [third, fourth] = [(process % 250 + 1) as u8, (n % SOURCES + 1) as u8];
            bind(&socket, &SocketAddr::from((Ipv4Addr::new(127, 0, third, fourth), 0)))?;
        }
        match connect(&socket, &target.addr) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(error) => return Err(error),
        }
        Ok(Self {
            socket,
            connected: false,
            tls: None,
            unsent: Vec::new(),
            answer: Answer::new(),
            skim: Skim::default(),
        })
    }

    /// Moves what can be moved. The epoll is edge-triggered: everything is taken.
    pub(super) fn look(&mut self, target: &Target, scratch: &mut [u8], came: &mut Came) {
        if !self.connected {
            match socket_error(&self.socket) {
                Ok(Ok(())) if self.begin(target).is_ok() => self.connected = true,
                _ => return came.over = true,
            }
        }
        if self.flush().is_err() {
            return came.over = true;
        }
        while !came.over {
            let taken = match recv(&self.socket, &mut *scratch, RecvFlags::empty()) {
                Ok((_, 0)) => return came.over = true,
                Ok((_, taken)) => taken,
                Err(Errno::AGAIN) => return,
                Err(Errno::INTR) => continue,
                Err(_) => return came.over = true,
            };
            came.bytes += taken as u64;
            let opened = match &mut self.tls {
                None => take(&mut self.answer, &mut self.skim, &scratch[..taken], came),
                Some(tls) => match open(tls, &scratch[..taken]) {
                    Ok(text) => take(&mut self.answer, &mut self.skim, &text, came),
                    Err(_) => false,
                },
            };
            if !opened || self.flush().is_err() {
                return came.over = true;
            }
            if taken < scratch.len() {
                return;
            }
        }
    }

    /// The connection is there: the request, or the handshake before it.
    fn begin(&mut self, target: &Target) -> Result<(), io::Error> {
        match &target.tls {
            None => self.unsent.extend_from_slice(&target.request),
            Some((config, name)) => {
                let mut tls = ClientConnection::new(config.clone(), name.clone()).map_err(io::Error::other)?;
                io::Write::write_all(&mut tls.writer(), &target.request)?;
                self.tls = Some(Box::new(tls));
            }
        }
        Ok(())
    }

    /// Sends what there is.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(tls) = &mut self.tls {
            while tls.wants_write() {
                tls.write_tls(&mut self.unsent)?;
            }
        }
        while !self.unsent.is_empty() {
            match rustix::io::write(&self.socket, &self.unsent) {
                Ok(sent) => drop(self.unsent.drain(..sent)),
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        // An idle listener keeps no buffer.
        self.unsent = Vec::new();
        Ok(())
    }
}

/// Opens what came; it may be nothing but a handshake.
fn open(tls: &mut ClientConnection, mut wire: &[u8]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    while !wire.is_empty() {
        tls.read_tls(&mut wire)?;
        tls.process_new_packets().map_err(io::Error::other)?;
        match io::Read::read_to_end(&mut tls.reader(), &mut text) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
    }
    Ok(text)
}

/// Reads what came; false if it makes no sense.
fn take(answer: &mut Answer, skim: &mut Skim, bytes: &[u8], came: &mut Came) -> bool {
    let mut sense = true;
    let read = answer.take(bytes, |piece| match piece {
        Piece::Head(head) => came.head = Some(head),
        Piece::Body(body) if came.in_words => {
            let room = WORDS_BYTES_MAX.saturating_sub(came.words.len());
            came.words.extend_from_slice(&body[..body.len().min(room)]);
        }
        // The body of a refusal is no sound.
        Piece::Body(body) if came.head.as_ref().is_none_or(|h| h.status == 200) => {
            sense &= skim.push(body, |start, samples| came.sound.push((start, samples))).is_ok();
        }
        Piece::Body(_) => {}
        Piece::End => (came.over, came.whole) = (true, true),
    });
    read.is_ok() && sense
}
