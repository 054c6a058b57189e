//! What can go wrong with the records. Every message about the data folder names the path and the remedy.

use std::io;
use std::path::PathBuf;

use hustings_vocab::{Phase, Place, Slug};

/// Why the records could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder, or a file in it, is not usable by this user.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database is not one, is damaged, or does not answer.
    #[error("{place} cannot be used as the database: {source}; {remedy}", remedy = place.remedy())]
    Database {
        /// Where it is.
        place: Place,
        /// What its driver said.
        source: sqlx::Error,
    },
    /// The database was written by a newer version.
    #[error("{place} was written by a newer version of hustings; start that version, or name another database")]
    Newer {
        /// Where it is.
        place: Place,
    },
    /// The schema could not be brought up to date.
    #[error("{place} cannot be brought up to date: {source}; restore it from a backup")]
    Migration {
        /// Where it is.
        place: Place,
        /// What failed.
        source: sqlx::migrate::MigrateError,
    },
    /// A query failed.
    #[error("the database refused: {0}; look at the free space and the health of the disk")]
    Query(#[from] sqlx::Error),
    /// There is no such conversation.
    #[error("there is no conversation {0}")]
    Unknown(Slug),
    /// There is one of that name already, perhaps one that is over.
    #[error("there is already a conversation {0}")]
    Exists(Slug),
    /// Its phase does not allow the change.
    #[error("the conversation {0} is {phase}", phase = .1.name())]
    Phase(Slug, Phase),
    /// There is no such account, session, passkey or link.
    #[error("there is no {0}")]
    Nobody(String),
    /// Another account has it.
    #[error("{0} is taken by another account")]
    Taken(String),
    /// The state of the account does not allow it.
    #[error("{0}")]
    Account(&'static str),
    /// A record holds what no version has ever written.
    #[error("the record of {slug} holds {what}; restore the database from a backup")]
    Damaged {
        /// The record's key.
        slug: String,
        /// Which column, and what is in it.
        what: String,
    },
}

/// A folder or a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {source}; {}", .path.display(), remedy(.source))]
pub struct FolderError {
    /// What was tried, as a verb.
    pub doing: &'static str,
    /// With what.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// What the person who starts the server can do about it.
fn remedy(error: &io::Error) -> &'static str {
    use io::ErrorKind::{AlreadyExists, InvalidData, NotADirectory, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        PermissionDenied => "make it belong to the user that runs hustings, or name another folder with --data",
        NotADirectory | AlreadyExists => "a file stands where a folder is needed: name another folder with --data",
        ReadOnlyFilesystem => "its file system is read-only: name another folder with --data",
        InvalidData => "restore it from a backup",
        StorageFull => "the disk is full: free some space",
        _ => "name a folder on a local disk with --data",
    }
}
