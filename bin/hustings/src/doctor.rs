//! What stands between this machine and an event, found out beforehand: each finding says what was seen, how it is judged,
//! and what to do.
//!
//! Nothing is changed, and nothing is promised that was not looked at: what cannot be known from here is `unknown`, with the
//! way to find out. Deliberately absent: any probe by somebody else, without whom reachability from outside is not known.

mod capacity;
mod certificate;
mod clock;
mod disk;
mod kernel;
mod ports;
mod reach;
mod runbook;

use serde::Serialize;

use crate::args::Doctor;
use crate::config::Config;
use crate::failure::Failure;
use crate::serve::{CONTROL_SOCKET, configured};

/// How a finding is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// As it should be.
    Go,
    /// It works, and could be better.
    Mind,
    /// It cannot be known from here.
    Unknown,
    /// The event would suffer.
    NoGo,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What it is about.
    pub(crate) about: &'static str,
    /// How it is judged.
    pub(crate) verdict: Verdict,
    /// What was seen.
    pub(crate) says: String,
    /// What to do about it.
    pub(crate) remedy: Option<String>,
}

impl Finding {
    pub(crate) fn go(about: &'static str, says: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Go, says: says.into(), remedy: None }
    }

    pub(crate) fn mind(about: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Mind, says: says.into(), remedy: Some(remedy.into()) }
    }

    pub(crate) fn unknown(about: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Unknown, says: says.into(), remedy: Some(remedy.into()) }
    }

    pub(crate) fn no_go(about: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::NoGo, says: says.into(), remedy: Some(remedy.into()) }
    }
}

/// What every look needs.
pub(crate) struct Patient {
    pub(crate) config: Config,
    /// The announced audience.
    pub(crate) audience: Option<u64>,
    /// A server of this data folder runs.
    pub(crate) running: bool,
}

/// Looks at everything.
pub(crate) async fn examine(args: &Doctor) -> Result<Vec<Finding>, Failure> {
    if args.audience == Some(0) {
        return Err(Failure::usage("--audience is 1 or more"));
    }
    let config = configured(args.config.as_deref(), args.data.as_deref(), args.public.as_deref())?;
    let running = tokio::net::UnixStream::connect(config.data.join(CONTROL_SOCKET)).await.is_ok();
    let patient = Patient { config, audience: args.audience, running };
    let mut found = kernel::look(&patient);
    found.extend(ports::look(&patient));
    found.extend(reach::look(&patient).await);
    found.extend(certificate::look(&patient.config));
    found.push(clock::look(args.clock.as_deref()).await);
    found.extend(disk::look(&patient.config.data));
    found.extend(capacity::look(&patient));
    found.extend(runbook::look(&patient.config));
    if let Some(file) = &args.runbook {
        std::fs::write(file, runbook::text(&patient.config))
            .map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    }
    Ok(found)
}
