//! The log: opened, checked, appended to, read.

use std::fs;
use std::path::{Path, PathBuf};

use hustings_evidence::merkle::{Hash, leaf};
use hustings_evidence::note::{Checkpoint, Note, Signature, Verifier};
use hustings_evidence::tiles::{self, Tile, WIDTH};
use hustings_evidence::{merkle, record};
use hustings_vocab::limits::evidence::{CHECKPOINTS_KEPT_MAX, LOG_RECORDS_MAX, NOTE_BYTES_MAX, RECORD_BYTES_MAX};

use crate::key::Key;
use crate::{LedgerError, disk};

/// Bytes of the largest file of a log: a bundle of 256 records.
pub(crate) const FILE_BYTES_MAX: u64 = (WIDTH * (RECORD_BYTES_MAX + 2)) as u64;

/// A log that can be appended to. One process has it open.
#[derive(Debug)]
pub struct Log {
    folder: PathBuf,
    key: Key,
    /// The hash of every record.
    leaves: Vec<Hash>,
    /// The hash of every full tile of them.
    full: Vec<Hash>,
    /// The records of the last bundle, if that is not full.
    tail: Vec<Vec<u8>>,
    last: Note,
}

impl Log {
    /// Opens the log of a folder, making it if there is none. Everything in it is read and checked.
    ///
    /// # Errors
    /// [`LedgerError`]; an edited log is never appended to.
    pub fn open(folder: &Path, key: Key, now_s: i64) -> Result<Self, LedgerError> {
        let own = key.signer.verifier();
        let path = folder.join("checkpoint");
        let Some(bytes) = disk::read(&path, NOTE_BYTES_MAX as u64)? else {
            if folder.join("tile").exists() {
                return Err(LedgerError::Edited { path, what: "is gone" });
            }
            let mut log = Self::empty(folder, key);
            log.publish()?;
            disk::write(&folder.join("key"), format!("{}\n", own.encode()).as_bytes())?;
            return Ok(log);
        };
        let damaged = |what| LedgerError::Edited { path: path.clone(), what };
        let last = Note::parse(&bytes).map_err(|_| damaged("is no signed note"))?;
        let checkpoint = Checkpoint::parse(&last.text).map_err(|_| damaged("is no checkpoint"))?;
        let signed = fs::read_to_string(folder.join("key")).ok().and_then(|key| Verifier::parse(key.trim_end()).ok());
        let signed = signed.ok_or_else(|| LedgerError::Edited { path: folder.join("key"), what: "is no key" })?;
        if last.signed_by(&signed).is_err() || checkpoint.origin != signed.name() {
            return Err(damaged("is not signed with the log's key"));
        }
        let mut log = Self { last, ..Self::empty(folder, key) };
        log.read_all(checkpoint.size)?;
        if log.root() != checkpoint.root {
            return Err(damaged("does not state the root of the records"));
        }
        if signed != own {
            let old = log.key.old.as_ref().filter(|old| old.verifier() == signed);
            let text = format!("{}\n", own.encode());
            let signature =
                old.map(|old| old.sign(&text)).and_then(|note| note.signatures.first().map(Signature::line));
            let signature = signature.unwrap_or_default();
            log.append(&[record::key(now_s, &signed.encode(), &own.encode(), signature.trim_end())])?;
            disk::write(&folder.join("key"), text.as_bytes())?;
        }
        Ok(log)
    }

    fn empty(folder: &Path, key: Key) -> Self {
        let last = Note { text: String::new(), signatures: Vec::new() };
        Self { folder: folder.to_owned(), key, leaves: Vec::new(), full: Vec::new(), tail: Vec::new(), last }
    }

    fn read_all(&mut self, size: u64) -> Result<(), LedgerError> {
        for (hashes, entries) in Tile::of(Some(0), size).zip(Tile::of(None, size)) {
            let file = |tile: Tile| {
                let path = self.folder.join(tile.path());
                let bytes = disk::read(&path, FILE_BYTES_MAX)?;
                bytes.ok_or(LedgerError::Edited { path, what: "is gone" })
            };
            let path = self.folder.join(entries.path());
            let (hash_bytes, entry_bytes) = (file(hashes)?, file(entries)?);
            let found = tiles::entries(&entry_bytes).unwrap_or_default();
            let computed: Vec<_> = found.iter().map(|entry| leaf(entry)).collect();
            if found.len() != usize::from(entries.width) || tiles::hashes(&hash_bytes).as_ref() != Some(&computed) {
                return Err(LedgerError::Edited { path, what: "holds other records than were signed" });
            }
            self.leaves.extend(computed);
            if found.len() < WIDTH {
                self.tail = found.into_iter().map(<[u8]>::to_vec).collect();
            }
        }
        self.full = tiles::roots_of(&self.leaves);
        Ok(())
    }

    /// Appends records and publishes a checkpoint over them. It returns when they are on the disk; on an error nothing was
    /// appended.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn append(&mut self, records: &[String]) -> Result<(), LedgerError> {
        if let Some(long) = records.iter().find(|record| record.len() > RECORD_BYTES_MAX) {
            return Err(LedgerError::Record(long.len()));
        }
        if self.size() + records.len() as u64 > LOG_RECORDS_MAX {
            return Err(LedgerError::Full);
        }
        let before = (self.leaves.len(), self.full.len(), self.tail.clone(), self.last.clone());
        let put = self.put(records).and_then(|()| self.publish());
        if put.is_err() {
            self.leaves.truncate(before.0);
            self.full.truncate(before.1);
            (self.tail, self.last) = (before.2, before.3);
        } else if before.0 > 0 {
            self.remove_partial(before.0 as u64);
        }
        put
    }

    /// Writes tiles and bundles. Until the checkpoint names them they do not exist.
    fn put(&mut self, records: &[String]) -> Result<(), LedgerError> {
        for record in records {
            self.leaves.push(leaf(record.as_bytes()));
            self.tail.push(record.as_bytes().to_vec());
            if self.tail.len() == WIDTH {
                self.write_tail()?;
                self.full.push(merkle::root(&self.leaves[self.leaves.len() - WIDTH..]));
                self.tail.clear();
                self.write_levels()?;
            }
        }
        if self.tail.is_empty() { Ok(()) } else { self.write_tail() }
    }

    fn write_tail(&self) -> Result<(), LedgerError> {
        let width = self.tail.len();
        let begin = self.leaves.len() - width;
        let (number, width) = ((begin / WIDTH) as u64, width as u16);
        let mut bundle = Vec::new();
        self.tail.iter().for_each(|entry| tiles::put_entry(entry, &mut bundle));
        let path = |level| self.folder.join(Tile { level, number, width }.path());
        disk::write(&path(None), &bundle)?;
        disk::write(&path(Some(0)), &tiles::tile_bytes(&self.leaves[begin..]))
    }

    /// Tiles above the lowest: they change when a tile of 256 records is full.
    fn write_levels(&self) -> Result<(), LedgerError> {
        let mut hashes = self.full.clone();
        for level in 1.. {
            let begin = (hashes.len() - 1) / WIDTH * WIDTH;
            let tile =
                Tile { level: Some(level), number: (begin / WIDTH) as u64, width: (hashes.len() - begin) as u16 };
            disk::write(&self.folder.join(tile.path()), &tiles::tile_bytes(&hashes[begin..]))?;
            hashes = tiles::roots_of(&hashes);
            if hashes.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn publish(&mut self) -> Result<(), LedgerError> {
        let checkpoint = Checkpoint { origin: self.key.signer.name().to_owned(), size: self.size(), root: self.root() };
        self.last = self.key.signer.sign(&checkpoint.text());
        disk::write(&self.folder.join("checkpoint"), self.last.encode().as_bytes())
    }

    /// What was the last bundle at this size is a part of a wider one now.
    fn remove_partial(&self, size: u64) {
        for level in [None, Some(0)] {
            if let Some(tile) = Tile::of(level, size).last().filter(|tile| usize::from(tile.width) < WIDTH) {
                // A file that stays is in nobody's way.
                let _ = fs::remove_file(self.folder.join(tile.path()));
            }
        }
    }

    /// Adds what witnesses have signed to the checkpoint of this size, and keeps it for good.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn cosigned(&mut self, note: &Note, lines: Vec<Signature>) -> Result<(), LedgerError> {
        let Ok(checkpoint) = Checkpoint::parse(&note.text) else { return Ok(()) };
        let path = self.folder.join("checkpoints").join(checkpoint.size.to_string());
        // Another witness may have signed it before.
        let known = disk::read(&path, NOTE_BYTES_MAX as u64)?.and_then(|bytes| Note::parse(&bytes).ok());
        let mut note = known.filter(|known| known.text == note.text).unwrap_or_else(|| note.clone());
        for line in lines {
            note.signatures.retain(|known| (&known.name, known.id) != (&line.name, line.id));
            note.signatures.push(line);
        }
        disk::write(&path, note.encode().as_bytes())?;
        if note.text == self.last.text {
            disk::write(&self.folder.join("checkpoint"), note.encode().as_bytes())?;
            self.last = note;
        }
        self.thin_out();
        Ok(())
    }

    fn thin_out(&self) {
        let mut kept = checkpoints(&self.folder);
        kept.sort_unstable();
        let many = kept.len().saturating_sub(CHECKPOINTS_KEPT_MAX);
        for size in &kept[..many] {
            let _ = fs::remove_file(self.folder.join("checkpoints").join(size.to_string()));
        }
    }

    /// Writes the commitments of a minute's receipts beside the log.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn receipts(&self, minute: i64, commitments: &[Hash]) -> Result<(), LedgerError> {
        disk::write(&self.folder.join("receipts").join(minute.to_string()), &commitments.concat())
    }

    /// The last checkpoint.
    #[must_use]
    pub const fn last(&self) -> &Note {
        &self.last
    }

    /// How many records.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// The key that notes are checked with.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.key.signer.verifier()
    }

    /// The proof that the log goes on from when it was of this size.
    #[must_use]
    pub fn consistency(&self, old: u64) -> Vec<Hash> {
        usize::try_from(old).map_or_else(|_| Vec::new(), |old| merkle::consistency(&self.leaves, old))
    }

    fn root(&self) -> Hash {
        tiles::root_at(&self.full, &self.leaves, self.leaves.len())
    }
}

/// The sizes of the checkpoints that are kept.
pub(crate) fn checkpoints(folder: &Path) -> Vec<u64> {
    let Ok(files) = fs::read_dir(folder.join("checkpoints")) else { return Vec::new() };
    let name = |file: fs::DirEntry| file.file_name().into_string().ok();
    files.filter_map(Result::ok).filter_map(name).filter_map(|name| hustings_evidence::bundle::number(&name)).collect()
}
