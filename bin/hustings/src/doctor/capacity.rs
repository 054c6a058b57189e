//! Whether the announced audience fits what this machine was measured to carry, and its line.

use std::fs;

use hustings_gate::{HEADROOM, Limits, Line, Model, Rung};

use super::{Finding, Patient};
use crate::machine;
use crate::rehearse::model;

pub(super) fn look(patient: &Patient) -> Vec<Finding> {
    let path = model::path(&patient.config.data);
    let measured = match model::read(&path) {
        Ok(Some(measured)) => measured,
        Ok(None) => {
            return vec![
                Finding::unknown(
                    "capacity",
                    "nobody has measured what this machine carries",
                    "hustings rehearse http://…/c/SLUG --listeners 20000 --write-model DATA, against the running server",
                ),
                line(patient, None),
            ];
        }
        Err(failure) => {
            let remedy = "measure again: hustings rehearse URL --write-model DATA";
            return vec![Finding::no_go("capacity", failure.line, remedy), line(patient, None)];
        }
    };
    if let Err(misfit) = measured.fits(&machine::here(&[])) {
        let remedy = "measure this machine: hustings rehearse URL --write-model DATA";
        return vec![Finding::no_go("capacity", misfit.to_string(), remedy), line(patient, None)];
    }
    vec![carries(&measured, patient.audience), line(patient, Some(&measured))]
}

fn carries(measured: &Model, audience: Option<u64>) -> Finding {
    let about = "capacity";
    let tiers: Vec<_> = measured
        .tiers
        .iter()
        .map(|(tier, t)| {
            format!("{} {} and {:.0} joins a second", t.listeners_at_knee, tier.name(), t.joins_per_second_at_knee)
        })
        .collect();
    let says = format!("measured: {}", tiers.join(", "));
    let Some(audience) = audience else { return Finding::go(about, says) };
    // Of the tier that carries the fewest, as the gate reckons.
    let fewest = measured.tiers.iter().map(|(tier, t)| (t.listeners_at_knee, *tier)).min();
    let Some((knee, tier)) = fewest else { return Finding::unknown(about, says, "measure a tier") };
    let room = (knee as f64 * HEADROOM) as u64;
    if room >= audience {
        return Finding::go(about, format!("{says}; {audience} listeners fit, {room} would"));
    }
    let name = if measured.tiers.len() == 1 { String::new() } else { format!(" by {}", tier.name()) };
    let nodes = audience.div_ceil(room.max(1));
    Finding::no_go(
        about,
        format!("{says}; of {audience} announced {room} fit{name}, the others would wait"),
        format!(
            "put a cache in front for LL-HLS, take a larger machine, or {nodes} of these; try it by hustings rehearse --simulate \
             {audience} --nodes {nodes}"
        ),
    )
}

fn line(patient: &Patient, measured: Option<&Model>) -> Finding {
    let about = "line";
    let known = known(patient, measured);
    let cards = cards();
    let Some(line) = known else {
        let says = if cards.is_empty() {
            "its rate is not known".to_owned()
        } else {
            format!("its rate is not known; network cards say {}", cards.join(", "))
        };
        return Finding::unknown(
            about,
            says,
            "ask who provides it what it carries outwards, and write it down as line.rate",
        );
    };
    let says = format!("{:.0} Mbit/s, of which {:.0} are the audience's", line.bits as f64 / 1e6, line.share() / 1e6);
    let Some(audience) = patient.audience else { return Finding::go(about, says) };
    let needs = |rung| audience as f64 * line.bits_of(rung);
    if needs(Rung::Full) <= line.share() {
        return Finding::go(
            about,
            format!("{says}; {audience} listeners at full bitrate take {:.0}", needs(Rung::Full) / 1e6),
        );
    }
    if needs(Rung::Low) <= line.share() {
        return Finding::mind(
            about,
            format!(
                "{says}; {audience} listeners at full bitrate would take {:.0}, so bitrates will fall",
                needs(Rung::Full) / 1e6
            ),
            "it works and sounds worse: take a larger line, or put a cache in front for LL-HLS",
        );
    }
    Finding::no_go(
        about,
        format!("{says}; {audience} listeners take {:.0} even at the lowest bitrate", needs(Rung::Low) / 1e6),
        "take a larger line, put a cache in front for LL-HLS, or more machines with lines of their own",
    )
}

/// The line, configured or measured.
fn known(patient: &Patient, measured: Option<&Model>) -> Option<Line> {
    Limits::of(&patient.config.gate, measured).line
}

/// What network cards say of themselves.
fn cards() -> Vec<String> {
    let all = fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let speed = |entry: fs::DirEntry| {
        let text = fs::read_to_string(entry.path().join("speed")).ok()?;
        let mbit = text.trim().parse::<i64>().ok().filter(|mbit| *mbit > 0)?;
        Some(format!("{mbit} Mbit/s ({})", entry.file_name().to_string_lossy()))
    };
    all.filter_map(speed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use hustings_gate::{Tier, TierModel};

    #[test]
    fn an_audience_that_does_not_fit_is_a_no_go_with_a_number_of_machines() {
        let stream = TierModel {
            cpu_us_per_listener_second: 11.0,
            standing: vec![],
            cpu_us_per_join: 100.0,
            joining: vec![],
            joins_per_second_at_knee: 500.0,
            listeners_at_knee: 10_000,
            line_bits_per_listener: 104_000.0,
        };
        let model = Model {
            version: hustings_gate::model::VERSION,
            measured_ms: 0,
            program: "0".into(),
            machine: machine::here(&[]),
            tiers: [(Tier::Stream, stream)].into(),
            line_bits_per_second: None,
            polls_per_second: None,
        };
        assert_eq!(carries(&model, Some(9000)).verdict, Verdict::Go);
        let too_many = carries(&model, Some(50_000));
        assert_eq!(too_many.verdict, Verdict::NoGo);
        assert!(too_many.remedy.unwrap().contains("6 of these"), "50,000 on 9,200 each");
    }
}
