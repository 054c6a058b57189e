//! The evidence log on disk: a folder of static files that can be served as they are, its key, and what a witness keeps.
//!
//! What is written is on the disk before anybody is told, and the checkpoint is the last of it: whoever is killed in between
//! finds the log as it was at its last checkpoint. A folder that was edited is refused, and nothing is repaired: who runs the
//! server decides what to do with it. Deliberately absent: a clock, the network, and what records mean.

mod disk;
mod error;
mod export;
mod key;
mod log;
mod past;
mod witness;

pub use error::LedgerError;
pub use export::{Story, export, published, story};
pub use key::{Key, log_key, witness_key};
pub use log::Log;
pub use past::past;
pub use witness::WitnessState;

#[cfg(test)]
mod tests;
