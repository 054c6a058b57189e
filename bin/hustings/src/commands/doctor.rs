//! `hustings doctor`: go or no-go before an event. It ends with 0 for go, 1 for no-go, 2 for a wrong command line.

use std::io::IsTerminal;

use crate::args::Doctor;
use crate::doctor::{Finding, Verdict, examine};
use crate::failure::Failure;

/// Runs the command.
pub(crate) async fn run(args: Doctor) -> Result<(), Failure> {
    let findings = examine(&args).await?;
    let bad = findings.iter().filter(|f| f.verdict == Verdict::NoGo).count();
    if args.json {
        let document = serde_json::json!({ "go": bad == 0, "audience": args.audience, "findings": findings });
        crate::say(&serde_json::to_string_pretty(&document)?);
    } else {
        let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        findings.iter().for_each(|finding| crate::say(&in_words(finding, colours)));
        if bad == 0 {
            crate::say("go");
        }
    }
    match bad {
        0 => Ok(()),
        1 => Err(Failure::failed("no-go: one finding above must be mended")),
        _ => Err(Failure::failed(format!("no-go: {bad} findings above must be mended"))),
    }
}

fn in_words(finding: &Finding, colours: bool) -> String {
    let (word, colour) = match finding.verdict {
        Verdict::Go => ("ok     ", "32"),
        Verdict::Mind => ("mind   ", "33"),
        Verdict::Unknown => ("unknown", "36"),
        Verdict::NoGo => ("NO-GO  ", "31"),
    };
    let word = if colours { format!("\x1b[{colour}m{word}\x1b[0m") } else { word.to_owned() };
    let remedy =
        finding.remedy.as_ref().map_or_else(String::new, |remedy| format!("\n                        → {remedy}"));
    format!("{word} {:<15} {}{remedy}", finding.about, finding.says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_a_line_and_its_remedy_another() {
        let finding = Finding::no_go("ports", "8080 is taken", "choose another");
        assert_eq!(in_words(&finding, false).lines().count(), 2);
        assert!(!in_words(&finding, false).contains('\x1b') && in_words(&finding, true).contains("\x1b[31m"));
        assert_eq!(in_words(&Finding::go("ports", "free"), false).lines().count(), 1);
    }
}
