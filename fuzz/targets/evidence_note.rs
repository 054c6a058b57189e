//! Any bytes as a signed note, a key, a checkpoint and a request to a witness: what is read is what is written.
#![no_main]

use hustings_evidence::note::{Checkpoint, Note, Verifier};
use hustings_evidence::witness::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.encode().as_bytes(), bytes);
        if let Ok(checkpoint) = Checkpoint::parse(&note.text) {
            assert_eq!(Checkpoint::parse(&checkpoint.text()), Ok(checkpoint));
        }
    }
    if let Ok(request) = Request::parse(bytes) {
        assert_eq!(Request::parse(request.encode().as_bytes()), Ok(request));
    }
    if let Ok(key) = std::str::from_utf8(bytes).map_err(|_| ()).and_then(|text| Verifier::parse(text).map_err(|_| ())) {
        assert_eq!(Verifier::parse(&key.encode()), Ok(key));
    }
});
