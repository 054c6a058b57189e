//! Counting listeners whom no connection shows, because a cache stands between them and the server.
//!
//! A page that plays through a cache draws a number once and reports that it is here, every [`EVERY`], if its number is
//! among those that are asked for: one in so many, stated by the server ([`Sampling`]), more sparsely the more there are.
//! The [`Census`] keeps the reports of the last [`LIFETIME`] and says how many pages they stand for, within which interval
//! ([`Sampled`]). Numbers are drawn evenly and the smaller ones are asked for, so whoever is asked at one rate is asked at
//! every denser one too: the estimate is unbiased while the rate changes.
//!
//! Who is seen on a connection is counted there and is told not to report. Pure: time and numbers are arguments. Deliberately absent: players that cannot report. Of them a server behind
//! a cache knows nothing.

mod census;
mod heartbeat;
mod pace;
mod sampled;
mod sampling;

pub use census::{Census, Heard};
pub use heartbeat::{BadHeartbeat, Heartbeat};
pub use sampled::Sampled;
pub use sampling::Sampling;

use std::time::Duration;

use hustings_vocab::limits;

/// Between two reports of one page.
pub const EVERY: Duration = Duration::from_secs(limits::HERE_EVERY_SECONDS);
/// A page that has not reported for so long has gone: one report, and what timers and the network may be late.
pub const LIFETIME: Duration = Duration::from_secs(limits::HERE_LIFETIME_SECONDS);
/// For so long a cache may tell the same rate.
pub const TOLD_FOR: Duration = Duration::from_secs(2);
