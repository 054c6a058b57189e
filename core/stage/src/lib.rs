//! The stage of one conversation: who is on it, whether it is on air, and what follows from each thing that happens.
//!
//! A pure state machine: [`Stage::handle`] takes one [`Happening`] with its media time and answers with [`Change`]s, in
//! the order in which they must be carried out. [`Stage::next_wakeup`] says when [`Happening::TimePassed`] is due.
//! Deliberately absent: sound, sessions' sockets, tokens (who may ask is decided before) and wall-clock time.

mod grants;
mod hands;
mod orders;
mod seats;
mod stage;

pub use grants::{Door, Grant, Grants};
pub use orders::{By, Order};
pub use seats::Session;
pub use stage::{Change, HOLD_AFTER_SAMPLES, Happening, Refusal, Stage};
