//! One process that plays listeners: its job and its events come on standard input, a line each; each second goes to
//! standard output. When its input ends, everybody leaves, and so does it: no player outlives its rehearsal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;

use hustings_client::crowd::{Job, play};
use hustings_rehearsal::Event;
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Plays.
pub(crate) async fn run() -> Result<(), Failure> {
    // The terminal's Ctrl-C reaches every process; the rehearsal says when it is over.
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move { while interrupt.recv().await.is_some() {} });
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || attend(&runtime)).await?
}

fn attend(runtime: &tokio::runtime::Handle) -> Result<(), Failure> {
    let mut first = String::new();
    if std::io::stdin().read_line(&mut first)? == 0 {
        return Err(Failure::usage("--player is what a rehearsal starts"));
    }
    let job: Job = serde_json::from_str(&first).map_err(|e| Failure::usage(format!("no job: {e}")))?;
    let (tell, told) = channel::<Vec<Event>>();
    let stop = Arc::new(AtomicBool::new(false));
    let over = stop.clone();
    std::thread::spawn(move || {
        // Whatever is no plan ends the rehearsal as its end does.
        let lines = std::io::stdin().lines().map_while(Result::ok);
        let plans = lines.map_while(|line| serde_json::from_str(&line).ok());
        for events in plans {
            if tell.send(events).is_err() {
                break;
            }
        }
        over.store(true, Relaxed);
    });
    play(&job, runtime, &told, &stop, |second| {
        if let Ok(line) = serde_json::to_string(&second) {
            crate::say(&line);
        }
    })
    .map_err(Failure::from)
}
