//! The fan-out of endless streams: what each listener is sent, and when.
//!
//! A listener is a small record in a [`Shard`]: a cursor into a [`Reel`] of framed parts, a phase of the cadence, and
//! the rest of a chunk that the network took only in part. The shell owns sockets and the clock; it asks who is due,
//! lends a write to [`Shard::deliver`] and does what the [`Outcome`] says. Parts are shared: a delivery copies nothing.
//!
//! What runs in production is what the simulation in `tests/` runs, under a network that takes few bytes, stalls and
//! closes. Deliberately absent: HTTP but for the chunks of its transfer coding, TLS, and who may listen.

mod asked;
mod container;
mod listener;
mod phases;
mod reel;
mod seats;
mod shard;
mod vigil;
mod warmth;

pub use asked::{Asked, BadQuery};
pub use container::{Container, Framing};
pub use listener::{Beginning, Joining, Outcome, Taken};
pub use reel::Reel;
pub use seats::{Key, Seats};
pub use shard::{Shard, Tally};
pub use vigil::{Facts, Over, Vigil};
pub use warmth::{Flowing, Warmth};
