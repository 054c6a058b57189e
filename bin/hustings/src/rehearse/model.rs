//! What this machine carries, measured: both knees of each tier and what a listener and a join cost, written beside the
//! data for the gate and the doctor.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hustings_gate::model::{Joining, Standing, VERSION};
use hustings_gate::{Model, Tier, TierModel};
use hustings_rehearsal::{Knee, Mix, Offered, Step};

use super::load::Load;
use super::steps;
use crate::args::Rehearse;
use crate::failure::Failure;
use crate::machine;
use crate::times::now_ms;

/// The model in a data folder.
pub(crate) const FILE: &str = "capacity.json";
/// Bytes of it at most: a tier has some 200.
const BYTES_MAX: u64 = 64 * 1024;
/// Seconds of the server without anybody, before anything is offered.
const IDLE_S: u64 = 6;
/// What Ethernet, IP and TCP add to each packet of a stream: 14 and 4, 20, 32 with timestamps. On loopback it is not seen,
/// so it is reckoned for packets of 1,448 bytes, and one that is not full for each of two deliveries a second.
const PACKET_BYTES: f64 = 70.0;
const FULL_BYTES: f64 = 1448.0;
const DELIVERIES_PER_S: f64 = 2.0;
/// Packets of WebRTC in a second, each with Ethernet, IP and UDP: 14 and 4, 20, 8. SRTP's own bytes are counted as they come.
const WHEP_PACKETS_PER_S: f64 = 50.0;
const DATAGRAM_BYTES: f64 = 46.0 + 12.0 + 16.0;

/// Measures each tier of the mix, one after the other.
pub(super) async fn measure(
    load: &mut Load,
    args: &Rehearse,
    data: &Path,
    knees: &mut Vec<Knee>,
) -> Result<Model, Failure> {
    if !data.is_dir() {
        return Err(Failure::usage(format!("{} is no data folder of a server", data.display())));
    }
    if load.server_pids().is_empty() {
        return Err(Failure::failed(
            "the server's processes cannot be seen from here, so what a listener costs cannot be measured: rehearse on its \
             machine, as its user",
        ));
    }
    let begin = load.seconds.len() as u64;
    load.until(begin + IDLE_S, "the server alone").await?;
    let idle = mean(load.seconds[1..].iter().filter_map(|s| s.own.server_cpu_seconds));
    let mut model = Model {
        version: VERSION,
        measured_ms: now_ms(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        machine: machine::here(load.server_pids()),
        tiers: [].into(),
        line_bits_per_second: None,
        polls_per_second: None,
    };
    for tier in args.tier.tiers() {
        let only: Mix = tier.name().parse().map_err(Failure::usage)?;
        load.say(&format!("measuring {}", tier.name()));
        let standing = steps::find(load, Offered::Listeners, &only, args).await?;
        let joining = steps::find(load, Offered::JoinsPerSecond, &only, args).await?;
        let found = of_tier(tier, &standing, &joining, idle);
        if standing.too_much.is_none() || joining.too_much.is_none() {
            load.say("this machine carries more than was tried: what is written is the least of it; try more with --listeners");
        }
        knees.extend([standing, joining]);
        if load.is_stopped() {
            break;
        }
        model.tiers.insert(tier, found?);
    }
    Ok(model)
}

/// What the steps say of one tier.
fn of_tier(tier: Tier, standing: &Knee, joining: &Knee, idle: f64) -> Result<TierModel, Failure> {
    let most = |knee| carried(knee).max_by_key(|s| s.level);
    let (Some(stood), Some(joined)) = (most(standing), most(joining)) else {
        return Err(Failure::failed(format!(
            "not even the first step of {} was carried, so there is nothing to write: is anything else running here?",
            tier.name()
        )));
    };
    let listeners = stood.hearing as f64;
    let cpu = stood.server_cpu.unwrap_or(0.0);
    let each_us = ((cpu - idle).max(0.0) / listeners * 1e6).max(0.01);
    let mut model = TierModel {
        cpu_us_per_listener_second: tenths(each_us),
        standing: by_number(standing, idle),
        cpu_us_per_join: 0.0,
        joining: Vec::new(),
        joins_per_second_at_knee: joining.at as f64,
        listeners_at_knee: standing.at,
        line_bits_per_listener: 0.0,
    };
    model.cpu_us_per_join = at_knee(joined, &model, idle);
    model.joining = by_work(standing, &model, idle);
    let bits = stood.bits_per_second / listeners;
    model.line_bits_per_listener = match tier {
        Tier::Whep => bits + WHEP_PACKETS_PER_S * DATAGRAM_BYTES * 8.0,
        Tier::Stream | Tier::Hls => bits * (1.0 + PACKET_BYTES / FULL_BYTES) + DELIVERIES_PER_S * PACKET_BYTES * 8.0,
    }
    .round();
    Ok(model)
}

/// The steps that were carried.
fn carried(knee: &Knee) -> impl Iterator<Item = &Step> {
    knee.steps.iter().filter(|s| s.good && s.hearing > 0)
}

/// What each number of listeners took that was carried; never less than fewer did, which is noise.
fn by_number(knee: &Knee, idle: f64) -> Vec<Standing> {
    let met: BTreeMap<u64, f64> = carried(knee).filter_map(|s| Some((s.hearing, s.server_cpu? - idle))).collect();
    let (mut most, mut standing) = (0.0, Vec::new());
    for (listeners, cpu) in met {
        most = f64::max(most, tenths(cpu * 1e6));
        if most > 0.0 {
            standing.push(Standing { listeners, cpu_us_per_second: most });
        }
    }
    standing
}

/// What a join took at the knee of joins, with what it takes to leave again: those who were inside meanwhile cost what listeners
/// cost.
fn at_knee(step: &Step, model: &TierModel, idle: f64) -> f64 {
    let inside = model.standing_us((step.goodput_per_second * 2.0) as u64);
    let busy = step.joining_cpu.map_or(0.0, |cpu| (cpu - idle) * 1e6);
    tenths((busy - inside).max(0.0) / step.goodput_per_second.max(1.0))
}

/// What a join took beside so much else, of those who came to stay.
fn by_work(standing: &Knee, model: &TierModel, idle: f64) -> Vec<Joining> {
    let mut before = 0;
    let met = standing.steps.iter().filter_map(|s| {
        let from = std::mem::replace(&mut before, s.hearing);
        // Where fewer than before were tried, none came; who came late says nothing.
        (s.good && s.hearing > from).then_some(())?;
        let busy = (s.joining_cpu? - idle) * 1e6;
        // They came evenly.
        let inside = f64::midpoint(model.standing_us(from), model.standing_us(s.hearing));
        let each = (busy - inside) / s.goodput_per_second.max(1.0);
        Some(Joining { busy_us_per_second: tenths(busy), cpu_us_per_join: tenths(each) })
    });
    let mut met: Vec<_> = met.filter(|met| met.busy_us_per_second > 0.0 && met.cpu_us_per_join > 0.0).collect();
    met.sort_by(|a, b| a.busy_us_per_second.total_cmp(&b.busy_us_per_second));
    met.dedup_by(|b, a| b.busy_us_per_second == a.busy_us_per_second);
    met
}

fn tenths(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    values.for_each(|v| (sum, count) = (sum + v, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Writes it beside the data, whole or not at all.
pub(super) fn write(data: &Path, model: &Model) -> Result<(), Failure> {
    let path = data.join(FILE);
    let new = data.join(format!("{FILE}.new"));
    let failed = |e: std::io::Error| Failure::failed(format!("{}: {e}", path.display()));
    fs::write(&new, serde_json::to_vec_pretty(model)?).and_then(|()| fs::rename(&new, &path)).map_err(failed)?;
    eprintln_line(&format!("wrote {}", path.display()));
    Ok(())
}

/// The model in a file; `None` if there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Model>, Failure> {
    let in_words = |why: &str| Failure::failed(format!("{}: {why}", path.display()));
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(in_words(&error.to_string())),
        Ok(found) if found.len() > BYTES_MAX => return Err(in_words("is no capacity model: it is too long")),
        Ok(_) => {}
    }
    let text = fs::read(path).map_err(|e| in_words(&e.to_string()))?;
    let model = serde_json::from_slice(&text);
    model
        .map(Some)
        .map_err(|e| in_words(&format!("is no capacity model: {e}; `hustings rehearse URL --write-model` writes one")))
}

/// Where a data folder keeps it.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

fn eprintln_line(line: &str) {
    let _ = std::io::Write::write_fmt(&mut std::io::stderr().lock(), format_args!("{line}\n"));
}

#[cfg(test)]
mod tests {
    use hustings_rehearsal::Bars;

    use super::*;

    /// A step of a server that takes a hundredth of a core when alone.
    fn step(level: u64, standing_ms: f64, joins_per_second: f64, joining_ms: f64) -> Step {
        Step {
            level,
            offered: level,
            hearing: level,
            goodput_per_second: joins_per_second,
            first_audio_p99_ms: Some(100.0),
            glitch_share: 0.0,
            server_cpu: Some(0.01 + standing_ms / 1e3),
            joining_cpu: Some(0.01 + joining_ms / 1e3),
            bits_per_second: 96_000.0 * level as f64,
            limited: false,
            good: true,
        }
    }

    fn knee(of: Offered, steps: Vec<Step>) -> Knee {
        Knee { of, at: steps.last().map_or(0, |s| s.level), too_much: None, bars: Bars::default(), steps }
    }

    #[test]
    fn a_join_is_what_the_ramp_took_beyond_those_who_stood() {
        // 100 take 4 ms a second and 200 take 6; while 50 a second came, 10 more than the mean of before and after.
        let too_much = Step { good: false, ..step(400, 90.0, 100.0, 90.0) };
        let steps = vec![
            step(100, 4.0, 50.0, 2.0 + 10.0),
            step(200, 6.0, 50.0, 5.0 + 10.0),
            too_much,
            step(300, 9.0, 0.0, 9.0),
        ];
        let standing = knee(Offered::Listeners, steps);
        let joining = knee(Offered::JoinsPerSecond, vec![step(50, 0.0, 50.0, 4.0 + 20.0)]);
        let model = of_tier(Tier::Stream, &standing, &joining, 0.01).unwrap();
        let met = |busy_us_per_second, cpu_us_per_join| Joining { busy_us_per_second, cpu_us_per_join };
        assert_eq!(model.joining, [met(12_000.0, 200.0), met(15_000.0, 200.0)], "those who were too many say nothing");
        assert_eq!(model.cpu_us_per_join, 400.0, "beside a hundred who stay for 2 s");
    }
}
