//! The stage on which stories are told: one server, programs that we did not write, and what they heard.
//!
//! A story is one file under `tests/`, named so that the listing reads like a specification. It starts the real binary
//! on free loopback ports over a fresh data folder, runs real clients against it ([`Program`]), and judges what they
//! printed and recorded. Nothing here reaches into the server: only its command line, its sockets and its signals.
//! Every wait has a bound ([`until`]), and what was started ends with the story, whatever happens.
//!
//! Deliberately absent: figures. How fast something is belongs to `make bench`; a story has the bound of a promise.

#![allow(clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

mod cache;
mod clock;
pub mod elsewhere;
mod filter;
mod folder;
mod people;
mod ports;
mod postgres;
mod processes;
mod program;
mod server;
mod sound;
mod tools;

pub use cache::Cache;
pub use clock::{until, within};
pub use filter::Filter;
pub use folder::Folder;
pub use people::Somebody;
pub use ports::Ports;
pub use postgres::Postgres;
pub use processes::children;
pub use program::{Outcome, Program, Running};
pub use server::{Server, WallClock, snapshot};
pub use sound::{Sound, Voice};
pub use tools::{ffmpeg, ffmpeg9_whip, hustings, measure, node, python, root};
