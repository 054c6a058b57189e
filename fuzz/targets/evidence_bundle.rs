//! Any bytes as an evidence bundle: refused, or checked with an answer that can be written down.
#![no_main]

use hustings_evidence::json::Json;
use hustings_evidence::verify::{Trust, verify};
use hustings_evidence::{tar, tiles};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(files) = tar::read(bytes) {
        assert_eq!(tar::read(&tar::write(&files)).as_ref(), Ok(&files));
    }
    if let Some(entries) = tiles::entries(bytes) {
        let mut again = Vec::new();
        entries.into_iter().for_each(|entry| tiles::put_entry(entry, &mut again));
        assert_eq!(again, bytes);
    }
    if let Ok(report) = verify(bytes, &Trust::default()) {
        let text = report.json().encode();
        assert!(text.len() > 60_000 || Json::decode(text.as_bytes()).is_ok());
    }
});
