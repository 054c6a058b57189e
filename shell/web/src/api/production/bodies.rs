//! What is asked and answered about clips, lobbies, words and covers.

use hustings_link::production::{Cue, Prepared, StoredClip};
use hustings_vocab::plan::Cover;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What something is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Titled {
    /// 1 to 80 characters.
    pub(super) title: String,
}

/// What a lobby is to sound of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetLobbySound {
    /// `off`, `default` (a soft chord), or the id of a clip, which is then played over and over.
    pub(super) sound: String,
}

/// A word to somebody on stage.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CueSeat {
    /// At most 140 characters; empty or absent says that they are next.
    #[serde(default)]
    pub(super) text: String,
}

/// Since when.
#[derive(Debug, Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    pub(super) after: Option<u64>,
}

/// A clip.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClipView {
    /// Its name.
    id: String,
    /// What it is called.
    title: String,
    /// How long it is, in milliseconds.
    length_ms: u64,
    /// When it was brought, in milliseconds since 1970.
    added_ms: u64,
    /// The name of its lane while it is played (`playing` of the roster).
    lane: String,
}

impl From<StoredClip> for ClipView {
    fn from(clip: StoredClip) -> Self {
        let lane = StoredClip::lane(&clip.id).map(|seat| seat.to_string()).unwrap_or_default();
        let StoredClip { id, title, length_ms, added_ms } = clip;
        Self { id, title, length_ms, added_ms, lane }
    }
}

/// What is there to be heard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreparedView {
    /// The clips, in the order in which they came.
    clips: Vec<ClipView>,
    /// What the lobby sounds of: `off`, `default` or the id of a clip.
    lobby_sound: String,
}

impl From<Prepared> for PreparedView {
    fn from(prepared: Prepared) -> Self {
        let lobby_sound = prepared.lobby.name().to_owned();
        Self { clips: prepared.clips.into_iter().map(ClipView::from).collect(), lobby_sound }
    }
}

/// A word.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CueView {
    /// Later words have larger numbers.
    number: u64,
    /// What is said; empty says that one is next.
    text: String,
    /// Who says it.
    by: String,
}

impl From<Cue> for CueView {
    fn from(cue: Cue) -> Self {
        let Cue { number, text, by } = cue;
        Self { number, text, by }
    }
}

/// A cover that was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverView {
    /// It.
    pub(super) cover: Cover,
}
