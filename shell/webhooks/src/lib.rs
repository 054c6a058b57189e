//! Messages to addresses that strangers gave: where they may go, how they are signed, when they are tried again, and sending
//! one.
//!
//! A webhook makes the server ask whatever address somebody writes down, so [`network`] says which addresses are the public's,
//! and [`Sender`] connects to no other: names are resolved by it, every address of the answer is looked at, and the connection
//! goes to one of those and to nothing that a second answer could name. [`Secret`] signs as Standard Webhooks has it, [`pause()`]
//! says when a failed try is repeated. [`Asker`] asks by the same rule, and reads a bounded answer. Deliberately absent: the queue, and who is told what.

mod address;
mod ask;
pub mod network;
mod pause;
mod send;
mod signature;

pub use address::{BadAddress, address};
pub use ask::{Answered, Asked, Asker};
pub use pause::pause;
pub use send::{Answer, Message, Sender};
pub use signature::{BadSecret, Secret};
