//! What planning needs and nothing that runs: times as they are meant in a zone, series, addresses made of titles, texts of
//! strangers, edits, and calendar files.
//!
//! Deliberately absent: a clock, randomness (a slug's random ending is an argument), and records.

pub mod calendar;
pub mod edit;
pub mod series;
pub mod slug;
pub mod text;
pub mod zone;
