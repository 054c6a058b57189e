//! All time is an argument: no core looks at a clock, sleeps, draws a number, opens a socket or a file, or is unsafe.

use hustings_tidy::{sources, uphold};

const FORBIDDEN: [&str; 11] = [
    "Instant::now",
    "SystemTime::now",
    "thread::sleep",
    "thread::spawn",
    "std::net::Tcp",
    "std::net::Udp",
    "std::fs",
    "std::env",
    "std::process",
    "rand::",
    "unsafe ",
];

#[test]
fn a_core_is_a_function_of_its_input() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.path.starts_with("core/") && !s.is_test()) {
        for (line, text) in source.code() {
            let breach = FORBIDDEN.iter().find(|f| text.contains(*f));
            found.extend(breach.map(|f| format!("{}:{line}: {f}", source.path)));
        }
    }
    uphold("a core takes time and chance as arguments", &found);
}
