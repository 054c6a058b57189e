//! The network stalls for 300 ms and then delivers everything at once.

mod sim;

use sim::{Story, clicks, find_clicks, tone};

/// Packets made in the stall arrive at its end.
fn stalls(n: u64) -> Vec<f64> {
    let within = n % 3000;
    if (1000..1015).contains(&within) { vec![0.020 + (1015 - within) as f64 * 0.020] } else { vec![0.020] }
}

#[test]
fn the_delay_grows_at_once_and_comes_back_slowly() {
    let mut story = Story::new(clicks);
    story.network = Box::new(stalls);
    story.run(1000, |_, _, _| {});
    assert_eq!(story.voice.stats().delay.as_millis(), 30);
    story.run(50, |_, _, _| {});
    let stats = story.voice.stats();
    println!("{stats:?}");
    assert!((150..=210).contains(&stats.delay_target.as_millis()), "{stats:?}");
    assert!(stats.delay.as_millis() >= 90, "{stats:?}");
    let mut last = stats.delay;
    story.run(1900, |story, _, _| {
        let delay = story.voice.stats().delay;
        assert!(delay.abs_diff(last).as_micros() < 500, "no jump from {last:?} to {delay:?}");
        last = delay;
    });
    let start = story.now();
    let sound = story.record(500);
    assert_eq!(find_clicks(&sound, start).len(), 10);
    println!("{:?}", story.voice.stats());
}

#[test]
fn nothing_clicks_and_most_is_heard() {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.network = Box::new(stalls);
    let sound = story.record(1500);
    let steepest = sim::steepest(&sound);
    assert!(steepest < 0.5 * 0.131 * 1.05, "a click of {steepest}");
    let stats = story.voice.stats();
    println!("{stats:?}");
    assert!(stats.concealed_samples <= 5760 + 960, "made up for 120 ms at most: {stats:?}");
    assert!(stats.lost + stats.late <= 8, "at most half of the stall is lost: {stats:?}");
}

#[test]
fn a_second_stall_finds_the_delay_prepared() {
    let mut story = Story::new(tone(1000.0, 0.5));
    // Three stalls of 100 ms within seconds: the first is heard, the last is not.
    story.network = Box::new(|n| {
        let within = n % 200;
        if n >= 400 && within < 5 { vec![0.020 + (5 - within) as f64 * 0.020] } else { vec![0.020] }
    });
    story.run(650, |_, _, _| {});
    let before = story.voice.stats();
    println!("{before:?}");
    assert!(before.concealed_samples > 0);
    story.run(350, |_, _, _| {});
    let after = story.voice.stats();
    println!("{after:?}");
    assert!(after.concealed_samples <= before.concealed_samples + 2400, "{after:?}");
    assert!(after.delay.as_millis() >= 90, "{after:?}");
}
