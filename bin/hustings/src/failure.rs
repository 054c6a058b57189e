//! How a command fails: one clear line on standard error, and an exit code that says whose turn it is.

use std::fmt;

/// Exit code for a wrong command line or configuration, as clap uses it.
pub(crate) const USAGE: u8 = 2;
/// Exit code for everything else.
pub(crate) const FAILED: u8 = 1;

/// One line, and the code to exit with.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) line: String,
    pub(crate) code: u8,
}

impl Failure {
    /// The command was called wrongly.
    pub(crate) fn usage(line: impl fmt::Display) -> Self {
        Self { line: line.to_string(), code: USAGE }
    }

    /// The command was right and failed.
    pub(crate) fn failed(line: impl fmt::Display) -> Self {
        Self { line: line.to_string(), code: FAILED }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        // A chain of causes is one line: what failed, then why.
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(source) = cause {
            let text = source.to_string();
            if !line.contains(&text) {
                line = format!("{line}: {text}");
            }
            cause = source.source();
        }
        Self { line: line.replace('\n', " "), code: FAILED }
    }
}
