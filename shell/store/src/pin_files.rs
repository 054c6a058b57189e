//! The files of pinned minutes: one for each speaker of a case, sealed under a key in the same folder that only the server reads.
//!
//! A file is written under another name, flushed, and renamed, so that a name always has a whole file. Deliberately absent:
//! which files there are, which the records say.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use hustings_cases::Vault;
use hustings_vocab::SeatId;
use rand::TryRng;
use rand::rngs::SysRng;

use crate::error::FolderError;
use crate::folder::{self, FolderLock, failed};

const KEY: &str = "key";

/// The folder of pinned minutes.
#[derive(Debug)]
pub struct PinFiles {
    folder: PathBuf,
    vault: Vault,
}

impl PinFiles {
    /// Opens the folder, making it and its key if they are absent.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(data_dir: &Path) -> Result<Self, FolderError> {
        let folder = data_dir.join("cases");
        folder::make(&folder)?;
        let path = folder.join(KEY);
        let _alone = FolderLock::take(&folder)?;
        let mut file = folder::private_file(&path)?;
        let mut held = Vec::new();
        file.read_to_end(&mut held).map_err(failed("read", &path))?;
        if held.is_empty() {
            held = drawn::<32>(&path)?.to_vec();
            file.write_all(&held).and_then(|()| file.sync_all()).map_err(failed("write", &path))?;
        }
        let bad = || failed("use the key of pinned minutes in", &path)(std::io::Error::from(ErrorKind::InvalidData));
        let key: [u8; 32] = held.try_into().map_err(|_| bad())?;
        Ok(Self { vault: Vault::new(&key).map_err(|_| bad())?, folder })
    }

    /// Writes a speaker's track of a case.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn write(&self, case: &str, seat: &SeatId, track: &[u8]) -> Result<(), FolderError> {
        let name = name(case, seat);
        let path = self.folder.join(&name);
        let sealed = self.vault.seal(&name, drawn(&path)?, track).map_err(|error| invalid(error, "seal", &path))?;
        let draft = self.folder.join(format!(".{name}.new"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .map_err(failed("create", &draft))?;
        file.write_all(&sealed).and_then(|()| file.sync_all()).map_err(failed("write", &draft))?;
        fs::rename(&draft, &path).map_err(failed("create", &path))
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn read(&self, case: &str, seat: &SeatId) -> Result<Vec<u8>, FolderError> {
        let name = name(case, seat);
        let path = self.folder.join(&name);
        let sealed = fs::read(&path).map_err(failed("read", &path))?;
        self.vault.open(&name, &sealed).map_err(|error| invalid(error, "open", &path))
    }

    /// Deletes one. That it is not there is as good.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn remove(&self, case: &str, seat: &SeatId) -> Result<(), FolderError> {
        let path = self.folder.join(name(case, seat));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("delete", &path)(error)),
            _ => Ok(()),
        }
    }
}

/// Neither a case's name nor a seat's can hold what means something in a path.
fn name(case: &str, seat: &SeatId) -> String {
    format!("{case}.{seat}.sealed")
}

fn drawn<const N: usize>(path: &Path) -> Result<[u8; N], FolderError> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|error| invalid(error, "draw a key for", path))?;
    Ok(bytes)
}

fn invalid(error: impl std::fmt::Display, doing: &'static str, path: &Path) -> FolderError {
    failed(doing, path)(std::io::Error::new(ErrorKind::InvalidData, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_is_sealed_on_the_disk_and_gone_when_it_is_removed() {
        let data = std::env::temp_dir().join(format!("hustings-pins-{}", std::process::id()));
        let _ = fs::remove_dir_all(&data);
        fs::create_dir_all(&data).unwrap();
        let seat: SeatId = "a-..".parse().unwrap();
        PinFiles::open(&data).unwrap().write("c1", &seat, b"what was said").unwrap();
        let files = PinFiles::open(&data).unwrap();
        assert_eq!(files.read("c1", &seat).unwrap(), b"what was said", "after a restart, too");
        assert!(files.read("c2", &seat).is_err());
        let path = data.join("cases").join(name("c1", &seat));
        let kept = fs::read(&path).unwrap();
        assert!(!kept.windows(4).any(|w| w == b"what"));
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        files.remove("c1", &seat).unwrap();
        files.remove("c1", &seat).unwrap();
        assert!(files.read("c1", &seat).is_err());
        fs::write(data.join("cases/key"), b"short").unwrap();
        assert!(PinFiles::open(&data).unwrap_err().to_string().contains("cases/key"));
        fs::remove_dir_all(&data).unwrap();
    }
}
