//! The words that every other crate speaks: names, media time, renditions, roles, states, events and limits.
//!
//! Nothing here does anything. Types parse on the way in and cannot be wrong afterwards. Deliberately absent: sockets,
//! clocks, randomness, and any knowledge of how a word is stored or sent beyond its `serde` form.

pub mod claims;
pub mod event;
pub mod floor;
pub mod limits;
mod media;
mod name;
pub mod network;
mod place;
pub mod plan;
mod provider;
mod rendition;
mod scope;
mod site;
mod state;
pub mod text;

pub use claims::{Claims, Role};
pub use media::{MediaTime, SAMPLE_RATE, SEGMENT_SAMPLES, TICK_SAMPLES};
pub use name::{AccountId, BadName, Handle, SeatId, Slug};
pub use place::{BadUrl, Place};
pub use provider::Provider;
pub use rendition::{Codec, Rendition, UnknownRendition};
pub use scope::{Occasion, Scope};
pub use site::SiteRole;
pub use state::{HeldReason, Phase};
