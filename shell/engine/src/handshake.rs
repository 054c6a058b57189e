//! The handshake of TLS 1.3, by rustls without buffers of its own.
//!
//! Everything of it is dropped when it is over: what is left is a [`Session`]. Its work is done where the bytes are read,
//! on the thread of the shard, which sees to it that it never does much of it at once. A client that offers no TLS 1.3 is
//! not refused here: what it said is for the general service, which speaks TLS 1.2 too.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use hustings_guard::hello;
use hustings_seal::{Direction, Keys, RECORD_BYTES_MAX, Session, Succession, Suite};
use rustix::io::Errno;
use rustls::kernel::KernelConnection;
use rustls::server::{ServerConnectionData, UnbufferedServerConnection};
use rustls::unbuffered::{ConnectionState, EncodeError, EncodeTlsData, InsufficientSizeError, UnbufferedStatus};
use rustls::{ConnectionTrafficSecrets, Error, HandshakeKind, PeerIncompatible, ServerConfig};

use crate::line::{receive, send};
use crate::reply;
use crate::stats::{count, stats};

/// The protocol that is spoken here (RFC 7301). Who asks for none means it.
const PROTOCOL: &[u8] = b"http/1.1";
/// What a record of a handshake begins with (RFC 8446, section 5.1). Everything else is no TLS.
const HANDSHAKE: u8 = 22;

/// A handshake that is not over.
pub(crate) struct Handshake {
    /// Until it is over.
    tls: Option<UnbufferedServerConnection>,
    /// Received and not yet used; at most one record.
    inbox: Vec<u8>,
    /// To be sent, for which there was no room.
    outbox: Vec<u8>,
    /// Of the request, which may come with the last word of the handshake.
    text: Vec<u8>,
    /// What kind of program its first words show, until somebody asks.
    kind: Option<u64>,
    has_begun: bool,
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handshake").finish_non_exhaustive()
    }
}

/// How far a handshake came.
#[derive(Debug)]
pub(crate) enum Advance {
    /// It is over.
    Done(Session),
    /// The client cannot do TLS 1.3. This is what it said.
    Foreign(Vec<u8>),
}

/// What a handshake needs next.
enum Want {
    Nothing,
    Flush,
    More,
    Finish,
}

impl Handshake {
    pub(crate) fn new(config: Arc<ServerConfig>) -> Result<Self, Errno> {
        let tls = UnbufferedServerConnection::new(config).map_err(|_| Errno::PROTO)?;
        Ok(Self {
            tls: Some(tls),
            inbox: Vec::new(),
            outbox: Vec::new(),
            text: Vec::new(),
            kind: None,
            has_begun: false,
        })
    }

    /// Whether it can go on only when there is room to write.
    pub(crate) fn wants_room(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// The kind of program that its first words have shown: once, when they have come.
    pub(crate) const fn take_kind(&mut self) -> Option<u64> {
        self.kind.take()
    }

    /// Goes on as far as the socket allows.
    ///
    /// # Errors
    /// [`Errno::AGAIN`] if something must come, or there must be room, before it can go on; [`Errno::PROTO`] if it cannot;
    /// [`Errno::CONNRESET`] if the peer went; what the system says.
    pub(crate) fn advance(&mut self, socket: &OwnedFd, scratch: &mut Vec<u8>) -> Result<Advance, Errno> {
        scratch.clear();
        scratch.reserve(RECORD_BYTES_MAX);
        scratch.append(&mut self.inbox);
        self.inbox = Vec::new();
        let advance = self.flush(socket).and_then(|()| self.go_on(socket, scratch));
        match &advance {
            Err(Errno::AGAIN) => self.inbox = scratch.clone(),
            Err(_) => count(&stats().handshakes_failed),
            Ok(_) => {}
        }
        advance
    }

    fn go_on(&mut self, socket: &OwnedFd, received: &mut Vec<u8>) -> Result<Advance, Errno> {
        loop {
            if !self.has_begun && !received.is_empty() {
                self.kind = hello::fingerprint(received);
                self.has_begun = self.kind.is_some();
            }
            let Some(tls) = &mut self.tls else { return Err(Errno::PROTO) };
            let UnbufferedStatus { discard, state, .. } = tls.process_tls_records(received);
            let want = match state {
                Ok(ConnectionState::EncodeTlsData(mut record)) => {
                    encode(&mut self.outbox, &mut record)?;
                    Want::Nothing
                }
                Ok(ConnectionState::TransmitTlsData(sent)) => {
                    sent.done();
                    Want::Flush
                }
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        self.text.extend_from_slice(record.map_err(|_| Errno::PROTO)?.payload);
                    }
                    Want::Nothing
                }
                Ok(ConnectionState::BlockedHandshake) => Want::More,
                Ok(ConnectionState::WriteTraffic(_)) => Want::Finish,
                // It went before it said anything, or sends early data that nobody offered to take.
                Ok(_) => return Err(Errno::CONNRESET),
                Err(error) => return self.fail(socket, received, &error),
            };
            received.drain(..discard);
            match want {
                Want::Nothing => {}
                Want::Flush => self.flush(socket)?,
                Want::More if received.len() >= RECORD_BYTES_MAX => return Err(Errno::PROTO),
                Want::More if receive(socket, received)? == 0 => return Err(Errno::CONNRESET),
                Want::More => {}
                Want::Finish => return self.finish(received).map(Advance::Done),
            }
        }
    }

    fn flush(&mut self, socket: &OwnedFd) -> Result<(), Errno> {
        while !self.outbox.is_empty() {
            match send(|| rustix::io::write(socket, &self.outbox))? {
                0 => return Err(Errno::AGAIN),
                sent => drop(self.outbox.drain(..sent)),
            }
        }
        Ok(())
    }

    /// What is left of the handshake is a session. `received` came behind it.
    fn finish(&mut self, received: &[u8]) -> Result<Session, Errno> {
        let tls = self.tls.take().ok_or(Errno::PROTO)?;
        if tls.alpn_protocol().is_some_and(|protocol| protocol != PROTOCOL) {
            // The handshake itself was the answer (RFC 8737).
            return Err(Errno::CONNRESET);
        }
        let counter = match tls.handshake_kind() {
            Some(HandshakeKind::Resumed) => &stats().handshakes_resumed,
            _ => &stats().handshakes_full,
        };
        let (secrets, kernel) = tls.dangerous_into_kernel_connection().map_err(|_| Errno::PROTO)?;
        let outward = keys(&secrets.tx.1, secrets.tx.0).ok_or(Errno::PROTO)?;
        let inward = keys(&secrets.rx.1, secrets.rx.0).ok_or(Errno::PROTO)?;
        count(counter);
        let text = std::mem::take(&mut self.text);
        Ok(Session::new(outward, inward, Box::new(Schedule(kernel)), received.to_vec(), text))
    }

    /// Tells the peer why, in words that it knows.
    fn fail(&mut self, socket: &OwnedFd, received: &mut Vec<u8>, error: &Error) -> Result<Advance, Errno> {
        if is_foreign(error) && is_one_record(received) {
            return Ok(Advance::Foreign(std::mem::take(received)));
        }
        tracing::debug!(%error, "a TLS handshake failed");
        if received.first().is_some_and(u8::is_ascii_uppercase) {
            self.outbox = reply::NOT_TLS.to_vec();
        } else if let Some(tls) = &mut self.tls {
            while let Ok(ConnectionState::EncodeTlsData(mut alert)) = tls.process_tls_records(&mut []).state {
                encode(&mut self.outbox, &mut alert)?;
            }
        }
        let _ = self.flush(socket);
        Err(Errno::PROTO)
    }
}

fn encode<D>(outbox: &mut Vec<u8>, record: &mut EncodeTlsData<'_, D>) -> Result<(), Errno> {
    let from = outbox.len();
    let written = match record.encode(&mut []) {
        Err(EncodeError::InsufficientSize(InsufficientSizeError { required_size })) => {
            outbox.resize(from + required_size, 0);
            record.encode(&mut outbox[from..])
        }
        done => done,
    };
    outbox.truncate(from + written.map_err(|_| Errno::PROTO)?);
    Ok(())
}

/// The client does not offer TLS 1.3.
fn is_foreign(error: &Error) -> bool {
    use PeerIncompatible::{SupportedVersionsExtensionRequired, Tls12NotOffered, Tls12NotOfferedOrEnabled};
    let Error::PeerIncompatible(why) = error else { return false };
    matches!(why, SupportedVersionsExtensionRequired | Tls12NotOffered | Tls12NotOfferedOrEnabled)
}

/// What was received is a record with a whole message: one in pieces was put together, and is no more what was said.
fn is_one_record(received: &[u8]) -> bool {
    let &[HANDSHAKE, _, _, high, low, _, a, b, c, ..] = received else { return false };
    u32::from_be_bytes([0, a, b, c]) + 4 == u32::from(u16::from_be_bytes([high, low]))
}

fn keys(secrets: &ConnectionTrafficSecrets, next: u64) -> Option<Keys> {
    let (suite, key, iv) = match secrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv } => (Suite::Aes128Gcm, key, iv),
        ConnectionTrafficSecrets::Aes256Gcm { key, iv } => (Suite::Aes256Gcm, key, iv),
        ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => (Suite::ChaCha20Poly1305, key, iv),
        _ => return None,
    };
    Keys::new(suite, key.as_ref(), iv.as_ref().try_into().ok()?, next)
}

/// The secrets of a connection, from which rustls derives the next keys.
struct Schedule(KernelConnection<ServerConnectionData>);

impl Succession for Schedule {
    fn succeed(&mut self, direction: Direction) -> Option<Keys> {
        let next = match direction {
            Direction::Outward => self.0.update_tx_secret(),
            Direction::Inward => self.0.update_rx_secret(),
        };
        next.ok().and_then(|(next, secrets)| keys(&secrets, next))
    }
}
