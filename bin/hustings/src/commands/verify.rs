//! `hustings verify`: says what a bundle shows, what is missing or altered in it, and what it cannot prove.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use hustings_evidence::note::Verifier;
use hustings_evidence::receipts::Receipt;
use hustings_evidence::verify::{Report, Trust, verify};
use hustings_vocab::limits::evidence::BUNDLE_BYTES_MAX;

use crate::args::Verify;
use crate::failure::{FAILED, Failure};

/// Runs the command.
pub(crate) fn run(args: &Verify) -> Result<(), Failure> {
    let key = |text: &String| Verifier::parse(text).map_err(|error| Failure::usage(format!("{text:?} is {error}")));
    let receipt = |path: &std::path::PathBuf| {
        let bytes = read(path, 4096)?;
        Receipt::decode(&bytes).ok_or_else(|| Failure::usage(format!("{}: this is no receipt", path.display())))
    };
    let trust = Trust {
        key: args.key.as_ref().map(key).transpose()?,
        witnesses: args.witness.iter().map(key).collect::<Result<_, _>>()?,
        receipts: args.receipt.iter().map(receipt).collect::<Result<_, _>>()?,
    };
    let bytes = read(&args.bundle, BUNDLE_BYTES_MAX as u64)?;
    let report =
        verify(&bytes, &trust).map_err(|error| Failure::usage(format!("{}: {error}", args.bundle.display())))?;
    if args.json {
        crate::say(&report.json().encode());
    } else {
        tell(&report);
    }
    if report.is_good() {
        return Ok(());
    }
    let line = format!("{}: {} problems; the bundle is not good", args.bundle.display(), report.problems.len());
    Err(Failure { line, code: FAILED })
}

fn tell(report: &Report) {
    crate::say(&format!("conversation {} in the log {}, {} records", report.slug, report.log, report.size));
    match &report.finding {
        None => crate::say("finding: none, there is no minute"),
        Some(finding) => {
            let scores = finding.scores;
            crate::say(&format!(
                "finding, recomputed over {} minutes: {} (crowd {}, attack {}, own fault {}, upstream {})",
                report.minutes,
                finding.verdict.name(),
                scores.crowd,
                scores.attack,
                scores.own_fault,
                scores.upstream
            ));
        }
    }
    for sign in &report.signs {
        crate::say(&format!("  spoke for {} with {:+}: {}", sign.class.replace('_', " "), sign.points, sign.says));
    }
    for fact in &report.facts {
        crate::say(&format!("  {fact}"));
    }
    if report.is_good() {
        crate::say("good: nothing is missing or altered");
    } else {
        crate::say("NOT GOOD: something is missing or altered");
    }
    for problem in &report.problems {
        crate::say(&format!("  {}, {}: {}", problem.at, problem.code, problem.says));
    }
    crate::say("what this cannot prove:");
    for what in &report.cannot {
        crate::say(&format!("  {what}"));
    }
}

fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let bad = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    File::open(path).map_err(bad)?.take(bytes_max + 1).read_to_end(&mut bytes).map_err(bad)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::usage(format!("{}: more than {bytes_max} bytes", path.display())));
    }
    Ok(bytes)
}
