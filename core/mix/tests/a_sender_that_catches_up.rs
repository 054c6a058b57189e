//! A sender that catches up with its own clock sends 5 % more than real time for many seconds, as ffmpeg does after a lag.

mod sim;

use sim::{RATE, Story, tone};

/// Words of a second, each followed by a pause of 0.3 s with a room's noise in it.
const WORD: u64 = 48_000;
const CYCLE: u64 = 62_400;

fn words(i: u64) -> f32 {
    let within = i % CYCLE;
    let ramp = (within.min(WORD.saturating_sub(within)) as f32 / 240.0).min(1.0);
    tone(300.0, 0.001)(i) + ramp * tone(1000.0, 0.5)(i)
}

/// Lengths in samples of the words in a sound, but for the first and the last.
fn lengths(sound: &[f32]) -> Vec<usize> {
    let mut found = Vec::new();
    let (mut began, mut last) = (None, 0);
    for (i, _) in sound.iter().enumerate().filter(|(_, x)| x.abs() > 0.1) {
        if began.is_none() || i - last > 2400 {
            found.extend(began.map(|b| last - b));
            began = Some(i);
        }
        last = i;
    }
    found.drain(..1);
    found
}

#[test]
fn words_stay_whole_and_pauses_are_shortened() {
    let mut story = Story::new(words);
    story.ppm = 50_000.0;
    story.run(100, |_, _, _| {});
    let mut most = 0;
    let mut sound = Vec::new();
    story.run(1500, |story, frame, _| {
        most = most.max(story.voice.stats().delay.as_millis());
        sound.extend_from_slice(frame);
    });
    let stats = story.voice.stats();
    println!("{stats:?}, at most {most} ms behind");
    for length in lengths(&sound) {
        let seconds = length as f64 / RATE;
        assert!((0.985..=1.005).contains(&seconds), "a word of {seconds} s");
    }
    assert!(most < 160, "{most} ms behind");
    assert_eq!((stats.lost, stats.late, stats.concealed_samples), (0, 0, 0));
    // 5 % of 30 s, but for what the pace takes.
    assert!((1.2..=1.5).contains(&(stats.left_out_samples as f64 / RATE)), "{stats:?}");
    let steepest = sim::steepest(&sound);
    assert!(steepest < 0.5 * 0.131 * 1.05, "a click of {steepest}");
}
