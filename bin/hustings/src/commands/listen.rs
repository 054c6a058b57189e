//! `hustings listen`: one listener or many on any tier, and how it was for them.

use std::fmt::Write;
use std::time::Duration;

use hustings_client::{Container, ListenOptions, ListenReport, Tier, Trust, listen};
use hustings_vocab::{Codec, Rendition};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::args::{Listen, ListenTier};
use crate::failure::Failure;

/// Most listeners of one command: beyond it the client would measure itself.
const LISTENERS_MAX: usize = 5000;

/// How long listeners who were interrupted may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(3);

/// Runs the command. It fails if any listener heard nothing.
pub(crate) async fn run(args: Listen) -> Result<(), Failure> {
    if !(args.seconds > 0.0 && args.seconds <= 86_400.0) {
        return Err(Failure::usage("--seconds is more than 0 and at most 86400"));
    }
    if args.listeners == 0 || args.listeners > LISTENERS_MAX {
        return Err(Failure::usage(format!("--listeners is 1 to {LISTENERS_MAX}")));
    }
    if args.listeners > 1 && args.output.is_some() {
        return Err(Failure::usage("--output is for one listener"));
    }
    let (leave, told) = watch::channel(false);
    let mut options = options(&args);
    options.leave = Some(told);
    let mut listening = JoinSet::new();
    for _ in 0..args.listeners {
        listening.spawn(listen(options.clone()));
    }
    let mut reports = Vec::with_capacity(args.listeners);
    let mut failures = Vec::new();
    loop {
        tokio::select! {
            done = listening.join_next() => match done {
                Some(Ok(Ok(report))) => reports.push(report),
                Some(Ok(Err(error))) => failures.push(error.to_string()),
                Some(Err(error)) => failures.push(error.to_string()),
                None => break,
            },
            () = super::interrupted(), if !*leave.borrow() => {
                leave.send_replace(true);
                if args.tier != ListenTier::Whep {
                    break;
                }
            }
            () = tokio::time::sleep(GOODBYE), if *leave.borrow() => break,
        }
    }
    if args.json {
        let document = match reports.as_slice() {
            [one] if args.listeners == 1 => serde_json::to_string(one)?,
            many => serde_json::to_string(many)?,
        };
        crate::say(&document);
    } else {
        reports.iter().for_each(|report| crate::say(&in_words(report)));
    }
    match failures.first() {
        Some(first) if args.listeners == 1 => Err(Failure::failed(first)),
        Some(first) => Err(Failure::failed(format!("{} of {} failed: {first}", failures.len(), args.listeners))),
        None => Ok(()),
    }
}

fn options(args: &Listen) -> ListenOptions {
    let tier = match args.tier {
        ListenTier::Stream => Tier::Stream,
        ListenTier::Hls => Tier::Hls,
        ListenTier::Whep => Tier::Whep,
    };
    let mut options = ListenOptions::new(&args.url, tier);
    options.duration = Duration::from_secs_f64(args.seconds);
    options.rendition = args.rendition;
    options.trust = args.trust.clone().map_or(Trust::Public, Trust::Also);
    options.output.clone_from(&args.output);
    let ending = args.output.as_deref().and_then(|p| p.extension()).and_then(|e| e.to_str());
    options.container = match ending {
        Some("ogg" | "opus") => Container::Ogg,
        Some("aac") => Container::Adts,
        _ => Container::Mp4,
    };
    if args.rendition.map(Rendition::codec) == Some(Codec::Aac) && options.container == Container::Ogg {
        options.container = Container::Mp4;
    }
    options
}

fn in_words(report: &ListenReport) -> String {
    let mut words = format!("first audio after {:.0} ms", report.first_audio_ms);
    if let Some(delay) = report.delay_ms {
        let _ = write!(words, ", {:.2} s behind", delay / 1000.0);
    }
    let (gaps, stalls, seconds) = (report.gaps, report.stalls, report.seconds);
    let _ = write!(words, ", {gaps} gaps and {stalls} stalls in {seconds:.1} s, {} kB", report.bytes / 1000);
    words
}
