//! Why the log cannot be used. Each text names the file and the remedy.

use std::io;
use std::path::{Path, PathBuf};

/// Why the log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is there is not what its checkpoint says.
    #[error("the evidence log was changed or is damaged: {} {what}; nothing is appended to it. Restore the folder, or move \
        it away and start anew: what was published remains with those who fetched it", .path.display())]
    Edited {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The key is none.
    #[error("{}: {what}; restore it, or remove it and start again: then the log goes on under a new key, and says so", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A record is longer than an entry may be.
    #[error("a record of {0} bytes does not fit into the log")]
    Record(usize),
    /// The log is as long as it may be.
    #[error("the evidence log is full: move its folder away and start anew")]
    Full,
    /// There is no such conversation in the log.
    #[error("the evidence log has no conversation {0}")]
    Unknown(String),
}

impl LedgerError {
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}
