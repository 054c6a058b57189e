//! What the command line says of handshakes, and of polls that begin with one.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use hustings_measure::handshakes::{Bare, Kind, Shaken, serve, shake};
use hustings_measure::polls::{Polled, Polls};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("kind").required(true)))]
pub(crate) struct HandshakesArguments {
    /// Where.
    addr: SocketAddr,
    /// Each is a stranger's.
    #[arg(long, group = "kind")]
    full: bool,
    /// Each resumes the session of the one before.
    #[arg(long, group = "kind")]
    resumed: bool,
    /// How many.
    #[arg(long)]
    connections: usize,
    /// From so many threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

impl HandshakesArguments {
    pub(crate) fn shake(&self) -> io::Result<Shaken> {
        let kind = if self.resumed { Kind::Resumed } else { Kind::Full };
        shake(self.addr, kind, self.connections, self.threads)
    }
}

#[derive(Debug, Args)]
pub(crate) struct PollsArguments {
    /// Where.
    addr: SocketAddr,
    /// What is asked for.
    path: String,
    /// By TLS, each resuming the session of the one before.
    #[arg(long)]
    tls: bool,
    /// How many.
    #[arg(long)]
    connections: usize,
    /// From so many threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

impl PollsArguments {
    pub(crate) fn ask(&self) -> io::Result<Polled> {
        let Self { addr, ref path, tls, connections, threads } = *self;
        Polls { addr, path: path.clone(), tls, connections, threads }.ask()
    }
}

#[derive(Debug, Args)]
pub(crate) struct BareTlsArguments {
    /// Where to listen.
    addr: SocketAddr,
    /// The chain, in PEM.
    #[arg(long)]
    cert: PathBuf,
    /// Its key, in PEM.
    #[arg(long)]
    key: PathBuf,
    /// It ends after so many.
    #[arg(long)]
    connections: usize,
}

impl BareTlsArguments {
    pub(crate) fn serve(&self) -> io::Result<Bare> {
        serve(self.addr, &self.cert, &self.key, self.connections)
    }
}
