//! What is told of the evening to everybody: the files of the evidence log, and the status page.

use bytes::Bytes;
pub use hustings_evidence::probe::BadProbe;

/// The status, as people and as programs read it. Both are made once a second at most.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The page.
    pub html: Bytes,
    /// The page in German.
    pub html_de: Bytes,
    /// The same as JSON.
    pub json: Bytes,
}

/// Who keeps the evidence.
pub trait Evidence: Send + Sync + 'static {
    /// A file of the log by its path below `/evidence/`; `None` if there is none.
    fn file(&self, path: &str) -> Option<Vec<u8>>;
    /// The status.
    fn status(&self) -> Told;
    /// Takes a probe that another instance has signed; else says why not.
    ///
    /// # Errors
    /// What is wrong with it.
    fn probe(&self, note: &[u8]) -> Result<(), BadProbe>;
    /// A receipt for a listener of this conversation; `None` if it is not open, or this minute has as many as it may.
    fn receipt(&self, slug: &str) -> Option<String>;
}
