//! The first bytes of a connection: what the engine takes them for does not depend on how they came.
#![no_main]

use hustings_engine::{Recognised, recognise};
use hustings_vocab::limits::REQUEST_HEAD_BYTES_MAX;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let whole = recognise(data);
    let head = match whole {
        Recognised::More => {
            assert!(data.len() < REQUEST_HEAD_BYTES_MAX, "what is not whole by then is refused");
            return;
        }
        Recognised::Hls(length) => {
            assert!((1..=data.len()).contains(&length) && length <= REQUEST_HEAD_BYTES_MAX);
            assert!(data[..length].ends_with(b"\n"), "a head ends with an empty line");
            assert_eq!(recognise(&data[..length]), whole, "what follows a head does not change it");
            &data[..length]
        }
        Recognised::Stream | Recognised::Events => data,
        Recognised::Other => return,
    };
    // Nothing is answered before it was asked.
    for end in [0, head.len() / 2, head.len() - 1] {
        assert_eq!(recognise(&head[..end]), Recognised::More, "of {} bytes {end}", head.len());
    }
});
