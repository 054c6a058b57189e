//! The kernel's help against floods, where an operator gives it: this process tells the helper which networks to drop.
//!
//! The helper (`hustings kernel run`) is another process, with the privilege that this one has not. Each process of the server
//! decides by what it has met itself and tells the helper over its socket; a helper that is not there is asked for again every few
//! seconds, and without it everything works as it does without this.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hustings_guard::drops::{Verb, touches};
use hustings_guard::offenders::{Offenders, Order};
use hustings_link::offences;
use hustings_vocab::network::Network;

mod helper;
mod nft;

pub(crate) use helper::run;

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);
/// How long the helper may take for a line.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two attempts to reach it.
const AGAIN: Duration = Duration::from_secs(5);

/// Begins to tell the helper at this socket, for the life of the process. Balancers and caches are `never` meant.
pub(crate) fn begin(socket: PathBuf, never: Vec<Network>) -> io::Result<()> {
    offences::begin();
    std::thread::Builder::new().name("kernel".into()).spawn(move || keep(&socket, &never))?;
    Ok(())
}

fn keep(socket: &Path, never: &[Network]) {
    let (mut offenders, mut helper, mut tried) = (Offenders::default(), None, None::<Instant>);
    loop {
        std::thread::sleep(LOOK);
        let now = Instant::now();
        let mut met = offences::take();
        met.retain(|met| !met.network.is_loopback() && !touches(met.network, never));
        let orders = offenders.hear(&met, now);
        if helper.is_none() && tried.is_none_or(|at| now.duration_since(at) >= AGAIN) {
            tried = Some(now);
            helper = Verbs::reach(socket)
                .inspect_err(
                    |error| tracing::warn!(%error, socket = %socket.display(), "the kernel's helper is not there"),
                )
                .ok();
        }
        let Some(reached) = &mut helper else { continue };
        if let Err(error) = orders.iter().try_for_each(|order| reached.tell(*order)) {
            tracing::warn!(%error, "the kernel's helper is gone");
            helper = None;
        }
    }
}

/// The helper, reached: what it can be asked.
struct Verbs(BufReader<UnixStream>);

impl Verbs {
    fn reach(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    fn tell(&mut self, order: Order) -> io::Result<()> {
        let (verb, adds) = match order {
            Order::Add(network, seconds) => (Verb::Add(network, seconds), true),
            Order::Expire(network) => (Verb::Expire(network), false),
        };
        let answer = self.ask(&verb)?;
        if adds {
            // A network, and no address: it says how many of an evening were dropped, and not who.
            tracing::info!(answer, "a network that only floods was given to the kernel");
        }
        Ok(())
    }

    fn ask(&mut self, verb: &Verb) -> io::Result<String> {
        self.0.get_mut().write_all(format!("{}\n", verb.line()).as_bytes())?;
        let mut answer = String::new();
        if self.0.read_line(&mut answer)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(answer.trim_end().to_owned())
    }
}

/// Asks a running helper one thing, for the command line.
pub(crate) fn ask(socket: &Path, verb: &Verb) -> io::Result<String> {
    let mut helper = Verbs::reach(socket)?;
    let first = helper.ask(verb)?;
    let Some(more) = first.strip_prefix("dropped ").and_then(|n| n.parse::<usize>().ok()) else { return Ok(first) };
    let mut all = vec![first];
    for _ in 0..more {
        let mut line = String::new();
        helper.0.read_line(&mut line)?;
        all.push(line.trim_end().to_owned());
    }
    Ok(all.join("\n"))
}
