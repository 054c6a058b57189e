//! On a network without jitter, what arrives is played within 40 ms, whatever the packets' length.

mod sim;

use sim::{Story, clicks, find_clicks};

#[test]
fn what_arrives_is_played_within_forty_milliseconds() {
    for packet_samples in [120, 480, 960] {
        let mut story = Story::new(clicks);
        story.packet_samples = packet_samples;
        let start = story.now();
        let sound = story.record(1000);
        let packet = packet_samples as f64 / 48_000.0;
        for (i, at) in find_clicks(&sound, start).iter().enumerate() {
            // A click begins a packet, which arrives when it is complete and has crossed the network in 20 ms.
            let second = (*at - packet - 0.020).floor();
            let delay = at - second - packet - 0.020;
            println!("{packet_samples}: click {i} after {:.1} ms", delay * 1000.0);
            assert!((0.0..0.040).contains(&delay), "{packet_samples}: click {i} after {delay} s");
        }
    }
}
