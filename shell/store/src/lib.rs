//! What outlives the process: the records of conversations, and the keys that tokens are signed with.
//!
//! Both live in one data folder. [`Store`] is a small SQLite database, written by the server alone and only when a
//! conversation changes its phase, never on the path of sound. [`Keys`] are files, so that the command line can issue a
//! token while the server runs, without asking it. Deliberately absent: a clock for anything that is written (time is an
//! argument), a cache of records, and who may do what, which is the API's to decide.

mod conversations;
mod error;
mod folder;
pub mod keys;
mod row;

pub use conversations::{Record, State, Store};
pub use error::StoreError;
pub use keys::{KeyError, Keys};
