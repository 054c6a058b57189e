//! Why a floor says no, in sentences for whoever asked.

use hustings_vocab::limits;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too much of it in a short time.
    #[error("that was too quick; wait {0} s and try again")]
    TooSoon(u64),
    /// Slow mode.
    #[error("slow mode: one line in {every_s} s for each person; wait {wait_s} s")]
    Slow {
        /// Its length.
        every_s: u32,
        /// What is left of it.
        wait_s: u64,
    },
    /// So many come from one address.
    #[error("too much comes from your address at once; wait {0} s and try again")]
    Crowded(u64),
    /// More people than can be kept apart.
    #[error("so many take part at the moment that newcomers must wait; try again in a few seconds")]
    Busy,
    /// The same line twice.
    #[error("you have just written that; a line is taken once")]
    Repeated,
    /// A text that cannot be taken.
    #[error("{what} has 1 to {max} characters, this has {found}")]
    Length {
        /// Which text.
        what: &'static str,
        /// Its limit.
        max: usize,
        /// Its length.
        found: usize,
    },
    /// A character that would not be shown as what it is.
    #[error("{0} holds a control character, an invisible one or one that turns the writing direction; leave it out")]
    Character(&'static str),
    /// A link where none may be.
    #[error("links are not taken here; say where it can be found, or ask the host to pin it")]
    Link,
    /// A word that the host refuses.
    #[error("a word in it is not taken here; put it another way")]
    Word,
    /// No address that can be pinned.
    #[error("a pinned link begins with https:// and names a host, without spaces and without a user, in at most {max} bytes", max = limits::LINK_BYTES_MAX)]
    NoLink,
    /// A number outside its range.
    #[error("{0}")]
    Range(&'static str),
    /// The chat is off.
    #[error("the host has switched the chat off")]
    Off,
    /// Somebody who may not write.
    #[error("you may not write here any more; you may still listen and react")]
    Muted,
    /// Not somebody who looks after the conversation.
    #[error("only those who run the conversation may do this")]
    NotYours,
    /// There is no such thing.
    #[error("there is no such {0}; it may have been taken away")]
    Unknown(&'static str),
    /// One vote a person.
    #[error("you have voted already")]
    Voted,
    /// Not while it is in this state.
    #[error("{0}")]
    Closed(&'static str),
    /// As many as can be kept.
    #[error("there is no room for another {0}")]
    Full(&'static str),
}
