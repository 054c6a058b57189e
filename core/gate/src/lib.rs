//! The gate: who comes in, at which tier, and who waits.
//!
//! Pure: no clock and no chance of its own. Seeds and times are arguments.

pub mod model;
mod tier;

pub use model::{Machine, Misfit, Model, TierModel};
pub use tier::Tier;
