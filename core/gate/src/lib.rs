//! The gate: who comes in, at which tier, and who waits.
//!
//! [`Gate`] holds the budgets of one machine ([`Limits`], from a measured [`Model`] and what is configured), and of each
//! conversation its seats and its queue. It answers with a [`Decision`]. Tickets and places are signed and stateless
//! ([`Keys`]); whoever waits costs no memory. The order of those who come before the start is a lottery that anybody can
//! recompute ([`lottery`]). What must survive the process are [`Record`]s.
//!
//! Pure: seeds and times are arguments. Deliberately absent: sockets, files, clocks, chance, and any way to put somebody out
//! who is in.

mod bucket;
mod calls;
pub mod challenge;
mod event;
mod gate;
mod limits;
mod line;
mod load;
mod looks;
pub mod lottery;
pub mod model;
mod pass;
mod queue;
mod record;
mod seats;
pub mod shed;
mod spread;
mod statement;
mod tier;

pub use bucket::Bucket;
pub use event::Event;
pub use gate::{Decision, Entry, Gate, Refusal, Waiting};
pub use limits::{HEADROOM, Limits, POLLS_PER_SECOND, Seen, Wanted};
pub use line::{Cap, Governor, Line, LineSeen, Rung};
pub use load::Load;
pub use model::{Machine, Misfit, Model, TierModel};
pub use queue::{Expected, Queue, asks_within};
pub use record::{BYTES as RECORD_BYTES, Record, Torn};
pub use seats::{Bye, Seated, Seats};
pub use shed::Stage;
pub use spread::spread_seconds;
pub use statement::{BadStatement, Class, Holder, KEY_SECONDS, Keys, Place, Ticket};
pub use tier::Tier;
