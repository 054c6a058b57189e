//! A bad network: 5 % of packets are lost at random, the others come 0 to 30 ms late and so out of order, some twice.

mod sim;

use sim::{Random, Story, find_clicks, fit, residue_db, tone};

/// Delays between 20 and 50 ms; of 1,000 packets `lost` are lost and `twice` come twice.
fn bad_network(seed: u64, lost: u64, twice: u64) -> impl FnMut(u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    move |_| match random.next() % 1000 {
        n if n < lost => vec![],
        n if n < lost + twice => vec![0.020 + 0.030 * random.part(), 0.020 + 0.2 * random.part()],
        _ => vec![0.020 + 0.030 * random.part()],
    }
}

#[test]
fn only_lost_packets_are_concealed() {
    for seed in 1..=5 {
        let mut story = Story::new(tone(1000.0, 0.5));
        story.network = Box::new(bad_network(seed, 50, 0));
        story.ppm = 150.0;
        story.run(30_000, |_, _, _| {});
        let stats = story.voice.stats();
        println!("{stats:?}");
        let lost = story.made - stats.received;
        assert!(stats.lost.abs_diff(lost) <= 3 + stats.late, "{lost} lost: {stats:?}");
        assert!(stats.late < 15, "late at most 1 in 2,000 packets once the jitter is known: {stats:?}");
        let concealed = stats.concealed_samples / 960;
        assert!(concealed.abs_diff(lost) < 30, "{concealed} packets concealed, {lost} lost");
        assert!(stats.delay_target.as_millis() < 70, "{stats:?}");
    }
}

#[test]
fn loss_of_a_steady_tone_cannot_be_heard() {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.network = Box::new(bad_network(7, 50, 0));
    story.run(250, |_, _, _| {});
    let sound = story.record(2000);
    let worst =
        sound.chunks_exact(960).map(|b| fit(b, 1000.0)).map(|(p, r)| 10.0 * (r / p).log10()).fold(-200.0, f64::max);
    println!("residue {} dB, worst tick {worst} dB", residue_db(&sound, 1000.0));
    assert!(worst < -30.0, "{worst} dB");
}

#[test]
fn the_delay_is_constant() {
    let mut story = Story::new(sim::clicks);
    story.network = Box::new(bad_network(3, 0, 0));
    story.ppm = -200.0;
    story.run(1000, |_, _, _| {});
    let start = story.now();
    let sound = story.record(15_000);
    let delays: Vec<f64> = find_clicks(&sound, start)
        .iter()
        .map(|at| (0..=400).map(|s| at - story.spoken(s * 48_000)).filter(|d| *d >= 0.0).fold(1.0, f64::min))
        .map(|delay| delay * 1000.0)
        .collect();
    let (least, most) = delays.iter().fold((1e9f64, 0.0f64), |(a, b), d| (a.min(*d), b.max(*d)));
    println!("{least:.2} to {most:.2} ms");
    assert!(most - least < 8.0, "{least} to {most} ms");
}

#[test]
fn duplicates_are_counted_and_change_nothing() {
    let mut once = Story::new(tone(1000.0, 0.5));
    let mut twice = Story::new(tone(1000.0, 0.5));
    once.network = Box::new(|n| vec![0.02 + (n % 3) as f64 * 0.005]);
    twice.network = Box::new(|n| vec![0.02 + (n % 3) as f64 * 0.005, 0.02 + (n % 7) as f64 * 0.05]);
    assert!(once.record(1000) == twice.record(1000), "copies were heard");
    let stats = twice.voice.stats();
    assert_eq!((stats.lost, stats.late), (0, 0));
    assert!(stats.duplicates > 900, "{stats:?}");
}

#[test]
fn a_long_loss_fades_to_exactly_nothing_and_back() {
    let mut story = Story::new(tone(1000.0, 0.5));
    story.network = Box::new(|n| if (100..150).contains(&n) { vec![] } else { vec![0.02] });
    let mut silent = 0;
    let mut concealed = 0;
    let mut all = Vec::new();
    story.run(300, |_, frame, heard| {
        silent += u32::from(!heard.contributes);
        concealed += u32::from(heard.concealed);
        assert_eq!(heard.contributes, frame.iter().any(|x| *x != 0.0));
        all.extend_from_slice(frame);
    });
    // 1 s is lost: 120 ms are made up, the rest is silent; at the start the first packet is on its way.
    assert!((42..=50).contains(&silent), "{silent}");
    assert!((6..=8).contains(&concealed), "{concealed}");
    let steepest = sim::steepest(&all);
    assert!(steepest < 0.5 * 0.131 * 1.05, "a click of {steepest}");
}
