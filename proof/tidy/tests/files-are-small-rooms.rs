//! Each file is a room with a sign on its door: it opens with what it is, and it is small enough to be read at once.

use hustings_tidy::{sources, uphold};

/// Lines of code above the tests. Past this there is usually a second noun hiding.
const CODE_LINES_MAX: usize = 400;

#[test]
fn every_file_opens_with_what_it_is() {
    let bare = sources().into_iter().filter(|s| !s.text.starts_with("//!")).map(|s| s.path).collect::<Vec<_>>();
    uphold("a file opens with `//!`: what it is, why it is this way, what is deliberately absent", &bare);
}

#[test]
fn no_file_has_grown_a_second_noun() {
    let all = sources();
    let large = all.iter().filter(|s| !s.is_test()).map(|s| (s.code().count(), &s.path));
    let large = large.filter(|(n, _)| *n > CODE_LINES_MAX).map(|(n, path)| format!("{path}: {n} lines of code"));
    uphold("a file has at most 400 lines of code above its tests", &large.collect::<Vec<_>>());
}
