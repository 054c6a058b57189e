//! Cases: what is kept of the last minutes of a conversation, what a report pins of it, and how reports become cases.
//!
//! [`Recent`] keeps each speaker's packets of the last five minutes, sealed under a key a minute; a key that is dropped takes
//! its minute with it. A report pins a stretch of it: [`Recent::tracks`] opens one, [`Track::ogg`] writes a speaker's as a file
//! that every player knows, and [`Vault`] seals that for the disk. [`Category`] orders cases by what is at stake, never by how
//! many reported; [`moment`] says which moment a report means and whether two mean the same one.
//!
//! Pure: time and keys are arguments. Deliberately absent: who may do what (the API's table decides), records, and any
//! judgement of what was said.

mod category;
mod moment;
mod pace;
mod recent;
mod seal;
mod track;

pub use category::{Category, Decision, State};
pub use moment::{Pin, moment, same_moment};
pub use pace::Paces;
pub use recent::{Heard, Recent, share};
pub use seal::{Unsealed, Vault};
pub use track::Track;
