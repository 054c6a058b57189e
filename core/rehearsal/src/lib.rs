//! What a rehearsal is, without its listeners: who comes when, what was met in each second, where the knee is, and the
//! report of it.
//!
//! [`Arrivals`] and [`Leaving`] make a [`Plan`] of single comings and goings, drawn with a seed. Clients count what they
//! meet in a [`Second`] each second; those of several processes are added up. A [`Search`] says which load is tried next
//! and where goodput ends. A [`Report`] holds all of it, as data and as one HTML page that needs nothing else.
//! Pure: time and seeds are arguments. Deliberately absent: sockets and clocks (the clients have them), and a figure that
//! nobody measured: what is simulated is another type and says so in its first line.

mod arrivals;
mod chance;
mod html;
mod knee;
mod plan;
mod plot;
mod report;
mod second;
pub mod simulate;
mod spread;

pub use arrivals::{Arrivals, BadArrivals};
pub use chance::Chance;
pub use html::page;
pub use hustings_gate::{Tier, asks_within};
pub use knee::{Bars, Knee, Offered, Search, Step};
pub use plan::{Act, Event, Leaving, Mix, Plan};
pub use report::{Report, Summary, TierSummary};
pub use second::{Own, Second, TierSecond};
pub use spread::{Percentiles, Spread};
