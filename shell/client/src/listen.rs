//! A listener on any tier, and a report of how it was.

mod epoch;
mod hls;
mod playlist;
mod stream;
mod whep;

pub use epoch::Epoch;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hustings_vocab::Rendition;
use serde::Serialize;
use tokio::task::JoinHandle;

use crate::media::{Chunk, Output};
use crate::player::Player;
use crate::wall::{Wall, tenths};
use crate::{Address, ClientError, Route, Trust};

/// How long a listener waits for the first sound.
pub(crate) const FIRST_SOUND: Duration = Duration::from_secs(15);

/// How the program sound is received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// One long HTTP response.
    #[default]
    Stream,
    /// LL-HLS.
    Hls,
    /// WebRTC.
    Whep,
}

/// The container of a [`Tier::Stream`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Container {
    /// `live.mp4`, as browsers take it.
    #[default]
    Mp4,
    /// `live.ogg`, as players take it.
    Ogg,
    /// `live.aac`, for players that know nothing newer.
    Adts,
}

/// How to listen.
#[derive(Debug, Clone)]
pub struct ListenOptions {
    /// Address of the conversation.
    pub url: String,
    /// How to receive.
    pub tier: Tier,
    /// How long to listen, from the first sound.
    pub duration: Duration,
    /// Container on the stream tier.
    pub container: Container,
    /// Rendition to ask for; the server's choice if `None`.
    pub rendition: Option<Rendition>,
    /// Seconds of burst to ask for on the stream tier; the server's choice if `None`.
    pub burst_seconds: Option<f64>,
    /// Sound that the player holds before it begins; if `None`, what suits the tier: 200 ms, 60 ms for WebRTC.
    pub player_buffer: Option<Duration>,
    /// Where to write what was heard: WAV if it ends so, the bytes as they came for any other ending.
    pub output: Option<PathBuf>,
    /// Whether to ask for the media timeline's epoch, without which no delay can be told: one more connection.
    pub measure_delay: bool,
    /// That epoch: clones of these options ask for it once.
    pub epoch: Epoch,
    /// Which way WebRTC takes.
    pub route: Route,
    /// Whom to trust.
    pub trust: Trust,
    /// Leave, with a goodbye, when this turns true; WebRTC alone has one to say.
    pub leave: Option<tokio::sync::watch::Receiver<bool>>,
    /// Who listens along while it goes on.
    pub(crate) ears: Option<crate::crowd::Ears>,
    /// Where LL-HLS and WebRTC begin, with a ticket; below the conversation's address if `None`.
    pub(crate) at: Option<reqwest::Url>,
}

impl ListenOptions {
    /// Listens to the stream for ten seconds.
    #[must_use]
    pub fn new(url: impl Into<String>, tier: Tier) -> Self {
        Self {
            url: url.into(),
            tier,
            duration: Duration::from_secs(10),
            container: Container::Mp4,
            rendition: None,
            burst_seconds: None,
            player_buffer: None,
            output: None,
            measure_delay: true,
            epoch: Epoch::default(),
            route: Route::Any,
            trust: Trust::Public,
            leave: None,
            ears: None,
            at: None,
        }
    }
}

/// How it was, for a player that plays all that it gets from the first sample on. Moments are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListenReport {
    /// How it was received.
    pub tier: Tier,
    /// From the call to the first sound from the loudspeaker.
    pub first_audio_ms: f64,
    /// The moment of the first sound: of the first sample of the output file.
    pub first_audio_at_ms: f64,
    /// How far behind the mixer the sound was at the end, by the server's epoch and this machine's clock; `None` if
    /// the server named no epoch or the player was dry.
    pub delay_ms: Option<f64>,
    /// Times that media time was missing in what arrived.
    pub gaps: u64,
    /// Times that the player ran dry.
    pub stalls: u64,
    /// Sound that was missing or waited for.
    pub missing_ms: f64,
    /// Seconds of listening in which a gap or a stall fell.
    pub glitch_seconds: u64,
    /// Seconds from the first sound to the end.
    pub seconds: f64,
    /// Bytes received, without the headers of protocols.
    pub bytes: u64,
    /// Media time of the first sound, in samples at 48 kHz.
    pub media_time: u64,
    /// The server ended the conversation.
    pub ended: bool,
}

/// Listens, and says how it was.
///
/// # Errors
/// [`ClientError`]. A conversation that ends while it is heard is no error.
pub async fn listen(options: ListenOptions) -> Result<ListenReport, ClientError> {
    let address: Address = options.url.parse()?;
    let mut listener = Listener::new(&options, &address)?;
    let ended = match options.tier {
        Tier::Stream => stream::listen(&options, &address, &mut listener).await?,
        Tier::Hls => hls::listen(&options, &address, &mut listener).await?,
        Tier::Whep => whep::listen(&options, &address, &mut listener).await?,
    };
    listener.report(options.tier, ended).await
}

/// What all tiers share: the player, the file, the account.
struct Listener {
    wall: Wall,
    began: Instant,
    duration: Duration,
    player: Player,
    output: Output,
    ears: Option<crate::crowd::Ears>,
    bytes: u64,
    epoch: Option<JoinHandle<Option<u64>>>,
    epoch_ms: Option<u64>,
}

impl Listener {
    fn new(options: &ListenOptions, address: &Address) -> Result<Self, ClientError> {
        let buffer = options.player_buffer.unwrap_or(match options.tier {
            Tier::Stream | Tier::Hls => Duration::from_millis(200),
            Tier::Whep => Duration::from_millis(60),
        });
        let output = match (&options.output, options.tier) {
            (Some(path), Tier::Whep) => Output::sound(path)?,
            (path, _) => Output::open(path.as_deref())?,
        };
        let asked = options.measure_delay && (options.tier != Tier::Stream || options.container != Container::Adts);
        Ok(Self {
            wall: Wall::now(),
            began: Instant::now(),
            duration: options.duration,
            player: Player::new(buffer),
            output,
            ears: options.ears.clone(),
            bytes: 0,
            epoch: asked.then(|| {
                let (epoch, address, trust) = (options.epoch.clone(), address.clone(), options.trust.clone());
                tokio::spawn(async move { epoch.get(address, trust).await })
            }),
            epoch_ms: None,
        })
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        self.bytes += bytes.len() as u64;
        self.output.bytes(bytes)
    }

    fn chunk(&mut self, chunk: &Chunk) -> Result<(), ClientError> {
        let now = Instant::now();
        self.player.arrived(now, chunk.start, chunk.samples);
        if let Some(ears) = &self.ears {
            ears.heard(now, chunk, self.bytes);
        }
        self.output.chunk(chunk)
    }

    /// The moment until which to listen: the duration from the first sound, or as long as a first sound is waited for.
    fn end(&self) -> Instant {
        match self.player.first() {
            Some((at, _)) => at + self.duration,
            None => self.began + FIRST_SOUND,
        }
    }

    /// The epoch of the media timeline, waiting for it for a second at most.
    async fn epoch(&mut self) -> Option<u64> {
        if let Some(asked) = self.epoch.take() {
            let abort = asked.abort_handle();
            self.epoch_ms = match tokio::time::timeout(Duration::from_secs(1), asked).await {
                Ok(Ok(epoch)) => epoch,
                _ => {
                    abort.abort();
                    None
                }
            };
        }
        self.epoch_ms
    }

    async fn report(mut self, tier: Tier, ended: bool) -> Result<ListenReport, ClientError> {
        let now = Instant::now();
        let Some((first, media_time)) = self.player.first() else {
            return Err(if ended {
                ClientError::Ended
            } else {
                ClientError::Silent { seconds: FIRST_SOUND.as_secs() }
            });
        };
        let heard = self.player.heard(now);
        let account = self.player.account(now);
        let (wall, began, bytes) = (self.wall, self.began, self.bytes);
        let epoch = self.epoch().await;
        self.output.finish()?;
        let delay = |heard: u64, epoch: u64| tenths(wall.ms(now) - (epoch as f64 + heard as f64 / 48.0));
        Ok(ListenReport {
            tier,
            first_audio_ms: tenths(first.duration_since(began).as_secs_f64() * 1000.0),
            first_audio_at_ms: tenths(wall.ms(first)),
            delay_ms: heard.zip(epoch).map(|(h, e)| delay(h, e)),
            gaps: account.gaps,
            stalls: account.stalls,
            missing_ms: tenths(account.missing.as_secs_f64() * 1000.0),
            glitch_seconds: account.glitch_seconds,
            seconds: tenths(now.duration_since(first).as_secs_f64()),
            bytes,
            media_time,
            ended,
        })
    }
}
