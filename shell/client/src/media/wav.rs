//! A WAV file, mono, 48 kHz, 16 bit, that is written while it grows.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hustings_vocab::SAMPLE_RATE;

use crate::ClientError;

/// Bytes before the samples.
const HEADER_BYTES: u64 = 44;

/// A WAV file being written. Its header is right once [`Wav::finish`] was called.
#[derive(Debug)]
pub(crate) struct Wav {
    path: PathBuf,
    file: BufWriter<File>,
    samples: u64,
}

impl Wav {
    pub(crate) fn create(path: &Path) -> Result<Self, ClientError> {
        let wrong = |source| ClientError::File { path: path.to_owned(), source };
        let mut file = BufWriter::new(File::create(path).map_err(wrong)?);
        file.write_all(&header(0)).map_err(wrong)?;
        Ok(Self { path: path.to_owned(), file, samples: 0 })
    }

    pub(crate) fn write(&mut self, samples: &[f32]) -> Result<(), ClientError> {
        self.samples += samples.len() as u64;
        samples.iter().try_for_each(|s| {
            let s = (s.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
            self.file.write_all(&s.to_le_bytes()).map_err(|source| self.wrong(source))
        })
    }

    pub(crate) fn finish(mut self) -> Result<(), ClientError> {
        let header = header(self.samples);
        let done = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.write_all(&header));
        done.and_then(|()| self.file.flush()).map_err(|source| self.wrong(source))
    }

    fn wrong(&self, source: std::io::Error) -> ClientError {
        ClientError::File { path: self.path.clone(), source }
    }
}

fn header(samples: u64) -> [u8; HEADER_BYTES as usize] {
    let bytes = u32::try_from(samples * 2).unwrap_or(u32::MAX - 36);
    let mut out = [0; HEADER_BYTES as usize];
    let mut at = 0;
    let mut put = |b: &[u8]| {
        out[at..at + b.len()].copy_from_slice(b);
        at += b.len();
    };
    put(b"RIFF");
    put(&(36 + bytes).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    // PCM, one channel.
    put(&[1, 0, 1, 0]);
    put(&SAMPLE_RATE.to_le_bytes());
    put(&(SAMPLE_RATE * 2).to_le_bytes());
    // Two bytes a sample, 16 bits.
    put(&[2, 0, 16, 0]);
    put(b"data");
    put(&bytes.to_le_bytes());
    out
}
