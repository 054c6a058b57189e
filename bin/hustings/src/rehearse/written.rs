//! The report, as it is told on standard output and written into a folder.

use std::fs;
use std::path::Path;

use hustings_rehearsal::{Offered, Percentiles, Report, TierSummary, page};

use crate::args::Rehearse;
use crate::failure::Failure;

/// Tells the report. A rehearsal in which nobody heard anything has failed.
pub(super) fn tell(report: &Report, args: &Rehearse) -> Result<(), Failure> {
    if let Some(folder) = &args.report {
        write(report, folder)?;
    }
    if args.json {
        crate::say(&serde_json::to_string(report)?);
    } else {
        in_words(report).iter().for_each(|line| crate::say(line));
        if let Some(folder) = &args.report {
            crate::say(&format!("report: {}", folder.join("report.html").display()));
        }
    }
    if report.summary.all.admitted == 0 && report.summary.all.offered > 0 {
        return Err(Failure::failed(
            "nobody was let in: is the conversation open, and does anything serve its audience?",
        ));
    }
    Ok(())
}

fn write(report: &Report, folder: &Path) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::failed(format!("{}: {e}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(folder.join("report.json"), serde_json::to_vec(report)?).map_err(failed)?;
    fs::write(folder.join("report.html"), page(report)).map_err(failed)
}

fn in_words(report: &Report) -> Vec<String> {
    let stopped = if report.stopped { ", stopped before its end" } else { "" };
    let mut lines =
        vec![format!("tested with real clients for {} s{stopped}: {}", report.summary.seconds, report.asked)];
    lines.extend(report.summary.tiers.iter().flat_map(tier));
    for knee in &report.knees {
        let of = if knee.of == Offered::Listeners { "listeners" } else { "joins a second" };
        lines.push(match knee.too_much {
            Some(bad) => format!("knee: {} {of}; {bad} were too many", knee.at),
            None => format!("knee: beyond {} {of}, the most that were tried", knee.at),
        });
    }
    if report.limits.is_empty() {
        lines.push("the players were not the limit".to_owned());
    }
    lines.extend(
        report.limits.iter().map(|l| format!("these may be figures of the players and not of the server: {l}")),
    );
    lines
}

fn tier(t: &TierSummary) -> [String; 2] {
    let name = t.tier.map_or("all", hustings_rehearsal::Tier::name);
    let ms = |p: Option<Percentiles>| {
        p.map_or_else(|| "–".to_owned(), |p| format!("{:.0} / {:.0} / {:.0} ms", p.p50, p.p95, p.p99))
    };
    [
        format!(
            "{name}: {} offered, {} admitted, {} waiting, {} refused, {} lost, {} hearing at the end ({} at most)",
            t.offered, t.admitted, t.waiting, t.refused, t.lost, t.hearing, t.hearing_max
        ),
        format!(
            "{name}: first audio {}, delay {} (50 / 95 / 99 of 100), {} glitch seconds of {} ({:.3} %)",
            ms(t.first_audio_ms),
            ms(t.delay_ms),
            t.glitch_seconds,
            t.listener_seconds,
            t.glitch_share * 100.0
        ),
    ]
}
