//! Who has earned a connection, and who only holds one.
//!
//! A server that refuses by counting addresses refuses the stadium together with the attacker who sits in it. Here nobody is
//! refused for where they come from while there is room. When there is none, the place is taken from whoever of the most
//! crowded network has held one longest without having asked for anything: who attacks holds on, who listens asks at once.
//! Work that is dear (handshakes) is done for one network after the other, so a flood waits for itself.
//!
//! Deliberately absent: lists of the banned, and anything that remembers an address. A [`Source`] is a keyed hash, whose key
//! the caller draws at start and keeps in memory.

mod fair;
mod pending;
pub mod proxy;
mod source;

pub use fair::Fair;
pub use pending::Pending;
pub use source::Source;
