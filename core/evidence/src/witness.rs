//! A witness: it remembers the last checkpoint of a log and cosigns the next only if that goes on from it.
//!
//! The request is that of C2SP tlog-witness (`add-checkpoint`): a line `old N`, the hashes of a consistency proof in base64,
//! an empty line, and the checkpoint as its log has signed it. What comes back is the line of a cosignature. Pure: who
//! keeps the state and tells the time is the shell. Deliberately absent: opinions about records; a witness shows that there is
//! one history, not that it is true.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hustings_vocab::limits::evidence::{PROOF_HASHES_MAX, WITNESS_BODY_BYTES_MAX};

use crate::merkle::{Hash, is_beginning};
use crate::note::{Checkpoint, Note, Signer, Verifier};

/// What a log asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The size that the log believes was cosigned last.
    pub old: u64,
    /// The proof from there to the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint.
    pub note: Note,
}

/// Why a witness does not sign. Each has a status of HTTP, as tlog-witness states it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is none.
    #[error("the request is no `add-checkpoint`: {0}")]
    Form(&'static str),
    /// The log is not one that this witness follows.
    #[error("this witness does not follow the log {0}")]
    UnknownLog(String),
    /// The checkpoint is not signed by its log.
    #[error("the checkpoint is not signed with the log's key")]
    Unsigned,
    /// The log believes another size: here is the one that was cosigned last.
    #[error("the last checkpoint that was cosigned has the size {0}")]
    Stale(u64),
    /// The old size is larger than the new one.
    #[error("the old size is larger than the checkpoint's")]
    Backwards,
    /// The proof does not hold: the log has two histories, or made a mistake.
    #[error("the checkpoint does not go on from the one that was cosigned last")]
    Inconsistent,
}

impl Refusal {
    /// The status of HTTP.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Form(_) | Self::Backwards => 400,
            Self::Unsigned => 403,
            Self::UnknownLog(_) => 404,
            Self::Stale(_) => 409,
            Self::Inconsistent => 422,
        }
    }
}

impl Request {
    /// As it is sent.
    #[must_use]
    pub fn encode(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
        format!("old {}\n{proof}\n{}", self.old, self.note.encode())
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`Refusal::Form`].
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > WITNESS_BODY_BYTES_MAX {
            return Err(Refusal::Form("it is too long"));
        }
        let body = std::str::from_utf8(body).map_err(|_| Refusal::Form("it is not UTF-8"))?;
        let (head, note) =
            body.split_once("\n\n").ok_or(Refusal::Form("an empty line stands before the checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(|n| n.parse::<u64>().ok().filter(|old| old.to_string() == n));
        let old = old.ok_or(Refusal::Form("its first line is `old N`"))?;
        let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok();
        let proof = lines.take(PROOF_HASHES_MAX + 1).map(hash).collect::<Option<Vec<Hash>>>();
        let proof = proof
            .filter(|proof| proof.len() <= PROOF_HASHES_MAX)
            .ok_or(Refusal::Form("a proof is at most 63 hashes in base64"))?;
        let note = Note::parse(note.as_bytes()).map_err(|_| Refusal::Form("the checkpoint is no signed note"))?;
        Ok(Self { old, proof, note })
    }
}

/// What a witness knows of one log: its key, and the checkpoint that it cosigned last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The log's key; its name is the log's origin.
    pub key: Verifier,
    /// The last checkpoint, if there was one.
    pub last: Option<Checkpoint>,
}

/// Answers a request: the checkpoint to remember, before anybody is told, and the line to answer with.
///
/// # Errors
/// [`Refusal`].
pub fn answer(
    request: &Request,
    followed: &Followed,
    signer: &Signer,
    now_s: u64,
) -> Result<(Checkpoint, String), Refusal> {
    let next = Checkpoint::parse(&request.note.text).map_err(|_| Refusal::Form("the note is no checkpoint"))?;
    if next.origin != followed.key.name() {
        return Err(Refusal::UnknownLog(next.origin));
    }
    request.note.signed_by(&followed.key).map_err(|_| Refusal::Unsigned)?;
    let nothing = crate::merkle::root(&[]);
    let (size, root) = followed.last.as_ref().map_or((0, &nothing), |last| (last.size, &last.root));
    if request.old > next.size {
        return Err(Refusal::Backwards);
    }
    if request.old != size {
        return Err(Refusal::Stale(size));
    }
    if !is_beginning((size, root), (next.size, &next.root), &request.proof) {
        return Err(Refusal::Inconsistent);
    }
    let line = signer.cosign(&request.note.text, now_s).line();
    Ok((next, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{consistency, leaf, root};

    #[test]
    fn one_history_is_cosigned_and_a_second_is_not() {
        let (log, signer) =
            (Signer::new("log.example", &[1; 32]).unwrap(), Signer::new("w.example", &[2; 32]).unwrap());
        let leaves: Vec<_> = (0..9u32).map(|n| leaf(&n.to_le_bytes())).collect();
        let mut forked = leaves.clone();
        forked[3] = leaf(b"other");
        let ask = |leaves: &[Hash], old: usize, new: usize| {
            let checkpoint = Checkpoint { origin: "log.example".into(), size: new as u64, root: root(&leaves[..new]) };
            let request = Request {
                old: old as u64,
                proof: consistency(&leaves[..new], old),
                note: log.sign(&checkpoint.text()),
            };
            Request::parse(request.encode().as_bytes()).unwrap()
        };
        let mut followed = Followed { key: log.verifier(), last: None };
        let (last, line) = answer(&ask(&leaves, 0, 5), &followed, &signer, 99).unwrap();
        let mut note = ask(&leaves, 0, 5).note;
        note.signatures.push(crate::note::Signature::parse(line.trim_end()).unwrap());
        assert_eq!(note.cosigned_by(&signer.witness()), Ok(99));
        followed.last = Some(last);
        assert!(answer(&ask(&leaves, 5, 5), &followed, &signer, 100).is_ok());
        assert_eq!(answer(&ask(&leaves, 4, 9), &followed, &signer, 100), Err(Refusal::Stale(5)));
        assert_eq!(answer(&ask(&forked, 5, 9), &followed, &signer, 100), Err(Refusal::Inconsistent));
        assert_eq!(answer(&ask(&forked, 5, 5), &followed, &signer, 100), Err(Refusal::Inconsistent));
        assert!(answer(&ask(&leaves, 5, 9), &followed, &signer, 100).is_ok());
        let mut unsigned = ask(&leaves, 5, 9);
        unsigned.note.signatures[0].bytes[9] ^= 1;
        assert_eq!(answer(&unsigned, &followed, &signer, 100), Err(Refusal::Unsigned));
        let mut backwards = ask(&leaves, 5, 9);
        backwards.old = 10;
        assert_eq!(answer(&backwards, &followed, &signer, 100), Err(Refusal::Backwards));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for bad in ["", "old 1", "old -1\n\n", "old 1\nAAAA\n\na\n1\nx\n\n— a AAAAAAAAAAAA\n", "new 1\n\n"] {
            assert!(matches!(Request::parse(bad.as_bytes()), Err(Refusal::Form(_))), "{bad:?}");
        }
        assert!(Request::parse(&vec![b'a'; 1 << 20]).is_err());
    }
}
