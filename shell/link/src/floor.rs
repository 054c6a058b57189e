//! The floor's door: how the audience of an open conversation takes part.
//!
//! It is decided at once, from memory; what is to be kept is answered when it is written down, which all that came within some
//! hundredths of a second are together ([`Floor::written`]). What is taken is told to everybody within a second.

use std::net::IpAddr;
use std::pin::Pin;

use hustings_floor::{By, Command, Refusal};
use hustings_vocab::Slug;
use hustings_vocab::floor::FloorNow;
use hustings_vocab::network;

use crate::sources::source_of;

/// Why nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FloorError {
    /// The conversation has no floor: its doors are closed, or it has just been opened.
    #[error("taking part in {0} begins when its doors open")]
    NotOpen(Slug),
    /// The floor says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What an act has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// The number of what was made.
    pub id: Option<u64>,
    /// The last change of it that is to be written down, if there is one.
    pub change: Option<u64>,
}

/// A wait for the disk.
pub type Writing<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// The floors of all open conversations. Who may ask for what is the caller's to check.
pub trait Floor: Send + Sync + 'static {
    /// Carries out a command.
    ///
    /// # Errors
    /// [`FloorError`].
    fn act(&self, slug: &Slug, by: &By, command: Command) -> Result<Done, FloorError>;

    /// Waits until a change is on the disk; whether it is, within a patience of seconds.
    fn written(&self, change: u64) -> Writing<'_> {
        let _ = change;
        Box::pin(async { true })
    }

    /// Everything as it stands, and the refused words; what waits for a decision only with `runs`.
    ///
    /// # Errors
    /// [`FloorError::NotOpen`].
    fn now(&self, slug: &Slug, runs: bool) -> Result<(FloorNow, Vec<String>), FloorError>;
}

/// A house in which nobody takes part.
#[derive(Debug, Default)]
pub struct NoFloor;

impl Floor for NoFloor {
    fn act(&self, slug: &Slug, _: &By, _: Command) -> Result<Done, FloorError> {
        Err(FloorError::NotOpen(slug.clone()))
    }

    fn now(&self, slug: &Slug, _: bool) -> Result<(FloorNow, Vec<String>), FloorError> {
        Err(FloorError::NotOpen(slug.clone()))
    }
}

/// The number that stands for an address while this process runs. Of IPv6 it is the network of 64 bits, within which a
/// machine chooses its address.
#[must_use]
pub fn source(addr: IpAddr) -> u64 {
    source_of(network::customer(addr))
}
