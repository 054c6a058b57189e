//! Files that are whole or not there: written beside their place, brought to the disk, and moved there.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::LedgerError;

/// Writes a file and does not return before it is on the disk.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let write = || {
        fs::create_dir_all(folder)?;
        let beside = path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(LedgerError::at(path))
}

/// Reads a file of at most so many bytes; `None` if there is none.
pub(crate) fn read(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, LedgerError> {
    let read = || {
        let file = match File::open(path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            other => other?,
        };
        let mut bytes = Vec::new();
        file.take(bytes_max + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > bytes_max {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("more than {bytes_max} bytes")));
        }
        Ok(Some(bytes))
    };
    read().map_err(LedgerError::at(path))
}
