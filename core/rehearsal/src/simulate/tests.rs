//! Simulated events of sizes that can be reckoned by hand.

use std::collections::BTreeMap;

use hustings_gate::{Machine, TierModel};

use super::*;

/// A machine that carries 1,000 listeners and lets 100 come in a second.
fn model() -> Model {
    let stream = TierModel {
        cpu_us_per_listener_second: 50.0,
        standing: vec![],
        cpu_us_per_join: 400.0,
        joining: vec![],
        joins_per_second_at_knee: 100.0,
        listeners_at_knee: 1000,
        line_bits_per_listener: 104_000.0,
    };
    Model {
        version: 1,
        measured_ms: 0,
        program: "0".into(),
        machine: Machine { cpu: "x".into(), cores_percent: 100, memory_mib: 1000, descriptors: 1000 },
        tiers: BTreeMap::from([(Tier::Stream, stream)]),
        line_bits_per_second: None,
        polls_per_second: Some(1000.0),
    }
}

fn scenario(listeners: u64, seconds: u64, nodes: u32) -> Scenario {
    Scenario {
        listeners,
        ramp: Duration::from_secs(seconds),
        arrivals: Arrivals::Even,
        nodes,
        line_bits: 1_000_000_000,
        fails_at: None,
        leave: 0.0,
        seed: 1,
    }
}

fn run(scenario: &Scenario) -> Simulated {
    let told = simulate(scenario, &model(), Instant::now(), |_| {}).unwrap();
    let accounted = told.at_once + told.after_waiting + told.still_waiting + told.refused;
    let again = if scenario.fails_at.is_some() { u64::MAX } else { scenario.listeners };
    assert!(accounted == scenario.listeners || again == u64::MAX, "{accounted} of {}", scenario.listeners);
    assert!(told.in_words().iter().all(|line| !line.contains("tested")), "it is no test");
    assert!(told.in_words()[0].starts_with("simulated"));
    told
}

#[test]
fn where_there_is_room_nobody_waits() {
    let told = run(&scenario(800, 60, 1));
    assert_eq!((told.at_once, told.hearing_max, told.glitch_seconds), (800, 800, 0));
    assert_eq!(told.needs.nodes_for_listeners, 1);
}

#[test]
fn who_comes_too_fast_waits_and_comes_in() {
    let told = run(&scenario(900, 2, 1));
    assert!(told.after_waiting > 500 && told.still_waiting == 0, "{} {}", told.after_waiting, told.still_waiting);
    assert_eq!(told.first_audio_ms.unwrap().count, 900, "everybody who was let in hears");
    // 900 at 92 a second take ten seconds, and a poll on top.
    let waited = told.queue_ms.unwrap();
    assert!((2000.0..40_000.0).contains(&waited.p95), "{waited:?}");
    assert_eq!(told.glitch_seconds, 0);
}

#[test]
fn beyond_what_a_node_carries_nobody_is_let_in_and_nobody_glitches() {
    let told = run(&scenario(5000, 30, 2));
    assert!((1700..=1900).contains(&told.hearing_max), "{}", told.hearing_max);
    assert_eq!((told.still_waiting, told.glitch_seconds), (5000 - told.hearing_max, 0));
    assert_eq!(told.needs.nodes_for_listeners, 6);
}

#[test]
fn a_node_that_dies_leaves_its_people_to_the_others() {
    let told = run(&Scenario { fails_at: Some(Duration::from_secs(20)), ..scenario(1200, 30, 3) });
    let failure = told.failure.unwrap();
    assert!((200..320).contains(&failure.cut_off), "{failure:?}");
    assert_eq!(failure.silent, 0);
    assert!(failure.again_ms.unwrap().max < 60_000.0, "{failure:?}");
}

#[test]
fn the_same_seed_is_the_same_event() {
    let one = Scenario { leave: 0.5, ..scenario(3000, 20, 2) };
    assert_eq!(run(&one), run(&one));
    assert_ne!(run(&one), run(&Scenario { seed: 2, ..one }));
}

#[test]
fn what_cannot_be_is_refused() {
    let start = Instant::now();
    let refused = |scenario: &Scenario| simulate(scenario, &model(), start, |_| {}).unwrap_err();
    assert_eq!(refused(&scenario(0, 1, 1)), BadScenario::Size);
    assert_eq!(refused(&scenario(1, 1, 0)), BadScenario::Size);
    let alone = Scenario { fails_at: Some(Duration::ZERO), ..scenario(10, 1, 1) };
    assert_eq!(refused(&alone), BadScenario::LastNode);
}
