//! Frames of the link between the stage and its edges: what is read is written again as it was.
#![no_main]

use bytes::Bytes;
use hustings_link::wire;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((head, rest)) = data.split_first_chunk() else { return };
    // The head is a frame's, or names the direction of a body that follows.
    if let Ok(len) = wire::body_len(*head) {
        assert!(len <= hustings_vocab::limits::LINK_FRAME_BYTES_MAX);
    }
    let body = Bytes::copy_from_slice(rest);
    let mut again = Vec::new();
    if let Ok(message) = wire::to_edge(body.clone()) {
        wire::put_to_edge(&message, &mut again).expect("what came in a frame fits one");
        let second = wire::to_edge(Bytes::copy_from_slice(&again[wire::HEAD_BYTES..])).expect("it was written here");
        assert_eq!(format!("{message:?}"), format!("{second:?}"));
    }
    again.clear();
    if let Ok(message) = wire::from_edge(body) {
        wire::put_from_edge(&message, &mut again).expect("what came in a frame fits one");
        let second = wire::from_edge(Bytes::copy_from_slice(&again[wire::HEAD_BYTES..])).expect("it was written here");
        assert_eq!(message, second);
    }
});
