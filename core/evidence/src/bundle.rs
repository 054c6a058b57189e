//! A bundle: what is needed of a log to check one conversation offline, in one file.
//!
//! It is a plain tar of the files that the log publishes, under the names by which it publishes them, so that everything in
//! it can be compared with what others have fetched: `checkpoint`; `checkpoints/<size>`, earlier ones that were
//! cosigned; `tile/0/…`, the hash of every record; `tile/entries/…`, the records from the conversation's opening on, those of
//! others that lie between included; `receipts/<minute>`, commitments. `bundle.json` names the conversation, the log's key and
//! the first and last record.

use crate::json::Json;
use crate::tar::{self, BadTar, Files};
use crate::tiles::Tile;

/// The version that is read and written.
pub const VERSION: i64 = 1;

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The conversation.
    pub slug: String,
    /// The log's key.
    pub key: String,
    /// The record of its opening.
    pub first: u64,
    /// The last record that is here.
    pub last: u64,
}

impl Manifest {
    /// The text of `bundle.json`.
    #[must_use]
    pub fn encode(&self) -> String {
        let number = |n: u64| Json::Int(i64::try_from(n).unwrap_or(i64::MAX));
        Json::map([
            ("v", Json::Int(VERSION)),
            ("slug", Json::text(&self.slug)),
            ("key", Json::text(&self.key)),
            ("first", number(self.first)),
            ("last", number(self.last)),
        ])
        .encode()
    }
}

/// Why a file is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// It is no archive.
    #[error("this is no bundle: {0}; export it again")]
    Tar(#[from] BadTar),
    /// A file that bundles do not have.
    #[error("the file {0:?} does not belong into a bundle")]
    File(String),
    /// `bundle.json` is absent or says nothing that can be used.
    #[error("bundle.json is absent or damaged; export the bundle again")]
    Manifest,
    /// Another version.
    #[error("the bundle is of version {0}, this program reads version {VERSION}")]
    Version(i64),
}

/// Reads a bundle. Only its form is looked at.
///
/// # Errors
/// [`BadBundle`].
pub fn read(bytes: &[u8]) -> Result<(Manifest, Files), BadBundle> {
    let files = tar::read(bytes)?;
    if let Some(other) = files.keys().find(|name| !belongs(name)) {
        return Err(BadBundle::File(other.clone()));
    }
    let json = files.get("bundle.json").and_then(|text| Json::decode(text).ok()).ok_or(BadBundle::Manifest)?;
    let version = json.at("v").and_then(Json::int).ok_or(BadBundle::Manifest)?;
    if version != VERSION {
        return Err(BadBundle::Version(version));
    }
    let text = |key| json.at(key).and_then(Json::str).map(str::to_owned).ok_or(BadBundle::Manifest);
    let number = |key| json.at(key).and_then(Json::int).and_then(|n| n.try_into().ok()).ok_or(BadBundle::Manifest);
    let manifest = Manifest { slug: text("slug")?, key: text("key")?, first: number("first")?, last: number("last")? };
    if manifest.first > manifest.last {
        return Err(BadBundle::Manifest);
    }
    Ok((manifest, files))
}

fn belongs(name: &str) -> bool {
    let numbered = |folder: &str| name.strip_prefix(folder).and_then(number).is_some();
    let tile = Tile::parse(name).is_some_and(|tile| matches!(tile.level, None | Some(0)));
    matches!(name, "bundle.json" | "checkpoint") || tile || numbered("checkpoints/") || numbered("receipts/")
}

/// A number as it stands in a file's name: digits alone, without a zero in front.
#[must_use]
pub fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| n.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_checked_before_anything_else() {
        let manifest = Manifest { slug: "talk".into(), key: "k".into(), first: 0, last: 3 };
        let with = |name: &str, bytes: &[u8]| {
            let mut files = Files::from([("bundle.json".into(), manifest.encode().into_bytes())]);
            files.insert(name.into(), bytes.to_vec());
            read(&tar::write(&files))
        };
        assert_eq!(with("checkpoint", b"").unwrap().0, manifest);
        assert_eq!(with("tile/1/000", b""), Err(BadBundle::File("tile/1/000".into())));
        assert_eq!(with("receipts/01", b""), Err(BadBundle::File("receipts/01".into())));
        assert_eq!(with("bundle.json", br#"{"v":2}"#), Err(BadBundle::Version(2)));
        assert_eq!(with("bundle.json", br#"{"v":1}"#), Err(BadBundle::Manifest));
        assert_eq!(with("bundle.json", b"\xff"), Err(BadBundle::Manifest));
        assert!(matches!(read(b"what"), Err(BadBundle::Tar(_))));
    }
}
