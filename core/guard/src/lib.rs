//! Who has earned a connection, and who only holds one.
//!
//! A server that refuses by counting addresses refuses the stadium together with the attacker who sits in it. Here nobody is
//! refused for where they come from while there is room. When there is none, the place is taken from whoever of the most
//! crowded network has held one longest without having asked for anything: who attacks holds on, who listens asks at once.
//! Work that is dear (handshakes) is done for one network after the other, so a flood waits for itself.
//!
//! What offends so much that the kernel should drop it ([`offenders`], [`drops`]) is a matter of networks and of minutes, and only
//! where an operator has given it the privilege.
//!
//! Deliberately absent: lists of the banned. A [`Source`] is a keyed hash, whose key the caller draws at start and keeps in
//! memory.

pub mod drops;
mod fair;
pub mod hello;
pub mod offenders;
mod pending;
pub mod proxy;
mod source;
mod unused;

pub use fair::Fair;
pub use pending::Pending;
pub use source::Source;
pub use unused::Unused;
