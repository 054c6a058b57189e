//! The audience's sockets: shards of listeners, each a thread with epoll, a record for each connection and no task.
//!
//! A shard accepts, reads the head of a request, and serves the endless streams (`live.mp4`, `live.ogg`, `live.aac`) by
//! the rules of [`hustings_fan`]: when a listener is due, one non-blocking vectored write of shared bytes. It answers
//! requests for LL-HLS, one after the other on a connection that stays, by the rules of [`hustings_hls`]. Everything else,
//! from a bad query of a stream to a request for a page, is handed with the bytes already read to the general service,
//! which answers as if it had accepted the connection itself. So what is served here is what is asked a million times,
//! and nothing is said twice. TLS 1.3 is spoken here too: by rustls until the handshake is over, by [`hustings_seal`] from
//! then on. Deliberately absent: HTTP/2, TLS 1.2, answers to anything but streams and HLS.

mod accept;
mod bell;
mod channels;
mod engine;
mod handshake;
mod head;
mod hls;
mod line;
mod reply;
mod ring;
mod stats;
mod visitor;
mod worker;

pub use engine::{Engine, EngineConfig};
pub use head::{Recognised, recognise};
pub use stats::{Stats, stats};
