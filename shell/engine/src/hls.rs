//! LL-HLS at the speed of a static server: what a shard keeps ready, and who waits for what comes next.
//!
//! For each rendition that is asked for a shard has a [`Board`]: the answers to what was asked before, each with its whole
//! head, and the names of those who wait, by the part that they wait for. A part that is published rings the board's bell
//! once, however many wait. What is decided, and what an answer says, is `hustings_hls`'s. Deliberately absent: reading
//! and writing, which is the worker's (`worker/answers.rs`).

mod ask;
mod bell;
mod board;
mod boards;
mod clock;
mod ready;

pub(crate) use ask::{Ask, Verb};
pub(crate) use board::{Sought, Ticket, Wanted};
pub(crate) use boards::Boards;
pub(crate) use clock::Clock;
pub(crate) use ready::{Ready, SLICES};
