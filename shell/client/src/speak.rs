//! A speaker: sends sound over WHIP in real time and hears what the server sends back.

use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hustings_codec::{OpusEncoder, opus_packet_samples};
use hustings_mix::Encoder;
use hustings_vocab::{Codec, TICK_SAMPLES};
use serde::Serialize;
use str0m::media::{Direction, Frequency, MediaData};

use crate::media::{Chunk, Output};
use crate::wall::{Wall, tenths};
use crate::webrtc::{Happened, Route, Session};
use crate::{Address, ClientError, Trust};

/// One frame.
const TICK: Duration = Duration::from_millis(20);
/// A speaker who is later than this (the machine slept) goes on from now instead of sending it all at once.
const LATE_MAX: Duration = Duration::from_millis(500);

/// What is spoken.
#[derive(Debug, Clone)]
pub enum Sound {
    /// Mono at 48 kHz, encoded while it is sent.
    Pcm(Arc<[f32]>),
    /// Opus packets of 20 ms, made once by [`crate::encode`] for any number of speakers.
    Packets(Arc<[Bytes]>),
}

/// How to speak.
#[derive(Debug, Clone)]
pub struct SpeakOptions {
    /// Address of the conversation, or a link with a token.
    pub url: String,
    /// Token of a speaker or host; one in the link is used if this is `None`.
    pub token: Option<String>,
    /// What to say.
    pub sound: Sound,
    /// Start again at the end of it. Otherwise the session ends there.
    pub repeat: bool,
    /// Bitrate of [`Sound::Pcm`] in bit/s.
    pub bitrate: u32,
    /// Which way the sound takes.
    pub route: Route,
    /// Where to write what the speaker hears, as WAV.
    pub output: Option<PathBuf>,
    /// Whom to trust.
    pub trust: Trust,
}

impl SpeakOptions {
    /// Speaks `sound` once at 96 kbit/s.
    #[must_use]
    pub fn new(url: impl Into<String>, sound: Sound) -> Self {
        Self {
            url: url.into(),
            token: None,
            sound,
            repeat: false,
            bitrate: 96_000,
            route: Route::Any,
            output: None,
            trust: Trust::Public,
        }
    }
}

/// How it was. Moments are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpeakReport {
    /// From the call to a connected session.
    pub connected_ms: f64,
    /// `udp` or `tcp`.
    pub route: &'static str,
    /// When the first sample of the sound was sent.
    pub spoke_at_ms: f64,
    /// Seconds of sound that were sent.
    pub seconds: f64,
    /// Packets that were sent.
    pub packets: u64,
    /// The latest that a packet left after it was due.
    pub late_ms_max: f64,
    /// What was heard of the others; `None` if nothing came.
    pub heard: Option<Heard>,
}

/// What a speaker heard.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Heard {
    /// When the first packet came: the moment of the first sample of the output file.
    pub at_ms: f64,
    /// Packets that came.
    pub packets: u64,
    /// Times that packets were missing.
    pub gaps: u64,
    /// Milliseconds of sound that were missing.
    pub missing_ms: f64,
}

/// Speaks until the sound ends or `until` is ready, then leaves the stage.
///
/// # Errors
/// [`ClientError`]; a line that is lost is [`ClientError::LineLost`], and calling again takes the same seat again.
pub async fn speak(options: SpeakOptions, until: impl Future<Output = ()>) -> Result<SpeakReport, ClientError> {
    let address: Address = options.url.parse()?;
    let token = options.token.as_deref().or_else(|| address.token()).map(str::to_owned);
    let wall = Wall::now();
    let began = Instant::now();
    let mut voice = Voice::new(&options)?;
    let mut ear = Ear::new(&options)?;
    let mut until = pin!(until);
    let opening =
        Session::open(address.below("whip"), token.as_deref(), Direction::SendRecv, options.route, &options.trust);
    let mut session = tokio::select! {
        session = opening => session?,
        () = &mut until => return Err(ClientError::Ended),
    };
    let first = Instant::now();
    let mut report = SpeakReport {
        connected_ms: tenths(first.duration_since(began).as_secs_f64() * 1000.0),
        route: "udp",
        spoke_at_ms: tenths(wall.ms(first)),
        seconds: 0.0,
        packets: 0,
        late_ms_max: 0.0,
        heard: None,
    };
    let mut due = first;
    let outcome = 'speaking: loop {
        let now = Instant::now();
        if now >= due {
            let late = now.duration_since(due);
            report.late_ms_max = report.late_ms_max.max(tenths(late.as_secs_f64() * 1000.0));
            if late > LATE_MAX {
                let skipped = (late.as_nanos() / TICK.as_nanos()) as u32;
                voice.skip(u64::from(skipped));
                due += TICK * skipped;
            }
            let Some(packet) = voice.next() else { break Ok(()) };
            session.send(voice.sent_samples(), &packet);
            report.packets += 1;
            due += TICK;
        }
        let happened = tokio::select! {
            happened = session.wait(due) => happened,
            () = &mut until => break Ok(()),
        };
        match happened {
            Ok(Happened::Deadline) => {}
            Ok(Happened::Media(data)) => ear.hear(&data, &wall)?,
            Ok(Happened::Closed) => break 'speaking Ok(()),
            Err(e) => break 'speaking Err(e),
        }
    };
    report.route = if session.over_tcp() { "tcp" } else { "udp" };
    report.seconds = report.packets as f64 * TICK.as_secs_f64();
    report.heard = ear.finish()?;
    session.close().await;
    outcome.map(|()| report)
}

/// Packets, one after the other.
struct Voice {
    sound: Sound,
    repeat: bool,
    encoder: OpusEncoder,
    packet: Vec<u8>,
    /// Frames that were taken or skipped.
    frames: u64,
    /// The frame within the sound.
    at: usize,
}

impl Voice {
    fn new(options: &SpeakOptions) -> Result<Self, ClientError> {
        let encoder = OpusEncoder::new(options.bitrate)?;
        let (sound, repeat) = (options.sound.clone(), options.repeat);
        Ok(Self { sound, repeat, encoder, packet: Vec::new(), frames: 0, at: 0 })
    }

    fn len(&self) -> usize {
        match &self.sound {
            Sound::Pcm(pcm) => pcm.len().div_ceil(TICK_SAMPLES),
            Sound::Packets(packets) => packets.len(),
        }
    }

    fn skip(&mut self, frames: u64) {
        self.frames += frames;
        self.at += frames as usize;
    }

    /// RTP time of the packet that [`Voice::next`] gave last.
    fn sent_samples(&self) -> u64 {
        self.frames.saturating_sub(1) * TICK_SAMPLES as u64
    }

    fn next(&mut self) -> Option<Bytes> {
        let len = self.len();
        if len == 0 || (self.at >= len && !self.repeat) {
            return None;
        }
        let at = self.at % len;
        self.at = at + 1;
        self.frames += 1;
        Some(match &self.sound {
            Sound::Packets(packets) => packets[at].clone(),
            Sound::Pcm(pcm) => {
                let mut frame = [0.0; TICK_SAMPLES];
                let from = &pcm[at * TICK_SAMPLES..pcm.len().min((at + 1) * TICK_SAMPLES)];
                frame[..from.len()].copy_from_slice(from);
                self.packet.clear();
                self.encoder.encode(&frame, &mut self.packet);
                Bytes::copy_from_slice(&self.packet)
            }
        })
    }
}

/// What comes back.
struct Ear {
    output: Output,
    next: Option<u64>,
    heard: Option<Heard>,
}

impl Ear {
    fn new(options: &SpeakOptions) -> Result<Self, ClientError> {
        let output = options.output.as_deref().map_or(Ok(Output::Nothing), Output::sound)?;
        Ok(Self { output, next: None, heard: None })
    }

    fn hear(&mut self, data: &MediaData, wall: &Wall) -> Result<(), ClientError> {
        let chunk = chunk_of(data);
        let heard = self.heard.get_or_insert_with(|| Heard {
            at_ms: tenths(wall.ms(data.network_time)),
            packets: 0,
            gaps: 0,
            missing_ms: 0.0,
        });
        heard.packets += 1;
        if let Some(next) = self.next
            && chunk.start > next
        {
            heard.gaps += 1;
            heard.missing_ms += (chunk.start - next) as f64 / 48.0;
        }
        self.next = Some(self.next.unwrap_or(0).max(chunk.start + chunk.samples));
        self.output.chunk(&chunk)
    }

    fn finish(self) -> Result<Option<Heard>, ClientError> {
        self.output.finish()?;
        Ok(self.heard)
    }
}

/// One packet of RTP as a run of frames on its own timeline.
pub(crate) fn chunk_of(data: &MediaData) -> Chunk {
    let packet = Bytes::copy_from_slice(&data.data);
    Chunk {
        codec: Codec::Opus,
        start: data.time.rebase(Frequency::FORTY_EIGHT_KHZ).numer(),
        samples: opus_packet_samples(&packet).unwrap_or(TICK_SAMPLES) as u64,
        frames: vec![packet],
    }
}
