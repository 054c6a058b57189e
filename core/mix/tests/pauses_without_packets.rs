//! A sender that sends nothing while nobody speaks (DTX): silence, not loss, and nothing clicks.

mod sim;

use sim::{Speaks, Story, find_clicks, tone};

/// Speaks for 100 packets, pauses for 100 with a reminder every 20.
fn in_turns(packet: u64) -> Speaks {
    match packet % 200 {
        0..100 => Speaks::Sound,
        n if n % 20 == 0 => Speaks::PauseBegins,
        _ => Speaks::Pauses,
    }
}

#[test]
fn pauses_are_silent_and_nothing_is_lost() {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.speaks = Box::new(in_turns);
    let mut silent = 0;
    let mut all = Vec::new();
    story.run(2000, |_, frame, heard| {
        silent += u32::from(!heard.contributes);
        assert!(!heard.concealed);
        assert_eq!(heard.dbov == 127, !heard.contributes);
        all.extend_from_slice(frame);
    });
    let stats = story.voice.stats();
    assert_eq!((stats.lost, stats.late, stats.concealed_samples), (0, 0, 0), "{stats:?}");
    assert!((960..=1010).contains(&silent), "{silent}");
    assert!(sim::steepest(&all) < 0.5 * 0.131 * 1.05);
}

#[test]
fn after_a_pause_the_delay_is_what_it_was() {
    let mut story = Story::new(sim::clicks);
    story.speaks = Box::new(in_turns);
    let start = story.now();
    let sound = story.record(3000);
    let heard = find_clicks(&sound, start);
    assert_eq!(heard.len(), 30, "two clicks in each turn of 2 s");
    for at in &heard[1..] {
        let delay = at - at.floor();
        assert!((0.060..0.075).contains(&delay), "{delay}");
    }
}

#[test]
fn a_hung_up_line_fades_and_contributes_nothing() {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.speaks = Box::new(|packet| if packet < 100 { Speaks::Sound } else { Speaks::Pauses });
    let mut last = 0;
    let sound = {
        let mut all = Vec::new();
        story.run(500, |s, frame, heard| {
            if heard.contributes {
                last = s.ticks;
            }
            all.extend_from_slice(frame);
        });
        all
    };
    assert!((105..=112).contains(&last), "{last}");
    assert!(sim::steepest(&sound) < 0.5 * 0.131 * 1.05);
}
