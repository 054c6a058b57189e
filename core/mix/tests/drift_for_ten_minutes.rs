//! A sender whose clock is off by 200 ppm speaks for ten minutes: no gap, constant delay, nothing to hear.

mod sim;

use sim::{Story, clicks, find_clicks, residue_db, tone};

#[test]
fn the_delay_stays_within_two_milliseconds() {
    for ppm in [-200.0, 200.0, 1000.0] {
        let mut story = Story::new(clicks);
        story.ppm = ppm;
        let start = story.now();
        let sound = story.record(30_000);
        let heard = find_clicks(&sound, start);
        assert!(heard.len() >= 599, "{} clicks of 600", heard.len());
        let delays: Vec<f64> = heard
            .iter()
            .map(|at| (0..=601).map(|s| at - story.spoken(s * 48_000)).filter(|d| *d >= 0.0).fold(1.0, f64::min))
            .map(|delay| delay * 1000.0)
            .collect();
        let (least, most) = delays[10..].iter().fold((1e9f64, 0.0f64), |(a, b), d| (a.min(*d), b.max(*d)));
        println!("{ppm} ppm: {least:.2} to {most:.2} ms");
        let stats = story.voice.stats();
        println!("{stats:?}");
        assert!(most - least < if ppm.abs() > 200.0 { 4.0 } else { 2.0 }, "{ppm} ppm: {least} to {most} ms");
        assert_eq!((stats.lost, stats.late, stats.concealed_samples), (0, 0, 0));
        assert!((stats.ratio_ppm - ppm).abs() < 10.0, "{ppm}: {}", stats.ratio_ppm);
    }
}

#[test]
fn a_tone_stays_clean() {
    for ppm in [-200.0, 200.0] {
        let mut story = Story::new(tone(1000.0, 0.5));
        story.ppm = ppm;
        let sound = story.record(6000);
        let residue = residue_db(&sound[480_000..], 1000.0 * (1.0 + ppm / 1e6));
        assert!(residue < -85.0, "{residue} dB");
    }
}
