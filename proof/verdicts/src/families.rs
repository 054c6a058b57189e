//! Families of events, each with what it truly is. Weights are fitted on those that tune (`verdicts fit`) and on nothing else;
//! those of [`HELD_OUT`] are only judged.

use hustings_evidence::verdict::Verdict;
use hustings_evidence::{Count, Features, Gauge};

use crate::attacks::{ATTACKS, Attack};
use crate::scene::{People, Scene};

/// A family of events.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    /// What it truly is.
    pub(crate) truth: Verdict,
    /// It tunes nothing.
    pub(crate) held_out: bool,
    /// Makes one, for so many listeners.
    pub(crate) make: Box<dyn Fn(u64, f64) -> Vec<Features>>,
}

/// The families that no weight was fitted on, by name; what is here `in a crowd`, too, is held out with it.
/// A family whose outcome has changed a term or its own scene is not held out any more: held reloads, counter inflation, SYN floods and
/// a crowd behind a cache once were.
pub(crate) const HELD_OUT: &[&str] = &[
    "impatient, reloading",
    "a stadium behind eight addresses",
    "a school: one address, one kind of device",
    "all by LL-HLS",
    "bad lines",
    "everybody comes back after a cut",
    "TLS handshake flood",
    "slow readers",
    "passwords tried",
    "malformed and oversized bodies",
    "API flood",
    "HTTP/2 frames without end",
    "descriptors are used up",
    "the log's disk is full",
    "no process serves the audience",
    "the clock is set",
    "sound that is asked for does not come",
    "the line is cut",
    "a network of many listeners goes",
];

fn is_held_out(name: &str) -> bool {
    HELD_OUT.contains(&name)
}

/// Minutes of an event.
const MINUTES: i64 = 10;
/// The minute of the announced start.
const START: i64 = 4;
/// The minute in which what goes wrong begins.
const WRONG: i64 = 5;

/// A crowd: its name, how its people behave, whether its start was announced, and how it comes over the minutes.
type Crowd = (&'static str, People, bool, fn(i64) -> f64);

const CROWDS: &[Crowd] = &[
    ("announced start", People::USUAL, true, announced),
    ("shared link, no announcement", People { kinds: 30, ..People::USUAL }, false, flash),
    ("phones behind carriers", People { carried: 0.95, hls: 0.5, kinds: 20, ..People::USUAL }, true, announced),
    ("pages that are open, and few press listen", People { listens: 0.05, ..People::USUAL }, true, announced),
    ("impatient, reloading", People { reloads: 4.0, stays: 0.65, ..People::USUAL }, true, announced),
    ("a stadium behind eight addresses", People { addresses: 8, kinds: 25, ..People::USUAL }, true, announced),
    ("a school: one address, one kind of device", People { addresses: 1, kinds: 1, ..People::USUAL }, true, announced),
    ("all by LL-HLS", People { hls: 1.0, ..People::USUAL }, true, announced),
    ("bad lines", People { lost: 0.12, served: 0.9, stays: 0.7, ..People::USUAL }, true, announced),
    ("everybody comes back after a cut", People { reloads: 1.0, ..People::USUAL }, false, again),
    ("behind a cache", People { addresses: 16, passed_on: true, ..People::USUAL }, true, announced),
];

/// Before an announced start most come in the minutes around it ("hundreds of thousands of users trying to join a program in
/// the first few minutes of a live broadcast": Liu and others, "Understanding the Flash Crowd in P2P Live Video Streaming
/// Systems", 2009). Shares of the whole audience.
fn announced(minute: i64) -> f64 {
    [0.03, 0.06, 0.12, 0.22, 0.28, 0.14, 0.07, 0.04, 0.02, 0.02][minute as usize]
}

/// A link that is passed on: steep growth, slow decay.
fn flash(minute: i64) -> f64 {
    [0.01, 0.02, 0.08, 0.30, 0.22, 0.14, 0.09, 0.06, 0.05, 0.03][minute as usize]
}

/// A quiet evening, and then all at once.
fn again(minute: i64) -> f64 {
    [0.1, 0.05, 0.02, 0.01, 0.01, 0.60, 0.12, 0.04, 0.03, 0.02][minute as usize]
}

fn distance(announced: bool, minute: i64) -> Option<i64> {
    announced.then_some(minute - START)
}

fn crowd((_, people, is_announced, curve): Crowd, seed: u64, audience: f64) -> Vec<Features> {
    let mut scene = Scene::new(seed);
    let swing = scene.dice.between(0.7, 1.3);
    let minute = |minute| {
        scene.people(audience * swing * curve(minute), &people);
        scene.minute(distance(is_announced, minute))
    };
    (0..MINUTES).map(minute).collect()
}

/// An audience that is there already, and an attack on it.
fn attacked(attack: &'static Attack, seed: u64, audience: f64, with_crowd: bool) -> Vec<Features> {
    let mut scene = Scene::new(seed);
    let strength = scene.dice.scale(1.0, 20.0);
    let lasts = 2 + (scene.dice.next() % 3) as i64;
    // Attackers know the announced start as well as anybody: half of them come then.
    let from_start = if with_crowd || scene.dice.is(0.5) { -START } else { 30 };
    let minute = |minute| {
        // A pure attack meets an audience that is there already.
        let coming = if with_crowd {
            announced(minute)
        } else if minute == 0 {
            0.6
        } else {
            0.01
        };
        scene.people(audience * coming, &People::USUAL);
        if (WRONG - i64::from(with_crowd)..).contains(&minute) && minute < WRONG + lasts {
            (attack.strike)(&mut scene, audience, strength);
        }
        scene.minute(Some(minute + from_start))
    };
    let minutes: Vec<_> = (0..MINUTES).map(minute).collect();
    // The minute in which that audience came is a crowd, and not part of what is judged.
    minutes.into_iter().skip(usize::from(!with_crowd)).collect()
}

/// Something else goes wrong, from the middle of a settled evening on.
fn disturbed(disturb: fn(&mut Scene), seed: u64, audience: f64) -> Vec<Features> {
    let mut scene = Scene::new(seed);
    let minute = |minute| {
        scene.people(audience * if minute == 0 { 0.6 } else { 0.02 }, &People::USUAL);
        if (WRONG..WRONG + 3).contains(&minute) {
            disturb(&mut scene);
        }
        scene.minute(Some(minute + 30))
    };
    let minutes: Vec<_> = (0..MINUTES).map(minute).collect();
    minutes.into_iter().skip(1).collect()
}

type Disturbance = (&'static str, Verdict, fn(&mut Scene));

const DISTURBANCES: &[Disturbance] = &[
    ("the stage is starved of CPU", Verdict::OwnFault, |scene| {
        let (late, delay) = (scene.dice.scale(300.0, 2500.0), scene.dice.scale(30_000.0, 500_000.0));
        let cpu = scene.dice.between(900.0, 1000.0);
        scene.gauges.extend([
            (Gauge::LateTicks, late as i64),
            (Gauge::QueueDelay, delay as i64),
            (Gauge::Cpu, cpu as i64),
        ]);
    }),
    ("a process dies again and again", Verdict::OwnFault, |scene| {
        let restarts = 1 + scene.dice.next() % 5;
        let gone = scene.dice.of(scene.listening as u64, 0.3);
        scene.gauges.insert(Gauge::Restarts, restarts as i64);
        scene.people(gone as f64, &People { reloads: 2.0, ..People::USUAL });
    }),
    ("descriptors are used up", Verdict::OwnFault, |scene| {
        let refused = scene.dice.scale(20.0, 2000.0) as u64;
        scene.sketch.count(Count::ConnectionsRefused, refused);
        scene.gauges.insert(Gauge::Descriptors, 985 + (scene.dice.next() % 15) as i64);
    }),
    ("the log's disk is full", Verdict::OwnFault, |scene| {
        scene.gauges.insert(Gauge::LogFaults, 1);
    }),
    ("no process serves the audience", Verdict::OwnFault, |scene| {
        let healthy = scene.dice.between(0.0, 550.0);
        scene.gauges.insert(Gauge::AudienceHealth, healthy as i64);
    }),
    ("the clock is set", Verdict::OwnFault, |scene| {
        let step = scene.dice.scale(2500.0, 3_600_000.0);
        scene.gauges.insert(Gauge::ClockStep, step as i64);
    }),
    ("sound that is asked for does not come", Verdict::OwnFault, |scene| {
        let coming = scene.sketch.of(Count::FirstAudio);
        scene.sketch.count(Count::Unavailable, 20 + 2 * coming);
    }),
    ("the transit loses packets", Verdict::Upstream, |scene| {
        let lost = scene.dice.between(220.0, 500.0);
        scene.gauges.insert(Gauge::Retransmitted, lost as i64);
    }),
    ("the line is cut", Verdict::Upstream, |scene| {
        let silent = scene.dice.between(18.0, 60.0);
        let gone = scene.dice.of(scene.listening as u64, 0.6);
        scene.sketch.count(Count::Vanished, gone);
        scene.gauges.insert(Gauge::LineSilent, silent as i64);
    }),
    ("a network of many listeners goes", Verdict::Upstream, |scene| {
        let part = scene.dice.between(0.5, 0.8);
        let gone = scene.dice.of(scene.listening as u64, part);
        scene.sketch.count(Count::Vanished, gone);
        scene.listening -= gone as f64;
    }),
];

/// All families.
pub(crate) fn all() -> Vec<Family> {
    let crowds = CROWDS.iter().map(|crowd_| Family {
        name: crowd_.0,
        truth: Verdict::Crowd,
        held_out: is_held_out(crowd_.0),
        make: Box::new(move |seed, audience| crowd(*crowd_, seed, audience)),
    });
    let attacks = ATTACKS.iter().map(|attack| Family {
        name: attack.name,
        truth: Verdict::Attack,
        held_out: is_held_out(attack.name),
        make: Box::new(move |seed, audience| attacked(attack, seed, audience, false)),
    });
    let mixtures = ATTACKS.iter().map(|attack| Family {
        name: attack.in_a_crowd,
        truth: Verdict::Both,
        held_out: is_held_out(attack.name),
        make: Box::new(move |seed, audience| attacked(attack, seed, audience, true)),
    });
    let others = DISTURBANCES.iter().map(|(name, truth, disturb)| Family {
        name,
        truth: *truth,
        held_out: is_held_out(name),
        make: Box::new(move |seed, audience| disturbed(*disturb, seed, audience)),
    });
    crowds.chain(attacks).chain(mixtures).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_that_is_held_out_is_there_and_every_truth_has_some_that_tune() {
        let all = all();
        for name in HELD_OUT {
            assert!(all.iter().any(|family| family.name == *name && family.held_out), "{name}");
        }
        for truth in &Verdict::ALL[..5] {
            let of = |held_out| all.iter().filter(|f| f.truth == *truth && f.held_out == held_out).count();
            assert!(of(true) > 0 && of(false) > 0, "{}", truth.name());
        }
    }
}
