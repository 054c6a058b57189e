//! Tests ask no more of a crate than programs do. A feature that only a test wants makes another crate of it, and of everything
//! above it: `make test` would build half of the tree a second time.

use std::collections::BTreeSet;

use hustings_tidy::{tree, uphold};

#[test]
fn programs_and_their_tests_are_built_of_the_same_crates() {
    let (programs, tests) = (tree("normal,build"), tree("normal,build,dev"));
    let names = |of: &BTreeSet<String>| of.iter().filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
    let built: BTreeSet<String> = names(&programs);
    let others =
        tests.difference(&programs).filter(|line| line.split_once(' ').is_some_and(|(name, _)| built.contains(name)));
    let found: Vec<String> = others.map(|line| format!("only tests build {line}")).collect();
    uphold("a feature that tests want is one that programs have", &found);
}
