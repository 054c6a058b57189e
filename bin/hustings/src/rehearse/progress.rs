//! Progress on standard error: one line that is drawn again on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};

use hustings_rehearsal::Second;

/// Seconds between two lines where there is no terminal.
const SELDOM: u32 = 10;

/// What is shown.
#[derive(Debug)]
pub(super) struct Progress {
    terminal: bool,
    drawn: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), drawn: false }
    }

    /// A second is over.
    pub(super) fn show(&mut self, doing: &str, second: &Second) {
        let s = second.all();
        let first = s.first_audio_ms.at(0.99).map_or_else(String::new, |ms| format!(", first audio p99 {ms:.0} ms"));
        let line = format!(
            "{:>4} s  {doing}: {} hearing, {} asking, {} waiting; this second {} came, {} in, {} refused, {} lost, {} glitches{first}",
            second.second + 1,
            s.hearing,
            s.asking,
            s.waiting,
            s.offered,
            s.admitted,
            s.refused,
            s.lost,
            s.glitch_seconds,
        );
        // Nobody may be reading it; that is no reason to stop.
        let mut out = std::io::stderr().lock();
        if self.terminal {
            let _ = write!(out, "\r\x1b[2K{line}").and_then(|()| out.flush());
            self.drawn = true;
        } else if (second.second + 1).is_multiple_of(SELDOM) {
            let _ = writeln!(out, "{line}");
        }
    }

    /// One that stays.
    pub(super) fn say(&mut self, line: &str) {
        let mut out = std::io::stderr().lock();
        let _ = writeln!(out, "{}{line}", if std::mem::take(&mut self.drawn) { "\r\x1b[2K" } else { "" });
    }

    /// Nothing follows.
    pub(super) fn end(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let _ = writeln!(std::io::stderr().lock());
        }
    }
}
