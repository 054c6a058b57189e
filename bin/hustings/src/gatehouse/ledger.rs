//! The gate's files: a secret from which its keys are made, and for each conversation lines that are only appended.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use hustings_gate::{RECORD_BYTES, Record};
use hustings_vocab::Slug;
use ring::hmac;

/// What the keys of tickets and the seeds of lotteries are made of.
pub(crate) struct Root {
    pub(crate) secret: [u8; 32],
}

impl Root {
    /// Reads it, or draws it if there is none.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let path = data.join("gate.key");
        let mut secret = [0; 32];
        match File::open(&path) {
            Ok(mut file) => file.read_exact(&mut secret).map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("{} is no key of 32 bytes: remove it, and every ticket with it", path.display()),
                )
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                secret = rand::random();
                // Whole or not at all: a server that is killed here draws another.
                let fresh = data.join("gate.key.new");
                let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
                file.write_all(&secret)?;
                file.sync_all()?;
                std::fs::rename(fresh, path)?;
            }
            Err(error) => return Err(error),
        }
        Ok(Self { secret })
    }

    /// The seed of a conversation's lottery: the same after a restart, and nobody's to know.
    pub(crate) fn seed(&self, slug: &Slug, epoch_ms: u64) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        let tag = hmac::sign(&key, format!("hustings lottery of {slug} at {epoch_ms}").as_bytes());
        let mut seed = [0; 32];
        seed.copy_from_slice(tag.as_ref());
        seed
    }
}

/// One conversation's file.
pub(crate) struct Ledger(Option<File>);

impl Ledger {
    /// One that forgets, where there are no limits and so no places.
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// Opens it and reads what it holds. A last line that was torn when its writer was killed is cut off.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Vec<Record>)> {
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let lines = bytes
            .chunks_exact(RECORD_BYTES)
            .map(|line| line.try_into().ok().and_then(|line| Record::of_bytes(line).ok()));
        let records: Vec<_> = lines.map_while(|record| record).collect();
        let whole = (records.len() * RECORD_BYTES) as u64;
        if whole < bytes.len() as u64 {
            tracing::warn!(path = %path.display(), cut = bytes.len() as u64 - whole, "a torn line of the gate is cut off");
            file.set_len(whole)?;
        }
        Ok((Self(Some(file)), records))
    }

    /// Appends one line.
    pub(crate) fn append(&mut self, record: &Record) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), |file| file.write_all(&record.to_bytes()))
    }
}

/// The places of a file, for who wants to recompute their order.
pub(crate) fn places(path: &Path) -> io::Result<Vec<hustings_gate::lottery::Leaf>> {
    let bytes = std::fs::read(path)?;
    let lines = bytes.chunks_exact(RECORD_BYTES).filter_map(|line| Record::of_bytes(line.try_into().ok()?).ok());
    // Those who took part in the draw came before it.
    Ok(lines
        .take_while(|record| !matches!(record, Record::Closed { .. }))
        .filter_map(|record| if let Record::Placed(leaf) = record { Some(leaf) } else { None })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_cut_off_and_what_follows_is_whole() {
        let folder = std::env::temp_dir().join(format!("hustings-gate-{}", std::process::id()));
        let path = folder.join("talk-1.log");
        let (mut ledger, none) = Ledger::open(&path).unwrap();
        assert!(none.is_empty());
        ledger.append(&Record::Called(1)).unwrap();
        drop(ledger);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&Record::Called(2).to_bytes()[..30]).unwrap();
        let (mut ledger, one) = Ledger::open(&path).unwrap();
        assert_eq!(one, [Record::Called(1)]);
        ledger.append(&Record::Called(3)).unwrap();
        assert_eq!(Ledger::open(&path).unwrap().1, [Record::Called(1), Record::Called(3)]);
        let root = Root::open(&folder).unwrap();
        assert_eq!(Root::open(&folder).unwrap().secret, root.secret);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
