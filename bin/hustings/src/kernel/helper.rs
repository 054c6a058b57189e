//! The helper: a small process with the privilege to change packet filters (`CAP_NET_ADMIN`), and three verbs.
//!
//! It listens on a socket file that its own user and group may open, one line a question. What may be asked and what is never done
//! is in `hustings_guard::drops`; here is a thread for each connection, one lock, and `nft`. It serves nobody on the network and reads
//! no other file.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use hustings_guard::drops::{Drops, LINE_BYTES_MAX, Verb, written};
use hustings_vocab::network::Network;
use tokio::signal::unix::{SignalKind, signal};

use super::nft;
use crate::failure::Failure;

/// Connections at once: those of a server with 64 edges, and somebody who looks.
const CONNECTIONS_MAX: usize = 80;

/// Serves until it is told to stop; then nothing is dropped any more.
pub(crate) async fn run(socket: &Path, never: Vec<Network>) -> Result<(), Failure> {
    nft::make()
        .map_err(|error| Failure::failed(format!("the kernel does not let this process filter packets: {error}")))?;
    let served = serve(socket, never).await;
    let removed = nft::remove();
    // What was left of an earlier one is no harm.
    let _ = std::fs::remove_file(socket);
    served?;
    removed.map_err(|error| Failure::failed(format!("the table stays: {error}")))
}

async fn serve(socket: &Path, never: Vec<Network>) -> Result<(), Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    // A file that a helper left behind which was killed; one that still answers is not taken over.
    if UnixStream::connect(socket).is_ok() {
        return Err(Failure::failed(format!("{}: a helper is there already", socket.display())));
    }
    let _ = std::fs::remove_file(socket);
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o660))?;
    let drops = Arc::new(Mutex::new(Drops::new(never)));
    std::thread::Builder::new().name("verbs".into()).spawn(move || accept(&listener, &drops))?;
    crate::say(&format!("ready    {}", socket.display()));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

fn accept(listener: &UnixListener, drops: &Arc<Mutex<Drops>>) {
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming().filter_map(Result::ok) {
        if open.fetch_add(1, Relaxed) >= CONNECTIONS_MAX {
            open.fetch_sub(1, Relaxed);
            continue;
        }
        let (drops, mine) = (drops.clone(), open.clone());
        let begun = std::thread::Builder::new().name("verb".into()).spawn(move || {
            if let Err(error) = converse(stream, &drops) {
                tracing::debug!(%error, "a connection has ended");
            }
            mine.fetch_sub(1, Relaxed);
        });
        if begun.is_err() {
            open.fetch_sub(1, Relaxed);
        }
    }
}

fn converse(stream: UnixStream, drops: &Mutex<Drops>) -> io::Result<()> {
    let mut answers = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        (&mut lines).take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
        let Some(whole) = line.strip_suffix(b"\n") else { return Ok(()) };
        let answer = match Verb::read(&String::from_utf8_lossy(whole)) {
            Ok(verb) => done(verb, drops),
            Err(why) => format!("refused: {why}"),
        };
        answers.write_all(format!("{answer}\n").as_bytes())?;
    }
}

fn done(verb: Verb, drops: &Mutex<Drops>) -> String {
    let (mut drops, now) = (drops.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
    let kernel = |result: io::Result<()>| result.map_or_else(|error| format!("failed: {error}"), |()| "ok".to_owned());
    match verb {
        Verb::Add(network, seconds) => match drops.add(network, seconds, now) {
            Ok(true) => kernel(nft::add(network, seconds)),
            Ok(false) => "ok".to_owned(),
            Err(why) => format!("refused: {why}"),
        },
        Verb::Expire(network) => {
            if drops.expire(network, now) {
                return kernel(nft::expire(network));
            }
            "ok".to_owned()
        }
        Verb::List => {
            let all = drops.list(now);
            let lines = all.iter().map(|(network, seconds)| format!("\n{} {seconds}", written(*network)));
            format!("dropped {}", all.len()) + &lines.collect::<String>()
        }
    }
}
