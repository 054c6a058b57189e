//! Any bytes as a record and as a path of a tile: what is read has one text, and its finding can be computed.
#![no_main]

use hustings_evidence::json::Json;
use hustings_evidence::tiles::Tile;
use hustings_evidence::verdict::{Weights, minute, standard};
use hustings_evidence::{Features, receipts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = Json::decode(bytes) {
        assert_eq!(record.encode().as_bytes(), bytes);
        let weights = record.at("weights").and_then(Weights::read).unwrap_or_else(standard);
        if let Some(features) = record.at("features").and_then(Features::read) {
            minute(&features, &weights);
        }
    }
    if let Some(receipt) = receipts::Receipt::decode(bytes) {
        let _ = receipt.commitment();
    }
    if let Some(tile) = std::str::from_utf8(bytes).ok().and_then(Tile::parse) {
        assert_eq!(tile.path().as_bytes(), bytes);
    }
});
