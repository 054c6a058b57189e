//! Writing a backup, entry by entry, in one go.

use std::io::{self, BufWriter, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::{Listed, Manifest, Mark, Name};

/// A backup that is being written.
pub(crate) struct Writer<W: Write> {
    tar: tar::Builder<GzEncoder<BufWriter<W>>>,
    seconds: u64,
    entries: Vec<Listed>,
}

impl<W: Write> Writer<W> {
    pub(crate) fn begin(to: W, mark: &Mark) -> io::Result<Self> {
        // A backup is made while people talk: half the time for a tenth more bytes.
        let gzip = GzEncoder::new(BufWriter::new(to), Compression::fast());
        let mut writer = Self { tar: tar::Builder::new(gzip), seconds: mark.made_ms / 1000, entries: Vec::new() };
        let text = serde_json::to_vec(mark)?;
        writer.add(&Name::Mark, text.len() as u64, &text[..])?;
        Ok(writer)
    }

    /// Adds an entry of exactly so many bytes.
    pub(crate) fn add(&mut self, name: &Name, bytes: u64, from: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_path(name.text())?;
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(self.seconds);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        let mut from = Summed::new(from.take(bytes));
        self.tar.append(&header, &mut from)?;
        if from.bytes != bytes {
            return Err(io::Error::other("it became shorter while it was read"));
        }
        self.entries.push(from.listed(name));
        Ok(())
    }

    /// Writes the manifest, and gives back what was written to, flushed.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let text = serde_json::to_vec(&Manifest { entries: std::mem::take(&mut self.entries) })?;
        self.add(&Name::Manifest, text.len() as u64, &text[..])?;
        let gzip = self.tar.into_inner()?;
        gzip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

/// A reader that knows how much went through it, and the sum of it.
pub(super) struct Summed<R> {
    from: R,
    sum: Sha256,
    pub(super) bytes: u64,
}

impl<R: Read> Summed<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, sum: Sha256::new(), bytes: 0 }
    }

    pub(super) fn listed(self, name: &Name) -> Listed {
        Listed { name: name.text(), bytes: self.bytes, sha256: URL_SAFE_NO_PAD.encode(self.sum.finalize()) }
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.sum.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
