//! The arguments of `measure crowd` and `measure bare`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use hustings_measure::bare::{Bare, Way};
use hustings_measure::crowd::{Arrivals, Crowd, Reading};

/// Seconds of anything here: a day, so that no sum of times overflows.
const SECONDS_MAX: f64 = 86_400.0;

/// Who comes, and how.
#[derive(Debug, Args)]
pub(crate) struct CrowdArguments {
    /// The audience's listener, as address and port.
    addr: SocketAddr,
    /// The target of the request.
    path: String,
    /// How many come.
    #[arg(long)]
    listeners: usize,
    /// Threads with a descriptor table of their own that they are spread over.
    #[arg(long, default_value_t = 1)]
    tables: usize,
    /// How many of them in a second, evenly.
    #[arg(long, default_value_t = 1000.0, value_parser = positive)]
    per_second: f64,
    /// All of them within so many seconds instead, each at any moment alike.
    #[arg(long, value_parser = seconds)]
    storm: Option<Duration>,
    /// Of every draw.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seconds all of them stay and gaps are watched.
    #[arg(long, default_value = "20", value_parser = seconds)]
    seconds: Duration,
    /// How many seconds the last to come are waited for until they hear something.
    #[arg(long, default_value = "10", value_parser = seconds)]
    patience: Duration,
    /// Who loses the connection, or is not let in, comes back.
    #[arg(long)]
    reconnect: bool,
    /// Within so many seconds, at any moment alike.
    #[arg(long, default_value = "1", value_parser = seconds)]
    jitter: Duration,
    /// They read too little: nothing at all, or a byte a second, after the first sound.
    #[arg(long)]
    slow: Option<Slow>,
    /// They speak TLS; what comes after the first sound is counted as it is on the wire.
    #[arg(long)]
    tls: bool,
    /// Bytes of body that hold the first sound: headers of opus-48 have 800, the first 200 ms of sound 1,200.
    #[arg(long, default_value_t = 1500)]
    sound_bytes: usize,
    /// For each distribution, count those who exceed these many milliseconds.
    #[arg(long, value_delimiter = ',')]
    over: Vec<f64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Slow {
    Stop,
    Byte,
}

impl CrowdArguments {
    pub(crate) fn crowd(self) -> Crowd {
        Crowd {
            addr: self.addr,
            path: self.path,
            listeners: self.listeners,
            tables: self.tables,
            arrivals: self.storm.map_or(Arrivals::Even(self.per_second), Arrivals::Storm),
            seed: self.seed,
            reading: self.slow.map_or(Reading::Well, |slow| match slow {
                Slow::Stop => Reading::Stop,
                Slow::Byte => Reading::Byte,
            }),
            sound_bytes: self.sound_bytes,
            patience: self.patience,
            hold: self.seconds,
            tls: self.tls,
            reconnect: self.reconnect.then_some(self.jitter),
            bounds_ms: self.over,
        }
    }
}

/// What is sent to whom.
#[derive(Debug, Args)]
pub(crate) struct BareArguments {
    /// Where to listen.
    addr: SocketAddr,
    /// It begins when so many have come.
    #[arg(long)]
    listeners: usize,
    /// Milliseconds between two deliveries to one of them.
    #[arg(long, default_value_t = 500)]
    cadence_ms: u64,
    /// Bytes of a delivery.
    #[arg(long)]
    bytes: usize,
    /// For so long, or until the first of them goes.
    #[arg(long, default_value = "20", value_parser = seconds)]
    seconds: Duration,
    /// One system call for each delivery, or batches through io_uring.
    #[arg(long, default_value = "write")]
    way: WayArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum WayArgument {
    Write,
    Ring,
}

impl BareArguments {
    pub(crate) fn bare(self) -> Bare {
        Bare {
            addr: self.addr,
            listeners: self.listeners,
            cadence: Duration::from_millis(self.cadence_ms),
            bytes: self.bytes,
            hold: self.seconds,
            way: match self.way {
                WayArgument::Write => Way::Write,
                WayArgument::Ring => Way::Ring,
            },
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "is no number of seconds".to_owned())?;
    if (0.0..=SECONDS_MAX).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!("is not between 0 and {SECONDS_MAX} seconds"))
    }
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.001).ok_or_else(|| "is no positive number".to_owned())
}
