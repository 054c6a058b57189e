//! What a witness keeps: of each log the checkpoint that it cosigned last, in a file each, on the disk before it answers.

use std::path::{Path, PathBuf};

use hustings_evidence::hex;
use hustings_evidence::merkle::sha256;
use hustings_evidence::note::{Checkpoint, Signer, Verifier};
use hustings_evidence::witness::{Followed, Refusal, Request, answer};
use hustings_vocab::limits::evidence::NOTE_BYTES_MAX;

use crate::{LedgerError, disk};

/// A witness and what it remembers.
#[derive(Debug)]
pub struct WitnessState {
    folder: PathBuf,
    signer: Signer,
    logs: Vec<Followed>,
}

impl WitnessState {
    /// Takes up what was kept of these logs.
    ///
    /// # Errors
    /// [`LedgerError`]: a witness that has forgotten must not sign, or it would sign a second history.
    pub fn open(folder: &Path, signer: Signer, logs: Vec<Verifier>) -> Result<Self, LedgerError> {
        let follow = |key: Verifier| {
            let path = path(folder, &key);
            let last = disk::read(&path, NOTE_BYTES_MAX as u64)?.map(|bytes| {
                let text = String::from_utf8(bytes).ok();
                text.and_then(|text| Checkpoint::parse(&text).ok())
                    .ok_or(LedgerError::Edited { path, what: "is no checkpoint" })
            });
            Ok(Followed { last: last.transpose()?, key })
        };
        let logs = logs.into_iter().map(follow).collect::<Result<_, LedgerError>>()?;
        Ok(Self { folder: folder.to_owned(), signer, logs })
    }

    /// The key that cosignatures are checked with.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.signer.witness()
    }

    /// Answers a log: the line of a cosignature, or why not.
    ///
    /// # Errors
    /// [`LedgerError`] where what must be remembered cannot be kept.
    pub fn answer(&mut self, body: &[u8], now_s: u64) -> Result<Result<String, Refusal>, LedgerError> {
        let request = match Request::parse(body) {
            Ok(request) => request,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let origin = request.note.text.lines().next().unwrap_or_default();
        let Some(followed) = self.logs.iter_mut().find(|log| log.key.name() == origin) else {
            return Ok(Err(Refusal::UnknownLog(origin.to_owned())));
        };
        match answer(&request, followed, &self.signer, now_s) {
            Err(refusal) => Ok(Err(refusal)),
            Ok((next, line)) => {
                disk::write(&path(&self.folder, &followed.key), next.text().as_bytes())?;
                followed.last = Some(next);
                Ok(Ok(line))
            }
        }
    }
}

/// A log's name may hold anything but spaces: the file is named by its hash.
fn path(folder: &Path, key: &Verifier) -> PathBuf {
    folder.join(format!("{}.checkpoint", hex::encode(&sha256(key.encode().as_bytes())[..16])))
}
