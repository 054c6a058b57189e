//! The studio: where conversations are mixed, encoded and packed, on threads that do nothing else.
//!
//! Each conversation belongs to one `worker` thread and is touched by no other, so that a tick takes no lock. Workers
//! wake on the conversations' own 20 ms ticks, which are spread over the 20 ms, and take in all that came since: speakers'
//! packets, commands, wishes for renditions. Nothing here waits for the audience plane: what its queue does not take is
//! dropped and counted.

mod backfill;
mod deck;
mod fader;
mod levels;
mod line;
mod notices;
mod priority;
mod program;
mod quality;
mod rendition;
mod returns;
mod ring;
mod room;
mod stats;
mod studio;
mod tap;
mod worker;

pub use deck::{Clip, Feed, LobbySound};
pub use notices::{Noticed, Notices, notices};
pub use room::{Done, Opening};
pub use stats::{FATES, LATENESS_BOUNDS_US, Stats, StatsNow};
pub use studio::{CommandError, Config, Studio};
pub use tap::{Tap, Tapped, tap};
