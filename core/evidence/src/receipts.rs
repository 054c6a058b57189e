//! Receipts: what a listener keeps, by which they can show later that the log counted them.
//!
//! A receipt is a secret of 16 bytes. Its commitment, a hash of it with the conversation and the minute, goes into that
//! minute's record: not by itself, but by the root of a Merkle tree over all commitments of the minute, in order. The list
//! of commitments is published beside the log. Who has the receipt finds its commitment in the list; nobody else learns anything.

use crate::hex;
use crate::json::Json;
use crate::merkle::{Hash, leaf, sha256};
use crate::tiles::root_by_tiles;

/// What a listener keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The conversation.
    pub slug: String,
    /// The minute, counted since 1970.
    pub minute: i64,
    /// The secret.
    pub secret: [u8; 16],
}

impl Receipt {
    /// What the log publishes of it.
    #[must_use]
    pub fn commitment(&self) -> Hash {
        let Self { slug, minute, secret } = self;
        sha256(format!("hustings receipt v1\n{slug}\n{minute}\n{}\n", hex::encode(secret)).as_bytes())
    }

    /// As it is given to the listener.
    #[must_use]
    pub fn encode(&self) -> String {
        let Self { slug, minute, secret } = self;
        let fields =
            [("slug", Json::text(slug)), ("minute", Json::Int(*minute)), ("secret", Json::text(&hex::encode(secret)))];
        Json::map(fields).encode()
    }

    /// Reads a receipt; `None` if it is none.
    #[must_use]
    pub fn decode(text: &[u8]) -> Option<Self> {
        let json = Json::decode(text.trim_ascii()).ok()?;
        let secret = hex::decode(json.at("secret")?.str()?)?;
        Some(Self { slug: json.at("slug")?.str()?.to_owned(), minute: json.at("minute")?.int()?, secret })
    }
}

/// The root over commitments in their order.
#[must_use]
pub fn root(commitments: &[Hash]) -> Hash {
    let leaves: Vec<_> = commitments.iter().map(|commitment| leaf(commitment)).collect();
    root_by_tiles(&leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_kept_as_text_and_commits_to_all_of_it() {
        let receipt = Receipt { slug: "talk".into(), minute: 29_000_000, secret: [9; 16] };
        assert_eq!(Receipt::decode(format!("{}\n", receipt.encode()).as_bytes()), Some(receipt.clone()));
        let other = Receipt { minute: 29_000_001, ..receipt.clone() };
        assert_ne!(receipt.commitment(), other.commitment());
        assert!(Receipt::decode(b"{}").is_none() && Receipt::decode(b"\xff").is_none());
        assert_ne!(root(&[receipt.commitment()]), root(&[other.commitment()]));
    }
}
