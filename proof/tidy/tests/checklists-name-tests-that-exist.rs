//! What the documentation says is shown by a test, is: every line of the checklist names one, and every name is one that exists.
//!
//! A name is a test's function, a story's file, a fuzz target, a crate's folder or a target of `make`. What a line of the checklist
//! claims is the test's matter; that it claims one is this file's.

use std::collections::BTreeSet;

use hustings_tidy::{root, sources, uphold};

const CHECKLIST: &str = "docs/webrtc-security.md";

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_line_of_the_checklist_names_a_test_that_exists() {
    let sources = sources();
    let tests: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.text.lines())
        .filter_map(|line| line.split_once("fn ")?.1.split_once('('))
        .map(|(name, _)| name)
        .collect();
    let makefile = std::fs::read_to_string(root().join("Makefile")).expect("there is a Makefile");
    let exists = |name: &str| {
        tests.contains(name)
            || name.strip_prefix("make ").is_some_and(|target| makefile.contains(&format!("\n{target}:")))
            || root().join(format!("proof/stories/tests/{name}.rs")).exists()
            || root().join(format!("fuzz/targets/{name}.rs")).exists()
            || (name.contains('/') && root().join(name).join("Cargo.toml").exists())
    };
    let text = std::fs::read_to_string(root().join(CHECKLIST)).expect("there is a checklist");
    let mut found = Vec::new();
    let mut lines = 0;
    for line in text.lines().filter(|line| line.starts_with("| 17.")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (number, shown) = (cells[0], cells[cells.len() - 1]);
        lines += 1;
        if cells.len() != 4 || quoted(shown).next().is_none() {
            found.push(format!("{number} names no test"));
        }
        found.extend(quoted(shown).filter(|name| !exists(name)).map(|name| format!("{number}: there is no {name}")));
    }
    assert_eq!(lines, 12, "the chapter has twelve lines");
    uphold("each line of the checklist is shown by a test that exists", &found);
}
