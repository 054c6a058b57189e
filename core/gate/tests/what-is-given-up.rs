//! What the gate itself gives up under pressure: newcomers hear a lower bitrate, then come in at a cheaper tier, then wait; and all
//! of it comes back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

use std::time::{Duration, Instant};

use hustings_gate::{Decision, Gate, Holder, Keys, Limits, Rung, Seen, Stage, Tier, Wanted};
use hustings_vocab::Slug;

const NOW_S: u64 = 1_800_000_000;

#[test]
fn newcomers_hear_less_then_come_in_cheaper_then_wait_and_it_all_comes_back() {
    let slug: Slug = "talk".parse().unwrap();
    let wanted = Wanted { listeners: Some(100), joins_per_second: Some(1000.0), line_bits: None };
    let start = Instant::now();
    let mut gate = Gate::new(Limits::of(&wanted, None), Keys::of(&[7; 32], NOW_S), start);
    gate.open(slug.clone(), None, start);
    let mut n = 0;
    let mut under = |gate: &mut Gate, delay_ms: u64, ticks: u32| {
        let mut now = start;
        for _ in 0..ticks {
            n += 1;
            now = start + Duration::from_millis(250) * n;
            gate.tick(&Seen { delay: Duration::from_millis(delay_ms), ..Seen::default() }, now);
        }
        gate.ask(&slug, Tier::Whep, Holder::of(&format!("somebody who comes, {n}")), NOW_S, now)
    };
    let Decision::Admit(entry) = under(&mut gate, 2, 4) else { panic!("there is room") };
    assert_eq!((entry.rung, entry.ticket.tier, gate.gives_up()), (Rung::Full, Tier::Whep, Stage::Nothing));
    let Decision::Admit(entry) = under(&mut gate, 17, 1) else { panic!("there is room") };
    assert_eq!((entry.rung, entry.ticket.tier, gate.gives_up()), (Rung::Middle, Tier::Whep, Stage::Bitrate));
    assert_eq!(gate.cap().all, Rung::Full, "those inside lose nothing of it");
    let Decision::StepDown(entry) = under(&mut gate, 19, 1) else { panic!("there is room") };
    assert_eq!((entry.rung, entry.ticket.tier, gate.gives_up()), (Rung::Middle, Tier::Stream, Stage::Tier));
    // What a stream costs here was not measured against HLS: who asks for one gets it.
    let now = start + Duration::from_secs(60);
    let asks = gate.ask(&slug, Tier::Stream, Holder::of("somebody who asks for a stream"), NOW_S, now);
    assert!(matches!(asks, Decision::Admit(_)), "{asks:?}");
    under(&mut gate, 400, 30);
    assert_eq!(gate.gives_up(), Stage::Newcomers);
    assert_eq!(gate.room(Tier::Stream), 0, "work still waits, though hardly anybody comes in");
    let back = under(&mut gate, 1, 100);
    assert_eq!((gate.gives_up(), gate.cap().newcomers), (Stage::Nothing, Rung::Full));
    assert!(matches!(back, Decision::Admit(_) | Decision::Wait(_)), "{back:?}");
}
