//! A sender begins anew: other sequence numbers, other times, or the end of the number space.

mod sim;

use sim::{Story, tone};

fn heard_again(change: impl Fn(&mut Story)) -> (u64, hustings_mix::VoiceStats) {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.run(200, |_, _, _| {});
    change(&mut story);
    let mut sounding = 0;
    let mut all = Vec::new();
    story.run(100, |_, frame, heard| {
        sounding += u64::from(heard.contributes);
        all.extend_from_slice(frame);
    });
    assert!(sim::steepest(&all) < 0.5 * 0.131 * 1.05, "a click of {}", sim::steepest(&all));
    (100 - sounding, story.voice.stats())
}

#[test]
fn other_numbers_and_times_are_followed_within_a_tenth_of_a_second() {
    for (seq, rtp_time) in [
        (50_000, 5_000_000 + 200 * 960),
        (3, 77),
        (1 << 40, 1 << 50),
        (u64::MAX - 3, u64::MAX - 960 * 20),
        (1201, 1 << 33),
        (1150, 12),
    ] {
        let (silent, stats) = heard_again(|story| (story.seq, story.rtp_time) = (seq, rtp_time));
        println!("{seq} {rtp_time}: {silent} {stats:?}");
        assert!(silent <= 5, "{seq} {rtp_time}: {silent} silent ticks");
        assert_eq!(stats.restarts, 1, "{seq} {rtp_time}");
    }
}

#[test]
fn numbers_that_go_back_a_little_with_times_that_go_on_are_followed_too() {
    let (silent, stats) = heard_again(|story| story.seq -= 60);
    assert!(silent <= 35, "{silent}");
    assert_eq!(stats.restarts, 1);
}

#[test]
fn the_end_of_the_number_space_is_crossed_without_notice() {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.seq = u64::MAX - 50;
    story.rtp_time = u64::MAX - 960 * 70;
    story.run(10, |_, _, _| {});
    story.run(200, |_, _, heard| assert!(heard.contributes && !heard.concealed));
    let stats = story.voice.stats();
    assert_eq!((stats.lost, stats.late, stats.restarts, stats.out_of_line), (0, 0, 0, 0));
}

#[test]
fn a_replaced_line_begins_at_once_and_does_not_click() {
    let (silent, _) = heard_again(|story| {
        story.voice.reset();
        (story.seq, story.rtp_time) = (9, 9);
    });
    assert!(silent <= 3, "{silent}");
}

#[test]
fn muting_fades_and_a_muted_voice_contributes_nothing() {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.run(50, |_, _, _| {});
    story.voice.set_muted(true);
    let mut all = story.record(1);
    story.run(50, |_, _, heard| assert!(!heard.contributes));
    story.voice.set_muted(false);
    all.extend([0.0; 960]);
    all.extend(story.record(10));
    assert!(sim::steepest(&all) < 0.5 * 0.131 * 1.05);
    story.run(1, |_, _, heard| assert!(heard.contributes));
}
