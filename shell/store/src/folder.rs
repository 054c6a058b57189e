//! The data folder: made for one user alone, and locked for the moment in which two processes might both create
//! something in it (the server and `hustings token`, started together on an empty folder).

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::error::FolderError;

/// Makes the folder and its parents if they are absent, for this user alone.
pub(crate) fn make(path: &Path) -> Result<(), FolderError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed("create the folder", path))
}

/// A lock between processes, held until it is dropped. It lies on a file of its own, because the files that it protects
/// are replaced. The system releases it when the process dies, so that nothing stale is left.
#[derive(Debug)]
pub(crate) struct FolderLock(#[expect(dead_code, reason = "closing it releases the lock")] File);

impl FolderLock {
    /// Waits for the lock of `folder`.
    pub(crate) fn take(folder: &Path) -> Result<Self, FolderError> {
        let path = folder.join(".lock");
        let file = private_file(&path)?;
        file.lock().map_err(failed("lock", &path))?;
        Ok(Self(file))
    }
}

/// Opens a file that only this user can read, creating it if it is absent.
pub(crate) fn private_file(path: &Path) -> Result<File, FolderError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(failed("open", path))
}

/// Names what was tried when it failed.
pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError { doing, path, source }
}
