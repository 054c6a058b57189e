//! The knee, step by step, against a server that is not restarted in between: each step begins when the one before has
//! calmed down.

use std::time::Duration;

use hustings_rehearsal::{Act, Event, Knee, Mix, Offered, Plan, Search, Step};
use hustings_rehearsal::{Arrivals, Chance, Leaving};

use super::load::{Load, cores};
use crate::args::Rehearse;
use crate::failure::Failure;

/// Staying shorter shows nothing: a player holds up to a second of sound.
pub(super) const HOLD_LEAST: Duration = Duration::from_secs(4);
/// The knee is known to this, as a share.
const WITHIN: f64 = 0.05;
/// Levels to begin with.
const FIRST_LISTENERS: u64 = 100;
const FIRST_JOINS: u64 = 20;
/// Seconds that a listener stays who only joins.
const STAY_S: u64 = 2;
/// Seconds in which a server calms down at most before the next step, and seconds without glitches that are calm.
const CALM_MOST_S: usize = 20;
const CALM_S: usize = 2;

/// Steps the load up and finds where goodput ends.
pub(super) async fn find(load: &mut Load, of: Offered, mix: &Mix, args: &Rehearse) -> Result<Knee, Failure> {
    let (first, most) = match of {
        Offered::Listeners => (FIRST_LISTENERS, args.listeners as u64),
        // Those who joined within their stay are there at the same time.
        Offered::JoinsPerSecond => (FIRST_JOINS, (args.listeners as u64 / (STAY_S + 1)).max(1)),
    };
    let bars = super::bars(args);
    let (mut search, mut steps) = (Search::new(first, most, WITHIN), Vec::new());
    while let Some(level) = search.next() {
        let step = match of {
            Offered::Listeners => stand(load, level, mix, args).await?,
            Offered::JoinsPerSecond => join(load, level, mix, args).await?,
        };
        if load.is_stopped() {
            break;
        }
        let step = step.judged(&bars);
        search.found(level, step.good);
        load.say(&in_words(of, &step));
        steps.push(step);
    }
    empty(load).await?;
    Ok(search.knee(of, bars, steps))
}

/// So many listen.
async fn stand(load: &mut Load, level: u64, mix: &Mix, args: &Rehearse) -> Result<Step, Failure> {
    let doing = format!("{level} listeners");
    // After too much, fewer first: who is inside must be well before more come.
    let inside = present(load);
    if inside > level {
        leave(load, inside - level, &doing).await?;
    }
    calm(load, &doing).await?;
    let from = load.seconds.len();
    let missing = level.saturating_sub(present(load));
    if missing > 0 {
        let times = (load.elapsed(), args.ramp, Duration::ZERO);
        let mut chance = Chance::new(args.seed ^ level);
        let plan = Plan::draw(missing as usize, mix, Arrivals::Even, Leaving::default(), times, &mut chance);
        load.send(&plan).await?;
        let end = (load.elapsed() + args.ramp).as_secs() + 1;
        load.until(end, &doing).await?;
    }
    let joined = load.seconds.len();
    let end = load.seconds.last().map_or(0, |s| u64::from(s.second) + 1) + args.hold.as_secs();
    load.until(end, &doing).await?;
    Ok(Step::of(Offered::Listeners, level, &load.seconds[from..joined], &load.seconds[joined..], cores()))
}

/// So many come in a second, for as long as a step holds, and leave after a moment.
async fn join(load: &mut Load, level: u64, mix: &Mix, args: &Rehearse) -> Result<Step, Failure> {
    let doing = format!("{level} joins a second");
    empty(load).await?;
    calm(load, &doing).await?;
    let (from, start, seconds) = (load.seconds.len(), load.elapsed(), args.hold.as_secs());
    let mut chance = Chance::new(args.seed ^ level << 20);
    let times = (start, args.hold, Duration::ZERO);
    let count = (level * seconds) as usize;
    let mut plan = Plan::draw(count, mix, Arrivals::Even, Leaving::default(), times, &mut chance);
    let stay_ms = STAY_S * 1000;
    let leaves: Vec<_> = plan.0.iter().map(|e| Event { at_ms: e.at_ms + stay_ms, act: Act::Leave }).collect();
    plan.0.extend(leaves);
    plan.0.sort_by_key(|e| e.at_ms);
    load.send(&plan).await?;
    load.until((start + args.hold).as_secs() + 1, &doing).await?;
    let joined = load.seconds.len();
    // Whoever came last hears within the bar, or is late.
    let end = start + args.hold + Duration::from_secs_f64(args.within / 1000.0) + Duration::from_secs(1);
    load.until(end.as_secs() + 1, &doing).await?;
    Ok(Step::of(Offered::JoinsPerSecond, level, &load.seconds[from..joined], &load.seconds[joined..], cores()))
}

/// Who is inside or asks.
fn present(load: &Load) -> u64 {
    load.seconds.last().map_or(0, |s| s.all().hearing + s.all().asking)
}

async fn leave(load: &mut Load, count: u64, doing: &str) -> Result<(), Failure> {
    let from = load.elapsed().as_millis() as u64;
    let events = (0..count).map(|n| Event { at_ms: from + 1000 * n / count.max(1), act: Act::Leave });
    load.send(&Plan(events.collect())).await?;
    let end = load.elapsed().as_secs() + 2;
    load.until(end, doing).await
}

/// Waits until those who are inside are well.
async fn calm(load: &mut Load, doing: &str) -> Result<(), Failure> {
    for _ in 0..CALM_MOST_S {
        let last = load.seconds.iter().rev().take(CALM_S).map(hustings_rehearsal::Second::all);
        let quiet = last.filter(|s| s.glitch_seconds == 0 && s.asking == 0 && s.lost == 0).count();
        if quiet == CALM_S || load.is_stopped() {
            return Ok(());
        }
        load.next(doing).await?;
    }
    Ok(())
}

/// Everybody leaves, those too who come in while others leave.
pub(super) async fn empty(load: &mut Load) -> Result<(), Failure> {
    for _ in 0..CALM_MOST_S {
        let inside = present(load);
        if inside == 0 || load.is_stopped() {
            break;
        }
        leave(load, inside, "leaving").await?;
    }
    Ok(())
}

fn in_words(of: Offered, step: &Step) -> String {
    let what = if of == Offered::Listeners { "listeners" } else { "joins a second" };
    let first =
        step.first_audio_p99_ms.map_or_else(|| "nobody heard".to_owned(), |ms| format!("first audio p99 {ms:.0} ms"));
    format!(
        "{} {what}: {}; {} of {} hear, {first}, {:.2} % glitches{}{}",
        step.level,
        if step.good { "carried" } else { "too much" },
        step.hearing,
        step.offered,
        step.glitch_share * 100.0,
        step.server_cpu.map_or_else(String::new, |cpu| format!(", server {cpu:.2} of a core")),
        if step.limited { "; the players were busy too" } else { "" },
    )
}
