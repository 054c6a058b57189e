//! What is prepared for a conversation and used while it runs: clips, the sound of its lobby, its cover, and words to those on
//! stage.
//!
//! Files come as they are sent, piece by piece, so that nobody's upload lies in memory. Who may ask is the caller's to check,
//! and texts come cleaned. Absent: formats, and how a file is opened, which is behind this.

use bytes::Bytes;
use hustings_vocab::plan::Cover;
use hustings_vocab::{SeatId, Slug};
use tokio::sync::mpsc;

use crate::desk::DeskError;
use crate::plans::Boxed;

/// A clip that is there to be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClip {
    /// Its name: 16 hexadecimal digits.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// How long it is.
    pub length_ms: u64,
    /// When it was brought, in milliseconds since 1970.
    pub added_ms: u64,
}

impl StoredClip {
    /// Whether a text can be the name of a clip. Others never become part of a path.
    #[must_use]
    pub fn is_id(text: &str) -> bool {
        text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }

    /// The name of its lane, which is nobody's seat unless somebody wants it to be.
    #[must_use]
    pub fn lane(id: &str) -> Option<SeatId> {
        format!("clip-{id}").parse().ok()
    }
}

/// What a lobby sounds of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LobbyChoice {
    /// Nothing.
    #[default]
    Off,
    /// The soft chord that every server has.
    Default,
    /// A clip, over and over.
    Clip(String),
}

impl LobbyChoice {
    /// Its name in records and answers.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Off => "off",
            Self::Default => "default",
            Self::Clip(id) => id,
        }
    }

    /// The choice of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "default" => Some(Self::Default),
            id => StoredClip::is_id(id).then(|| Self::Clip(id.to_owned())),
        }
    }
}

/// Everything that is there to be heard of one conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Its clips, in the order in which they came.
    pub clips: Vec<StoredClip>,
    /// What its lobby sounds of.
    pub lobby: LobbyChoice,
}

/// A word to one person on stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Later words have larger numbers.
    pub number: u64,
    /// What they are told; empty is "you are next", in the language of their page.
    pub text: String,
    /// Who tells them.
    pub by: String,
}

/// Pieces of a file, in order; it has come whole when there are no more. An error is why it will not.
pub type Upload = mpsc::Receiver<Result<Bytes, BringError>>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// As the desk says.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// There is no clip of that name (404).
    #[error("there is no such clip in this conversation")]
    NoSuch,
    /// It is no file of the kind that is wanted, or one that cannot be kept (422).
    #[error("{0}")]
    Refused(String),
    /// It is longer than may be sent (413).
    #[error("the file has more than {0} bytes; send a smaller one")]
    TooLarge(u64),
    /// It did not come (408).
    #[error("the file did not come whole; send it again")]
    BrokeOff,
    /// Too much is asked at once; it is to be tried again after so many seconds (503).
    #[error("too many files are being taken in just now; try again")]
    Busy(u64),
}

/// An answer.
pub type Brought<'a, T> = Boxed<'a, T, BringError>;

/// What a producer, and who runs a conversation, prepares and uses.
pub trait Production: Send + Sync + 'static {
    /// What is there.
    fn prepared(&self, slug: Slug) -> Brought<'_, Prepared>;
    /// Takes a clip in.
    fn bring(&self, slug: Slug, title: String, upload: Upload) -> Brought<'_, StoredClip>;
    /// Calls a clip something else.
    fn rename(&self, slug: Slug, id: String, title: String) -> Brought<'_, ()>;
    /// Throws a clip away. One that is played is played to its end.
    fn discard(&self, slug: Slug, id: String) -> Brought<'_, ()>;
    /// Plays a clip in place of the one that is played; `None` lets that fade out.
    fn play(&self, slug: Slug, id: Option<String>) -> Brought<'_, ()>;
    /// What the lobby sounds of.
    fn set_lobby(&self, slug: Slug, choice: LobbyChoice) -> Brought<'_, ()>;
    /// Tells somebody on stage something. Nobody else is told.
    fn cue(&self, slug: Slug, to: SeatId, text: String, by: String) -> Brought<'_, ()>;
    /// The newest word to a seat after that number, waiting for one for a while.
    fn next_cue(&self, slug: Slug, to: SeatId, after: u64) -> Brought<'_, Option<Cue>>;
    /// Takes a cover in, in place of the one that there is.
    fn set_cover(&self, slug: Slug, upload: Upload) -> Brought<'_, Cover>;
    /// Takes the cover away.
    fn remove_cover(&self, slug: Slug) -> Brought<'_, ()>;
    /// A cover as JPEG, in one of its two sizes.
    fn cover(&self, slug: Slug, cover: Cover, small: bool) -> Brought<'_, Bytes>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_comes_back_from_its_name_and_a_path_is_none() {
        for choice in [LobbyChoice::Off, LobbyChoice::Default, LobbyChoice::Clip("0123456789abcdef".into())] {
            assert_eq!(LobbyChoice::named(choice.name()), Some(choice));
        }
        for bad in ["", "../../etc/passwd", "0123456789abcdeF", "0123456789abcde", "on"] {
            assert_eq!(LobbyChoice::named(bad), None);
        }
        assert_eq!(StoredClip::lane("0123456789abcdef").unwrap().as_str(), "clip-0123456789abcdef");
    }
}
