//! Asking witnesses: each checkpoint is shown to every one that is configured, and what they sign is kept.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hustings_evidence::note::{Checkpoint, Note, Signature, Verifier};
use hustings_evidence::witness::Request;

use super::Evidence;
use crate::config::WitnessAddress;

/// How long a witness may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of its answer: some lines of signatures.
const ANSWER_BYTES_MAX: usize = 8192;

/// One witness.
#[derive(Debug)]
pub(super) struct Witness {
    pub(super) key: Verifier,
    url: String,
    /// The size that it signed last.
    size: Arc<AtomicU64>,
    has_signed: Arc<AtomicBool>,
    is_asked: Arc<AtomicBool>,
}

impl Witness {
    pub(super) fn new((key, url): WitnessAddress) -> Self {
        let (size, has_signed, is_asked) = (Arc::default(), Arc::default(), Arc::default());
        Self { key, url, size, has_signed, is_asked }
    }

    /// It has signed the last checkpoint that it was shown.
    pub(super) fn has_signed(&self) -> bool {
        self.has_signed.load(Relaxed)
    }
}

impl Evidence {
    /// Shows the last checkpoint to every witness that is not being asked.
    pub(super) fn ask_witnesses(self: &Arc<Self>) {
        for (n, witness) in self.witnesses.iter().enumerate() {
            if witness.is_asked.swap(true, Relaxed) {
                continue;
            }
            let evidence = self.clone();
            self.runtime.spawn(async move {
                let witness = &evidence.witnesses[n];
                let asked = ask(&evidence, witness).await;
                witness.has_signed.store(asked.is_ok(), Relaxed);
                witness.is_asked.store(false, Relaxed);
                if let Err(error) = asked {
                    tracing::warn!(witness = witness.key.name(), %error, "a witness did not sign");
                }
            });
        }
    }
}

async fn ask(evidence: &Evidence, witness: &Witness) -> Result<(), String> {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    let client = CLIENT.get_or_init(reqwest::Client::new);
    let url = format!("{}/add-checkpoint", witness.url);
    // Once with what we believe it has seen, and once more with what it says it has.
    for _ in 0..2 {
        let old = witness.size.load(Relaxed);
        let (note, body) = request(evidence, old)?;
        let sent = client.post(&url).timeout(PATIENCE).body(body).send().await;
        let mut answer = sent.map_err(|error| error.without_url().to_string())?;
        let status = answer.status().as_u16();
        let mut text = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
            text.extend_from_slice(&chunk);
            if text.len() > ANSWER_BYTES_MAX {
                return Err("its answer does not end".into());
            }
        }
        let text = String::from_utf8(text).map_err(|_| "its answer is no text")?;
        match status {
            200 => return keep(evidence, witness, &note, &text),
            409 => {
                let size = text.trim().parse().map_err(|_| "it says 409 and not which size it has seen")?;
                witness.size.store(size, Relaxed);
            }
            _ => return Err(format!("it answers {status}: {}", text.trim())),
        }
    }
    Err("it has seen another size than it says".into())
}

fn request(evidence: &Evidence, old: u64) -> Result<(Note, String), String> {
    let ledger = evidence.lock();
    let log = ledger.log.as_ref().map_err(Clone::clone)?;
    let note = Note { signatures: log.last().signatures.iter().take(1).cloned().collect(), ..log.last().clone() };
    let request = Request { old, proof: log.consistency(old), note: note.clone() };
    Ok((note, request.encode()))
}

fn keep(evidence: &Evidence, witness: &Witness, note: &Note, text: &str) -> Result<(), String> {
    let lines = text.lines().map(Signature::parse).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    let signed = Note { signatures: lines.clone(), ..note.clone() };
    signed.cosigned_by(&witness.key).map_err(|_| "what it signed is not the checkpoint, or not with its key")?;
    let mine = lines.into_iter().filter(|line| witness.key.is_witness_line(line)).collect();
    let checkpoint = Checkpoint::parse(&note.text).map_err(|error| error.to_string())?;
    witness.size.store(checkpoint.size, Relaxed);
    if let Ok(log) = &mut evidence.lock().log {
        log.cosigned(note, mine).map_err(|error| error.to_string())?;
    }
    Ok(())
}
