//! What is kept of what was heard: a WAV file on the media timeline, the bytes as they came, or nothing.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use hustings_codec::OpusDecoder;
use hustings_mix::Decoder;
use hustings_vocab::{Codec, SAMPLE_RATE};

use super::Chunk;
use super::wav::Wav;
use crate::ClientError;

/// A hole up to this long is concealed by the decoder, as a player would; the rest of a longer one is silence.
const CONCEALED_SAMPLES_MAX: u64 = 2880;
/// A jump beyond this is a new timeline, not a hole: nobody wants hours of silence in a file.
const HOLE_SAMPLES_MAX: u64 = SAMPLE_RATE as u64 * 60;
/// Samples in the longest packet.
const PACKET_SAMPLES_MAX: usize = 5760;

/// Where what was heard goes.
pub(crate) enum Output {
    /// Nowhere.
    Nothing,
    /// The bytes of the container, as they came.
    Raw(PathBuf, BufWriter<File>),
    /// Decoded sound.
    Sound(Box<Recording>),
}

/// Sound that is decoded and written.
pub(crate) struct Recording {
    wav: Wav,
    decoder: Option<(Codec, Box<dyn Decoder>)>,
    /// Media time up to which the file reaches.
    edge: Option<u64>,
}

impl Output {
    /// Opens `path`: WAV if it ends so, the received bytes for any other ending.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, ClientError> {
        let Some(path) = path else { return Ok(Self::Nothing) };
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) {
            return Self::sound(path);
        }
        let file = File::create(path).map_err(|source| ClientError::File { path: path.to_owned(), source })?;
        Ok(Self::Raw(path.to_owned(), BufWriter::new(file)))
    }

    /// Opens `path` as WAV, whatever its ending: for sessions that have no container.
    pub(crate) fn sound(path: &Path) -> Result<Self, ClientError> {
        Ok(Self::Sound(Box::new(Recording { wav: Wav::create(path)?, decoder: None, edge: None })))
    }

    /// Bytes came in.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        match self {
            Self::Raw(path, file) => {
                file.write_all(bytes).map_err(|source| ClientError::File { path: path.clone(), source })
            }
            _ => Ok(()),
        }
    }

    /// Frames came in.
    pub(crate) fn chunk(&mut self, chunk: &Chunk) -> Result<(), ClientError> {
        match self {
            Self::Sound(recording) => recording.chunk(chunk),
            _ => Ok(()),
        }
    }

    /// Nothing more comes.
    pub(crate) fn finish(self) -> Result<(), ClientError> {
        match self {
            Self::Nothing => Ok(()),
            Self::Raw(path, mut file) => file.flush().map_err(|source| ClientError::File { path, source }),
            Self::Sound(recording) => recording.wav.finish(),
        }
    }
}

impl Recording {
    fn chunk(&mut self, chunk: &Chunk) -> Result<(), ClientError> {
        if let Some(edge) = self.edge {
            let Some(hole) = chunk.start.checked_sub(edge) else { return Ok(()) };
            if hole <= HOLE_SAMPLES_MAX {
                self.fill(hole)?;
            }
        }
        self.edge = Some(chunk.start + chunk.samples);
        let decoder = match &mut self.decoder {
            Some((codec, decoder)) if *codec == chunk.codec => decoder,
            slot => &mut slot.insert((chunk.codec, decoder(chunk.codec)?)).1,
        };
        let mut out = [0.0; PACKET_SAMPLES_MAX];
        for frame in &chunk.frames {
            match decoder.decode(frame, &mut out) {
                Ok(samples) => self.wav.write(&out[..samples])?,
                Err(_) => {
                    let samples = (chunk.samples as usize / chunk.frames.len()).min(PACKET_SAMPLES_MAX);
                    out[..samples].fill(0.0);
                    self.wav.write(&out[..samples])?;
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, mut hole: u64) -> Result<(), ClientError> {
        let mut out = [0.0; 960];
        let mut concealed = 0;
        while hole > 0 {
            let samples = hole.min(960) as usize;
            match &mut self.decoder {
                Some((_, decoder)) if concealed < CONCEALED_SAMPLES_MAX && samples.is_multiple_of(120) => {
                    decoder.conceal(&mut out[..samples]);
                    concealed += samples as u64;
                }
                _ => out.fill(0.0),
            }
            self.wav.write(&out[..samples])?;
            hole -= samples as u64;
        }
        Ok(())
    }
}

fn decoder(codec: Codec) -> Result<Box<dyn Decoder>, ClientError> {
    match codec {
        Codec::Opus => Ok(Box::new(OpusDecoder::new()?)),
        #[cfg(feature = "aac")]
        Codec::Aac => Ok(Box::new(hustings_codec::AacDecoder::new()?)),
        #[cfg(not(feature = "aac"))]
        Codec::Aac => Err(ClientError::Codec("this build cannot decode AAC; build it with the feature aac".to_owned())),
    }
}
