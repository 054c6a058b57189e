//! `make verdicts`: what the published weights say of events whose truth is known.
//!
//! Every family is drawn with many seeds, for audiences from 60 to 5,000 and once more for audiences of twenty. Printed are
//! the confusion matrix, each family's figures, and how well the score tells attacks from crowds on families that nothing
//! was tuned on, beside the best single figure. Exits with 1 where a promise is not kept.
//!
//! `verdicts bundles FOLDER N` makes evidence bundles, good and doctored, with what our verifier says of each, for the other
//! one to be compared with; `verdicts weights` prints the standard weights, `verdicts fit` what would be better ones, `verdicts
//! costs` what the sketches cost.

mod attacks;
mod bundles;
mod costs;
mod dice;
mod families;
mod figures;
mod fit;
mod scene;

use std::io::Write;
use std::process::ExitCode;

use figures::{Outcome, auc, best_single};
use hustings_evidence::verdict::{self, Verdict, Weights};

use crate::families::Family;

/// Seeds of each family, unless the first argument says otherwise.
const SEEDS: u64 = 60;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "weights"] => {
            let text = verdict::standard().json().encode() + "\n";
            return code(std::io::stdout().write_all(text.as_bytes()).is_ok());
        }
        [_, "costs"] => {
            let text = costs::costs() + "\n";
            return code(std::io::stdout().write_all(text.as_bytes()).is_ok());
        }
        [_, "fit"] => {
            let fit::Fitted { before, after, moved } = fit::fit(&families::all(), SEEDS);
            let mut text =
                format!("loss on the families that tune: {before} with the standard weights, {after} at best\n");
            for (class, term, was, now) in moved {
                text += &format!("{class} {term}: {was} -> {now}\n");
            }
            return code(std::io::stdout().write_all(text.as_bytes()).is_ok());
        }
        [_, "bundles", folder, many] => {
            let many = many.parse().unwrap_or_default();
            return code(bundles::make(std::path::Path::new(folder), many).is_ok());
        }
        _ => {}
    }
    let seeds = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(SEEDS).max(1);
    let weights = verdict::standard();
    let families = families::all();
    let mut out = String::new();
    let mut kept = true;
    for small in [false, true] {
        let outcomes: Vec<_> = families.iter().map(|family| outcomes(family, seeds, small, &weights)).collect();
        kept &= report(&families, &outcomes, small, seeds, &mut out);
    }
    let told = std::io::stdout().write_all(out.as_bytes());
    code(kept && told.is_ok())
}

const fn code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn outcomes(family: &Family, seeds: u64, small: bool, weights: &Weights) -> Vec<Outcome> {
    let one = |n: u64| {
        let seed = n.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ family.name.len() as u64;
        let audience = if small { 20.0 } else { 60.0 * (5000.0f64 / 60.0).powf(n as f64 / seeds as f64) };
        Outcome::of(&(family.make)(seed, audience), weights)
    };
    (0..seeds).map(one).collect()
}

fn report(families: &[Family], outcomes: &[Vec<Outcome>], small: bool, seeds: u64, out: &mut String) -> bool {
    let audience = if small { "20" } else { "60 to 5,000" };
    let mut say = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    say(format!("## Events of {audience} listeners, {seeds} seeds a family\n"));
    say("| family | truth | held out | crowd | attack | both | own fault | upstream | not enough |".into());
    say("|---|---|---|---|---|---|---|---|---|".into());
    let count = |outcomes: &[Outcome], verdict| outcomes.iter().filter(|o| o.verdict == verdict).count();
    for (family, outcomes) in families.iter().zip(outcomes) {
        let cells: Vec<_> = Verdict::ALL.iter().map(|v| count(outcomes, *v).to_string()).collect();
        let held_out = if family.held_out { "yes" } else { "" };
        say(format!("| {} | {} | {held_out} | {} |", family.name, family.truth.name(), cells.join(" | ")));
    }
    say("\n| truth | crowd | attack | both | own fault | upstream | not enough |\n|---|---|---|---|---|---|---|".into());
    let of = |wanted: &dyn Fn(&Family) -> bool| -> Vec<Outcome> {
        let chosen = families.iter().zip(outcomes).filter(|(family, _)| wanted(family));
        chosen.flat_map(|(_, outcomes)| outcomes.clone()).collect()
    };
    for truth in &Verdict::ALL[..5] {
        let all = of(&|family| family.truth == *truth);
        let cells: Vec<_> = Verdict::ALL.iter().map(|v| count(&all, *v).to_string()).collect();
        say(format!("| {} | {} |", truth.name(), cells.join(" | ")));
    }
    let crowds = of(&|family| family.truth == Verdict::Crowd && family.held_out);
    let attacks = of(&|family| family.truth == Verdict::Attack && family.held_out);
    let area = auc(&attacks, &crowds, |o| o.attack);
    let (name, single) = best_single(&attacks, &crowds);
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    let own = of(&|family| family.truth == Verdict::OwnFault);
    let found = share(count(&own, Verdict::OwnFault), own.len());
    let pure = of(&|family| family.truth == Verdict::Crowd);
    let accused = share(count(&pure, Verdict::Attack) + count(&pure, Verdict::Both), pure.len());
    let unsure = share(count(&pure, Verdict::NotEnoughEvidence), pure.len());
    say(format!("\nattack against crowd, held-out families: AUC {area:.4}; best single figure ({name}): {single:.4}"));
    say(format!("own fault found: {found:.1} % of {}", own.len()));
    say(format!("pure crowds called attack: {accused:.2} % of {}; not enough evidence: {unsure:.1} %\n", pure.len()));
    area >= 0.99 && found >= 95.0 && accused <= 1.0
}
