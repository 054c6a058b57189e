//! What a backup is: a tar file, compressed with gzip, that any tool can look into.
//!
//! ```text
//! hustings-backup              {"format":1,"schema":5,"made_ms":…}
//! tables/accounts/000000.jsonl a line of column names, then a line for each row, both as JSON arrays
//! files/keys/token.pem         a file of the data folder
//! manifest.json                every entry before it, in their order, with its length and SHA-256
//! ```
//!
//! Rows are JSON and not a copy of a database's file, so a backup of SQLite is restored into PostgreSQL and the other way
//! round. The manifest comes last, so that a backup is written in one go: a backup that was cut off has none. Whoever gives
//! us a file to restore may have made it: names, kinds, lengths and sums are checked here, and nothing else in a tar file is
//! taken (links, devices, long names). Deliberately absent: a cipher. A backup holds the keys of tokens and is for the eyes of
//! who runs the server.

mod read;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use read::walk;
pub(crate) use write::Writer;

use crate::error::StoreError;

/// The version of this form.
pub(crate) const FORMAT: u32 = 1;

const MARK: &str = "hustings-backup";
const MANIFEST: &str = "manifest.json";
const TABLES: &str = "tables/";
const FILES: &str = "files/";
/// Bytes of a path in the tar files that every tool reads, without the room that its division may cost.
const NAME_BYTES_MAX: usize = 150;
const FOLDERS_MAX: usize = 8;

/// Why a backup could not be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file or a folder cannot be used.
    #[error("cannot {doing} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be read as a backup.
    #[error("this is no whole backup of hustings ({0}); nothing was restored: look for another one")]
    Unreadable(io::Error),
    /// Something in it is not as it must be.
    #[error("the backup's {entry} {why}; nothing was restored: it was damaged, or made by somebody else")]
    Refused {
        /// Which entry.
        entry: String,
        /// What is wrong with it.
        why: String,
    },
    /// A newer version made it.
    #[error("the backup was made by a newer version of hustings; restore it with that version")]
    Newer,
    /// There is something at the place where something would be put.
    #[error("{what} {remedy}")]
    Occupied {
        /// What is there.
        what: String,
        /// What can be done.
        remedy: &'static str,
    },
    /// The records hold what a backup cannot.
    #[error("{0}")]
    Unsaved(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ArchiveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Names what was tried when it failed.
pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ArchiveError {
    let path = path.to_owned();
    move |source| ArchiveError::Io { doing, path, source }
}

/// The first entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) format: u32,
    /// The last migration that the database had seen.
    pub(crate) schema: i64,
    pub(crate) made_ms: u64,
}

/// The last entry.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    entries: Vec<Listed>,
}

/// An entry as the manifest has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    name: String,
    bytes: u64,
    sha256: String,
}

/// What an entry is, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    Mark,
    /// Some rows of a table.
    Rows {
        table: String,
        number: u32,
    },
    /// A file of the data folder, by its path there.
    File(String),
    Manifest,
}

impl Name {
    /// Takes only what [`Name::text`] gives: one name has one form.
    fn parse(text: &str) -> Option<Self> {
        match text {
            MARK => return Some(Self::Mark),
            MANIFEST => return Some(Self::Manifest),
            _ => {}
        }
        if let Some(path) = text.strip_prefix(FILES) {
            return is_plain(path).then(|| Self::File(path.to_owned()));
        }
        let (table, number) = text.strip_prefix(TABLES)?.split_once('/')?;
        let number = number.strip_suffix(".jsonl").filter(|n| n.len() == 6)?.parse().ok()?;
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let named = (1..=63).contains(&table.len()) && table.chars().all(letters);
        let name = named.then(|| Self::Rows { table: table.to_owned(), number })?;
        (name.text() == text).then_some(name)
    }

    fn text(&self) -> String {
        match self {
            Self::Mark => MARK.to_owned(),
            Self::Manifest => MANIFEST.to_owned(),
            Self::Rows { table, number } => format!("{TABLES}{table}/{number:06}.jsonl"),
            Self::File(path) => format!("{FILES}{path}"),
        }
    }
}

/// Whether a path leads down from the data folder to a file that is seen there.
pub(crate) fn is_plain(path: &str) -> bool {
    let letters = |c: char| !c.is_control() && c != '\\';
    path.len() <= NAME_BYTES_MAX
        && path.chars().all(letters)
        && path.split('/').count() <= FOLDERS_MAX
        && path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
}

#[cfg(test)]
#[path = "archive/tests.rs"]
mod tests;
