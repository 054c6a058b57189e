//! `measure`: what the library finds, as JSON on one line, for tests and benches in any language.

mod audience;
mod secrecy;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use hustings_measure::align::{Played, align, as_played};
use hustings_measure::floor::Floor;
use hustings_measure::reloads::Reloads;
use hustings_measure::viewers::Viewers;
use hustings_measure::whep::{self, Whep};
use hustings_measure::{Error, RATE, clicks, gaps, holds, sibilants, wav};
use hustings_whep::Profile;

/// Measures recordings of live sound against what was spoken, and servers under a crowd. Files are WAV at 48 kHz.
#[derive(Debug, Parser)]
#[command(name = "measure", version)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Energy of sibilants in three bands against the source, in signed dB.
    Sibilants {
        /// What was spoken.
        source: PathBuf,
        /// What was heard.
        recording: PathBuf,
        /// The source was played in a loop.
        #[arg(long)]
        looped: bool,
        /// Exit with 1 if 4–8 or 8–12 kHz deviate by more than this many dB.
        #[arg(long)]
        within: Option<f64>,
    },
    /// Frames that are missing or burst while the source is not silent.
    Gaps {
        /// What was spoken.
        source: PathBuf,
        /// What was heard.
        recording: PathBuf,
        /// The source was played in a loop.
        #[arg(long)]
        looped: bool,
        /// Exit with 1 if more than this many percent of the seconds have a glitch.
        #[arg(long)]
        percent_max: Option<f64>,
    },
    /// Whether the recording holds the source.
    Holds {
        /// What was spoken.
        source: PathBuf,
        /// What was heard.
        recording: PathBuf,
    },
    /// Many listeners of one stream, who throw away what they get: when the first sound came, the largest gaps.
    Crowd(audience::CrowdArguments),
    /// Many players of LL-HLS, each of whom holds a request for the playlist of the next part, again and again.
    Reloads {
        /// The audience's listener, as address and port.
        addr: SocketAddr,
        /// The target of a media playlist.
        path: String,
        /// How many hold.
        #[arg(long)]
        players: usize,
        /// How many of them come in a second.
        #[arg(long, default_value_t = 3000.0)]
        per_second: f64,
        /// How many seconds all of them hold.
        #[arg(long, default_value_t = 20.0)]
        seconds: f64,
        /// They ask for it compressed.
        #[arg(long)]
        gzip: bool,
    },
    /// TLS handshakes, one after the other in each thread.
    Handshakes(secrecy::HandshakesArguments),
    /// Polls of those who wait: one request over a connection of its own each.
    Polls(secrecy::PollsArguments),
    /// The floor of handshakes: a loop of rustls that does nothing else.
    BareTls(secrecy::BareTlsArguments),
    /// Many HLS players, who throw away what they get: whether their sound stood still. Says {"steady":true} when all are
    /// there.
    Viewers {
        /// A cache or the audience's listener, as address and port.
        addr: SocketAddr,
        /// The media playlist.
        path: String,
        /// How many watch.
        #[arg(long)]
        viewers: usize,
        /// How many of them come in a second.
        #[arg(long, default_value_t = 250.0)]
        per_second: f64,
        /// They ask for parts as they come.
        #[arg(long, conflicts_with = "segments", required_unless_present = "segments")]
        low_latency: bool,
        /// They ask for whole segments.
        #[arg(long)]
        segments: bool,
        /// They report themselves as the page does.
        #[arg(long)]
        heartbeat: bool,
        /// How many seconds all of them stay.
        #[arg(long, default_value_t = 20.0)]
        seconds: f64,
    },
    /// The floor of a fan-out: the same bytes to every connection on a cadence, and nothing else.
    Bare(audience::BareArguments),
    /// Many WebRTC listeners, who throw away what they get: how fast they joined, what was lost, how late packets were.
    Whep {
        /// The audience's listener, as address and port.
        addr: SocketAddr,
        /// The target of the request.
        path: String,
        /// How many come.
        #[arg(long)]
        listeners: usize,
        /// How many of them in a second.
        #[arg(long, default_value_t = 500.0)]
        per_second: f64,
        /// How many seconds all of them stay.
        #[arg(long, default_value_t = 20.0)]
        seconds: f64,
        /// UDP sockets that stand for them.
        #[arg(long, default_value_t = 8)]
        sockets: usize,
        /// They come from 127.N.0.0/16.
        #[arg(long, default_value_t = 8)]
        network: u8,
    },
    /// The floor of WebRTC fan-out: one packet encrypted and sent for each listener 50 times a second, and nothing else.
    BareSrtp {
        /// How many there are.
        #[arg(long)]
        listeners: usize,
        /// Bytes of payload in a packet: 120 at 48 kbit/s.
        #[arg(long, default_value_t = 120)]
        bytes: usize,
        /// For so long.
        #[arg(long, default_value_t = 20.0)]
        seconds: f64,
        /// The core of the loop, and that of the thread that throws packets away.
        #[arg(long, num_args = 2)]
        cores: Option<Vec<usize>>,
        /// How packets are protected.
        #[arg(long, value_enum, default_value_t = Protection::Gcm256)]
        protection: Protection,
    },
    /// Taking part: people who react and write, and readers who add up what is told.
    Floor {
        /// The pages' listener, as address and port.
        pages: SocketAddr,
        /// The audience's listener.
        audience: SocketAddr,
        /// The conversation.
        slug: String,
        /// A file with a token on each line, one for each person.
        #[arg(long)]
        tokens: PathBuf,
        /// Acts a second, half reactions and half lines; 0: nobody acts.
        #[arg(long, default_value_t = 1000.0)]
        per_second: f64,
        /// For so long.
        #[arg(long, default_value_t = 15.0)]
        seconds: f64,
        /// How many read events.
        #[arg(long, default_value_t = 300)]
        readers: usize,
    },
    /// Coded clicks, from which a delay can be read.
    Clicks {
        #[command(subcommand)]
        what: Clicks,
    },
}

/// The profiles of SRTP, as they are called on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Protection {
    /// AES-128 in counter mode with HMAC-SHA1.
    Cm,
    /// AES-128-GCM.
    Gcm128,
    /// AES-256-GCM, which our DTLS prefers.
    Gcm256,
}

#[derive(Debug, Subcommand)]
enum Clicks {
    /// Writes the signal.
    Make {
        /// Where to.
        file: PathBuf,
        /// How long; multiples of 16 can be looped.
        #[arg(long, default_value_t = 64)]
        seconds: usize,
    },
    /// Reads the signal from a recording.
    Find {
        /// What was heard.
        file: PathBuf,
        /// Seconds from the moment second 0 was played to the recording's first sample: prints delays.
        #[arg(long, allow_hyphen_values = true)]
        later: Option<f64>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().what) {
        Ok((json, passed)) => {
            say(&json);
            if passed { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(e) => {
            #[expect(clippy::print_stderr, reason = "this is the program's one line of failure")]
            {
                eprintln!("measure: {e}");
            }
            ExitCode::from(2)
        }
    }
}

/// A line of output.
#[expect(clippy::print_stdout, reason = "this is the program's output")]
fn say(json: &serde_json::Value) {
    println!("{json}");
}

fn run(what: What) -> Result<(serde_json::Value, bool), Error> {
    Ok(match what {
        What::Sibilants { source, recording, looped, within } => {
            let (source, recording) = read_both(&source, &recording, looped)?;
            let found = sibilants::compare(&source, &recording, &align(&source, &recording)?)?;
            (serde_json::json!(found), within.is_none_or(|db| found.within(db)))
        }
        What::Gaps { source, recording, looped, percent_max } => {
            let (source, recording) = read_both(&source, &recording, looped)?;
            let found = gaps::find(&source, &recording, &align(&source, &recording)?);
            (serde_json::json!(found), percent_max.is_none_or(|p| found.glitch_seconds_percent <= p))
        }
        What::Holds { source, recording } => {
            let found = holds::holds(&wav::read(&recording)?, &wav::read(&source)?)?;
            (serde_json::json!(found), found.holds)
        }
        What::Reloads { addr, path, players, per_second, seconds, gzip } => {
            let hold = Duration::from_secs_f64(seconds);
            let met = Reloads { addr, path, players, per_second, hold, gzip }.hold()?;
            (serde_json::json!(met), met.failures == 0)
        }
        What::Viewers { addr, path, viewers, per_second, low_latency, segments: _, heartbeat, seconds } => {
            let hold = Duration::from_secs_f64(seconds);
            let met = Viewers { addr, path, viewers, per_second, low_latency, heartbeat, hold }
                .watch(|| say(&serde_json::json!({ "steady": true })))?;
            (serde_json::json!(met), met.errors.is_empty() && met.heard == viewers)
        }
        What::Whep { addr, path, listeners, per_second, seconds, sockets, network } => {
            let hold = Duration::from_secs_f64(seconds);
            let whep = Whep { addr, path, listeners, per_second, hold, sockets, network };
            #[expect(clippy::print_stdout, reason = "whoever measures the server begins when everybody is there")]
            let met = whep.listen(|joined| println!("{{\"joined\":{joined}}}"))?;
            (serde_json::json!(met), met.failed == 0)
        }
        What::BareSrtp { listeners, bytes, seconds, cores, protection } => {
            let profile = match protection {
                Protection::Cm => Profile::Aes128CmSha1,
                Protection::Gcm128 => Profile::Aes128Gcm,
                Protection::Gcm256 => Profile::Aes256Gcm,
            };
            let cores = cores.and_then(|c| Some((*c.first()?, *c.get(1)?)));
            let bare = whep::bare(listeners, bytes, Duration::from_secs_f64(seconds), profile, cores)?;
            (serde_json::json!(bare), true)
        }
        What::Crowd(crowd) => {
            let met = crowd.crowd().listen(|| say(&serde_json::json!({ "steady": true })))?;
            (serde_json::json!(met), met.lost + met.refused + met.away == 0)
        }
        What::Floor { pages, audience, slug, tokens, per_second, seconds, readers } => {
            let text = std::fs::read_to_string(&tokens)?;
            let tokens: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
            if tokens.len() < 8 {
                return Err(Error::TooLittle("at least eight people are needed: a token on each line".into()));
            }
            let seconds = Duration::from_secs_f64(seconds.clamp(0.1, 86_400.0));
            let floor = Floor { pages, audience, slug, tokens, per_second, seconds, readers };
            let took = floor.measure(|| say(&serde_json::json!({ "steady": true })))?;
            let passed = took.failed == 0 && took.true_readers == took.readers;
            (serde_json::json!(took), passed)
        }
        What::Handshakes(handshakes) => {
            let shaken = handshakes.shake()?;
            (serde_json::json!(shaken), shaken.failed == 0)
        }
        What::Polls(polls) => {
            let polled = polls.ask()?;
            (serde_json::json!(polled), polled.failed == 0)
        }
        What::BareTls(bare) => (serde_json::json!(bare.serve()?), true),
        What::Bare(bare) => (serde_json::json!(bare.bare().serve()?), true),
        What::Clicks { what: Clicks::Make { file, seconds } } => {
            wav::write(&file, &clicks::make(seconds.min(3600)))?;
            (serde_json::json!({ "seconds": seconds.min(3600), "rate": RATE }), true)
        }
        What::Clicks { what: Clicks::Find { file, later } } => {
            let found = clicks::find(&wav::read(&file)?);
            let delays = later.map(|l| clicks::delays(&found, l));
            (serde_json::json!({ "clicks": found, "delays": delays }), !found.is_empty())
        }
    })
}

fn read_both(
    source: &std::path::Path,
    recording: &std::path::Path,
    looped: bool,
) -> Result<(Vec<f32>, Vec<f32>), Error> {
    let (source, recording) = (wav::read(source)?, wav::read(recording)?);
    let played = if looped { Played::Looped } else { Played::Once };
    Ok((as_played(&source, recording.len(), played), recording))
}
