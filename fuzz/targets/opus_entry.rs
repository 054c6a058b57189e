//! A speaker's packets on their way to the mixer: jitter buffer, decoder, concealment, resampler, level.
//!
//! Input: packets one after the other, each with a head of five bytes: steps of its sequence number, its timestamp (in
//! 2.5 ms) and its arrival (in ms), ticks to play before it, and its length.
#![no_main]

use std::time::Duration;

use hustings_codec::OpusDecoder;
use hustings_mix::Voice;
use hustings_vocab::TICK_SAMPLES;
use libfuzzer_sys::fuzz_target;

/// One hour of RTP before the first packet, so that steps back do not reach 0.
const START: u64 = 48_000 * 3600;

/// Bytes of an input that are used.
const BYTES_MAX: usize = 1024;

fuzz_target!(|data: &[u8]| {
    let Ok(decoder) = OpusDecoder::new() else { return };
    let mut voice = Voice::new(Box::new(decoder));
    let mut out = [0.0; TICK_SAMPLES];
    let (mut seq, mut rtp_time, mut now) = (START, START, Duration::ZERO);
    // A few seconds of packets show all that a longer line could, at many times the speed.
    let mut rest = &data[..data.len().min(BYTES_MAX)];
    while let [seq_step, time_step, arrival_step, ticks, len, tail @ ..] = rest {
        let (packet, after) = tail.split_at(tail.len().min(usize::from(*len)));
        rest = after;
        // Signed steps, mostly forward.
        seq = seq.wrapping_add_signed(i64::from(*seq_step as i8) / 8);
        rtp_time = rtp_time.wrapping_add_signed(i64::from(*time_step as i8) * 120);
        now += Duration::from_millis(u64::from(arrival_step & 0x3f));
        voice.packet(seq, rtp_time, now, packet);
        for _ in 0..ticks & 7 {
            now += Duration::from_millis(20);
            voice.tick(now, &mut out);
            // Decoded sound is held to ±2; levelling and resampling may add a little, never infinities.
            assert!(
                out.iter().all(|s| s.is_finite() && s.abs() < 64.0),
                "a hostile packet must not be heard by others"
            );
        }
        if ticks & 0xf8 == 0xf8 {
            voice.reset();
        }
    }
});
