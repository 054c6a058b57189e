//! The floor: how the audience of one conversation takes part.
//!
//! Reactions, chat, questions with votes, polls, and a pinned note. [`Floor::handle`] takes a [`Command`] and says what
//! changed, or a [`Refusal`] with a sentence; once a second [`Floor::tell`] says what the audience is told, as sums and
//! batches, and what is to be written down. Everything has a limit: what a person may do in a second, what an address may,
//! and how much is kept.
//!
//! Pure: time and chance are arguments. Deliberately absent: who may do what beyond those who run the conversation (the API's
//! table decides), addresses (a source is a number), and one line that is told by itself.

mod chat;
mod command;
mod floor;
mod kept;
mod pace;
mod polls;
mod questions;
mod reactions;
mod refusal;
pub mod text;

pub use command::{By, Change, Command, NewPoll, PersonId, Settings};
pub use floor::{Ease, Floor, Told};
pub use kept::{Kept, KeptPoll, KeptQuestion, KeptVote};
pub use refusal::Refusal;
