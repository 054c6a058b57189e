//! The key that a log, or a witness, signs with: a file that its user alone can read, with a name and 32 secret bytes.
//!
//! The name is kept with the key, so that a log that changes its address keeps its name. A key that is lost is made anew on
//! the next start; the log then says so in a record. Where the old key was not lost but is to be replaced, move it to
//! `evidence-old.key`: it signs that record, too.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hustings_evidence::hex;
use hustings_evidence::note::Signer;

use crate::{LedgerError, disk};

/// A key, and the one before it if that is at hand.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub signer: Signer,
    /// The one before.
    pub old: Option<Signer>,
}

/// The key of the log, made with this name and these random bytes if there is none.
///
/// # Errors
/// [`LedgerError`].
pub fn log_key(folder: &Path, name: &str, random: [u8; 32]) -> Result<Key, LedgerError> {
    let signer = read_or_make(&folder.join("evidence.key"), name, random)?;
    let old = read(&folder.join("evidence-old.key"))?;
    Ok(Key { signer, old })
}

/// The key of a witness, likewise.
///
/// # Errors
/// [`LedgerError`].
pub fn witness_key(folder: &Path, name: &str, random: [u8; 32]) -> Result<Signer, LedgerError> {
    read_or_make(&folder.join("witness.key"), name, random)
}

fn read_or_make(path: &Path, name: &str, random: [u8; 32]) -> Result<Signer, LedgerError> {
    if let Some(signer) = read(path)? {
        return Ok(signer);
    }
    let bad = |_| LedgerError::Key { path: path.to_owned(), what: "the key's name has spaces, a plus, or is too long" };
    let signer = Signer::new(name, &random).map_err(bad)?;
    let make = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{name}\n{}", hex::encode(&random))?;
        file.sync_all()
    };
    make().map_err(LedgerError::at(path))?;
    Ok(signer)
}

fn read(path: &Path) -> Result<Option<Signer>, LedgerError> {
    let Some(bytes) = disk::read(path, 4096)? else { return Ok(None) };
    let bad = || LedgerError::Key { path: path.to_owned(), what: "this is no key: a name, and 64 hexadecimal digits" };
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    let (name, secret) = text.trim_end().split_once('\n').ok_or_else(bad)?;
    let secret = hex::decode(secret).ok_or_else(bad)?;
    Signer::new(name, &secret).map(Some).map_err(|_| bad())
}
