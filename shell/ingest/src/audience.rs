//! Listeners by WebRTC, in large numbers: the audience's side of [`crate::whep`].
//!
//! A listener has no session object. ICE is answered by the gate, DTLS lives in a [`handshake`] and afterwards only waits for
//! the goodbye, and sound goes by a track of `core/whep`: the frame is shared, a listener adds a header and a cipher. A
//! [`shard`] is a thread with sockets of its own and everything about its listeners, so nothing is locked; sends are
//! gathered in a [`batch`] and spread over the 20 ms of a frame. In reading order: [`Listeners`] from outside, `shard`, then
//! what it is made of: [`crowd`] (those who hear the same), [`listener`], `handshake`, `batch`, [`mailbox`].
//!
//! Deliberately absent: ICE-TCP, which a listener does not need, for the stream tier goes through every firewall;
//! bandwidth estimation, because the rate is fixed.

mod batch;
mod crowd;
mod handshake;
mod listener;
mod listeners;
mod mailbox;
mod shard;

use std::sync::Arc;

use hustings_link::hall::Hall;
use hustings_vocab::Rendition;

pub use listeners::{Listeners, ListenersConfig};

/// What a listener hears.
#[derive(Debug, Clone)]
pub(crate) struct Audience {
    pub hall: Arc<Hall>,
    pub rendition: Rendition,
    /// The seat of its ticket.
    pub seat: Option<u64>,
}
