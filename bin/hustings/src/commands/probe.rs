//! `hustings probe`: looks at another server from outside, signs what it saw, and tells that server.
//!
//! What it could not deliver it keeps and delivers later, oldest first: that is how a server learns that nobody got through. It sees
//! what anybody sees, the public status.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hustings_evidence::note::Signer;
use hustings_evidence::probe::Probe;
use hustings_ledger::witness_key;
use hustings_vocab::limits::evidence::{PROBE_ORIGIN_CHARS_MAX, PROBES_KEPT_MAX};

use crate::args::ProbeArgs;
use crate::failure::Failure;
use crate::times::now_ms;

/// How long an answer may take: who waits longer has gone.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a status that are looked at.
const STATUS_BYTES_MAX: usize = 1024 * 1024;

/// Runs the command until it is told to end.
pub(crate) async fn run(args: ProbeArgs) -> Result<(), Failure> {
    let origin = args.origin.trim_end_matches('/').to_owned();
    if !origin.starts_with("http") || origin.chars().count() > PROBE_ORIGIN_CHARS_MAX || origin.contains(['\n', ' ']) {
        return Err(Failure::usage(format!("{origin:?} is no origin, such as https://talk.example")));
    }
    let signer = witness_key(&args.data, &args.name, rand::random())?;
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(Failure::failed)?;
    if args.once {
        let probe = look(&client, &origin).await;
        crate::say(signer.sign(&probe.text()).encode().trim_end());
        return if probe.reached { Ok(()) } else { Err(Failure::failed("it was not reached")) };
    }
    crate::say(&format!("key      {}", signer.verifier().encode()));
    crate::say("ready");
    let mut kept = VecDeque::new();
    let mut ticks = tokio::time::interval(args.every.max(Duration::from_secs(1)));
    let keep = async {
        loop {
            ticks.tick().await;
            kept.push_back(look(&client, &origin).await);
            if kept.len() > PROBES_KEPT_MAX {
                kept.pop_front();
            }
            deliver(&client, &signer, &origin, &mut kept).await;
        }
    };
    tokio::select! {
        () = keep => {}
        () = super::interrupted() => {}
    }
    Ok(())
}

async fn look(client: &reqwest::Client, origin: &str) -> Probe {
    let began = Instant::now();
    let time = (now_ms() / 1000) as i64;
    let reached = is_well(client, origin).await;
    let ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    Probe { origin: origin.to_owned(), time, reached, ms }
}

/// Whether the status comes, and is one.
async fn is_well(client: &reqwest::Client, origin: &str) -> bool {
    let Ok(mut answer) = client.get(format!("{origin}/api/v1/status")).send().await else { return false };
    let mut body = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        body.extend_from_slice(&piece);
        if body.len() > STATUS_BYTES_MAX {
            return false;
        }
    }
    let status: Result<serde_json::Value, _> = serde_json::from_slice(&body);
    answer.status().is_success() && status.is_ok_and(|status| status["as_of"].is_i64())
}

async fn deliver(client: &reqwest::Client, signer: &Signer, origin: &str, kept: &mut VecDeque<Probe>) {
    while let Some(probe) = kept.front() {
        let note = signer.sign(&probe.text()).encode();
        let sent = client.post(format!("{origin}/evidence/probes")).body(note).send().await;
        match sent.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => {}
            // It knows better: too old, or taken before.
            Ok(status) if status.as_u16() == 422 => tracing::warn!(time = probe.time, "a probe was not taken"),
            Ok(status) => {
                return tracing::warn!(%status, "the server does not take probes of this key: evidence.probes");
            }
            Err(error) => {
                return tracing::info!(error = %error.without_url(), waiting = kept.len(), "probes wait until the server is there");
            }
        }
        kept.pop_front();
    }
}
