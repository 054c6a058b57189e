//! What was spoken and what was heard. The measuring itself is `proof/measure`'s.

use std::path::Path;
use std::time::Duration;

use hustings_measure::align::{Played, align, as_played};
use hustings_measure::{gaps, holds, sibilants, wav};

use crate::{Folder, ffmpeg, root};

/// Mono samples at 48 kHz, −1 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound(pub Vec<f32>);

/// A voice that stories speak with. Each is a WAV file at 48 kHz that is sent in a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// A real voice of full band, rich in sibilants; 13 s.
    Real,
    /// Five seconds of the demo's first voice.
    Tenor,
    /// Five seconds of the demo's second voice.
    Alto,
}

impl Voice {
    /// Its file.
    ///
    /// # Panics
    /// When it is not there and cannot be made: run `make setup`.
    pub async fn file(self) -> String {
        let sounds = root().join(".tools/sounds");
        let (name, source) = match self {
            Self::Real => ("voice.wav", None),
            Self::Tenor => ("tenor.wav", Some("first.ogg")),
            Self::Alto => ("alto.wav", Some("second.ogg")),
        };
        let path = sounds.join(name);
        if !path.exists() {
            let source = source.expect("`make setup` fetches the real voice");
            let source = root().join("bin/hustings/voices").join(source);
            convert(&source, &sounds.join(format!("{}-{name}", std::process::id())), &path).await;
        }
        path.to_string_lossy().into_owned()
    }

    /// Its samples.
    ///
    /// # Panics
    /// When there is no such file.
    pub async fn sound(self) -> Sound {
        Sound::wav(&self.file().await)
    }
}

/// Written under another name first: two stories may want it at once.
async fn convert(source: &Path, new: &Path, path: &Path) {
    let trim = "silenceremove=start_periods=1:start_threshold=-50dB,atrim=duration=5";
    let program = ffmpeg().arg("-i").arg(source).args(["-af", trim, "-ac", "1", "-ar", "48000"]).arg(new);
    program.run(Duration::from_secs(20)).await.done();
    std::fs::rename(new, path).expect("the folder of sounds can be written");
}

impl Sound {
    /// Decodes any file or address with ffmpeg, at most so many seconds of it.
    ///
    /// # Panics
    /// When ffmpeg fails, or takes longer than `bound`.
    pub async fn read(source: &str, seconds: f64, bound: Duration) -> Self {
        let folder = Folder::fresh();
        let path = folder.file("sound.wav");
        let program = ffmpeg().args(["-i", source, "-t", &seconds.to_string(), "-ac", "1", "-ar", "48000", &path]);
        program.run(bound).await.done();
        Self::wav(&path)
    }

    /// Reads a WAV file at 48 kHz.
    ///
    /// # Panics
    /// When it is not one.
    #[must_use]
    pub fn wav(path: &str) -> Self {
        match wav::read(Path::new(path)) {
            Ok(samples) => Self(samples),
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// How long it is, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.0.len() as f64 / 48_000.0
    }

    /// The part between two moments, in seconds.
    #[must_use]
    pub fn between(&self, from: f64, to: f64) -> Self {
        let at = |s: f64| ((s * 48_000.0) as usize).min(self.0.len());
        Self(self.0[at(from)..at(to)].to_vec())
    }

    /// The last seconds of it.
    #[must_use]
    pub fn last(&self, seconds: f64) -> Self {
        self.between(self.seconds() - seconds, self.seconds())
    }

    /// Its level in dB below full scale; −120 for silence.
    #[must_use]
    pub fn rms_dbfs(&self) -> f64 {
        let sum: f64 = self.0.iter().map(|x| f64::from(*x).powi(2)).sum();
        20.0 * (sum / self.0.len().max(1) as f64).sqrt().max(1e-6).log10()
    }

    /// Seconds, in blocks of 100 ms, that are louder than −50 dB.
    #[must_use]
    pub fn loud_seconds(&self) -> f64 {
        let blocks = self.0.chunks_exact(4_800).filter(|b| Self(b.to_vec()).rms_dbfs() > -50.0);
        blocks.count() as f64 * 0.1
    }

    /// The longest time without sound in it, in seconds, by blocks of 100 ms quieter than −50 dB.
    #[must_use]
    pub fn longest_silence(&self) -> f64 {
        let loud = self.0.chunks_exact(4_800).map(|b| Self(b.to_vec()).rms_dbfs() > -50.0);
        let runs = loud.scan(0u32, |run, loud| {
            *run = if loud { 0 } else { *run + 1 };
            Some(*run)
        });
        f64::from(runs.max().unwrap_or(0)) * 0.1
    }

    /// Whether a voice is in it, with its score for the message.
    ///
    /// # Panics
    /// When it is shorter than a second.
    pub async fn holds(&self, voice: Voice) -> (bool, f32) {
        let source = voice.sound().await;
        match holds::holds(&self.0, &source.0) {
            Ok(found) => (found.holds, found.score),
            Err(error) => panic!("{error}"),
        }
    }

    /// What became of the sibilants of a voice that was sent in a loop.
    ///
    /// # Panics
    /// When the voice is not in it at all.
    pub async fn sibilants(&self, voice: Voice) -> sibilants::Sibilants {
        let source = as_played(&voice.sound().await.0, self.0.len(), Played::Looped);
        let found = align(&source, &self.0).and_then(|a| sibilants::compare(&source, &self.0, &a));
        found.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Where sound is missing from a voice that was sent in a loop.
    ///
    /// # Panics
    /// When the voice is not in it at all.
    pub async fn gaps(&self, voice: Voice) -> gaps::Gaps {
        let source = as_played(&voice.sound().await.0, self.0.len(), Played::Looped);
        let found = align(&source, &self.0).map(|a| gaps::find(&source, &self.0, &a));
        found.unwrap_or_else(|error| panic!("{error}"))
    }
}
