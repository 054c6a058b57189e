//! Commands that are not servers: each runs once, says one thing, and ends with an exit code.

pub(crate) mod conversation;
pub(crate) mod listen;
pub(crate) mod speak;
pub(crate) mod token;
