//! `hustings speak`: a person's voice from a file, over the line that a browser would use; or many people's.

use std::path::Path;

use hustings_client::{ClientError, Route, Sound, SpeakOptions, SpeakReport, Trust, decode_file, encode, speak};
use tokio::task::JoinSet;

use crate::args::Speak;
use crate::failure::Failure;

/// Most speakers of one command: more than any stage has seats.
const SPEAKERS_MAX: usize = 500;

/// Runs the command, until the file ends or the command is interrupted.
pub(crate) async fn run(args: Speak) -> Result<(), Failure> {
    let pcm = decode_file(&args.file)?;
    let mut options = SpeakOptions::new(&args.url, Sound::Pcm(pcm.clone()));
    options.repeat = args.repeat;
    options.trust = args.trust.map_or(Trust::Public, Trust::Also);
    if args.tcp {
        options.route = Route::Tcp;
    }
    if !args.url.contains("://") {
        let links = links(Path::new(&args.url))?;
        if args.output.is_some() || args.token.is_some() {
            return Err(Failure::usage("--output and --token are for one speaker; links carry their own tokens"));
        }
        options.sound = Sound::Packets(encode(&pcm, options.bitrate)?);
        return all(links.into_iter().map(|url| SpeakOptions { url, ..options.clone() }).collect()).await;
    }
    options.token = args.token;
    options.output = args.output;
    let report = speak(options, super::interrupted()).await?;
    crate::say(&serde_json::to_string(&report)?);
    Ok(())
}

/// The links of a file, one a line.
fn links(path: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::failed(format!("{} is neither an address nor a readable file: {e}", path.display())))?;
    let links: Vec<String> = text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    if links.is_empty() || links.len() > SPEAKERS_MAX {
        let found = links.len();
        return Err(Failure::usage(format!("{} holds {found} links; 1 to {SPEAKERS_MAX} are taken", path.display())));
    }
    Ok(links)
}

/// Speaks as many, and prints a list of reports. It fails if any speaker did.
async fn all(speakers: Vec<SpeakOptions>) -> Result<(), Failure> {
    let count = speakers.len();
    let mut speaking = JoinSet::new();
    for options in speakers {
        speaking.spawn(speak(options, super::interrupted()));
    }
    let done: Vec<Result<SpeakReport, ClientError>> = speaking.join_all().await;
    let (reports, failures): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
    let reports: Vec<SpeakReport> = reports.into_iter().flatten().collect();
    crate::say(&serde_json::to_string(&reports)?);
    match failures.into_iter().find_map(Result::err) {
        Some(first) => Err(Failure::failed(format!("{} of {count} failed: {first}", count - reports.len()))),
        None => Ok(()),
    }
}
