//! A program run by a story: bounded, and gone with whoever holds it.
//!
//! It stays in the story's process group, so that whoever ends a story that hangs ends its programs too.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::within;

/// A command line that has not been started yet.
#[derive(Debug)]
pub struct Program {
    name: String,
    command: Command,
}

/// What a program printed, and how it ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its name, for messages.
    pub name: String,
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Everything on stdout.
    pub stdout: String,
    /// Everything on stderr.
    pub stderr: String,
}

impl Program {
    /// A program by its path or name. Settings of the server in our own environment are not passed on.
    #[must_use]
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let name = program.as_ref().to_string_lossy().rsplit('/').next().unwrap_or_default().to_owned();
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        for (key, _) in std::env::vars_os().filter(|(k, _)| k.to_string_lossy().starts_with("HUSTINGS_")) {
            command.env_remove(key);
        }
        Self { name, command }
    }

    /// Where it is, for a program that starts it by itself.
    #[must_use]
    pub fn path(&self) -> String {
        self.command.as_std().get_program().to_string_lossy().into_owned()
    }

    /// The same program, run by another one that takes a command line as its arguments.
    #[must_use]
    pub fn within(self, outer: Self) -> Self {
        let inner = self.command.as_std();
        outer.arg(inner.get_program()).args(inner.get_args())
    }

    /// One argument.
    #[must_use]
    pub fn arg(mut self, value: impl AsRef<OsStr>) -> Self {
        self.command.arg(value);
        self
    }

    /// Several arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, values: I) -> Self {
        self.command.args(values);
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.command.env(key, value);
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be started, with the remedy.
    #[must_use]
    pub fn spawn(mut self) -> Running {
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("{} cannot be started ({error}): run `make setup`", self.name),
        };
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut pipe = child.stderr.take().expect("stderr is piped");
        // Drained from the start, so that a talkative program never waits for us.
        let stderr = tokio::spawn(async move {
            let mut text = Vec::new();
            let _ = pipe.read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });
        Running { name: self.name, child, stdout, stderr: Some(stderr), read: String::new() }
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it takes longer than `bound`.
    pub async fn run(self, bound: Duration) -> Outcome {
        self.spawn().end(bound).await
    }
}

/// A program that runs. Dropping it kills it.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Option<tokio::task::JoinHandle<String>>,
    read: String,
}

impl Running {
    /// The next line on its stdout that holds `part`.
    ///
    /// # Panics
    /// When there is none within `bound`, or the program ended before.
    pub async fn line(&mut self, part: &str, bound: Duration) -> String {
        let what = format!("{} prints {part:?}", self.name);
        let found = within(&what, bound, async {
            loop {
                let mut line = String::new();
                if matches!(self.stdout.read_line(&mut line).await, Ok(0) | Err(_)) {
                    return None;
                }
                self.read.push_str(&line);
                if line.contains(part) {
                    return Some(line.trim_end().to_owned());
                }
            }
        });
        if let Some(line) = found.await {
            return line;
        }
        let stderr = self.collect_stderr().await;
        panic!("{what}: it ended first, with\n{}{stderr}", self.read)
    }

    /// Waits for its end and collects what it printed.
    ///
    /// # Panics
    /// When it takes longer than `bound`.
    pub async fn end(mut self, bound: Duration) -> Outcome {
        let what = format!("the end of {}", self.name);
        let status = within(&what, bound, async {
            let mut rest = Vec::new();
            let _ = self.stdout.read_to_end(&mut rest).await;
            self.read.push_str(&String::from_utf8_lossy(&rest));
            self.child.wait().await
        });
        let status = status.await.expect("a child can be waited for");
        let stderr = self.collect_stderr().await;
        let stdout = std::mem::take(&mut self.read);
        Outcome { name: self.name.clone(), code: status.code(), stdout, stderr }
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it a signal, such as `TERM`, `KILL`, `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        if let Some(pid) = self.child.id() {
            let _ = std::process::Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
        }
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    async fn collect_stderr(&mut self) -> String {
        let Some(task) = self.stderr.take() else { return String::new() };
        match tokio::time::timeout(Duration::from_secs(2), task).await {
            Ok(Ok(text)) => text,
            _ => String::new(),
        }
    }
}

impl Outcome {
    /// Itself, if it ended well.
    ///
    /// # Panics
    /// With all it printed, if it did not.
    #[must_use]
    pub fn ok(self) -> Self {
        let Self { name, code, stdout, stderr } = &self;
        assert!(*code == Some(0), "{name} ended with {code:?}\nstdout: {stdout}\nstderr: {stderr}");
        self
    }

    /// Nothing, if it ended well.
    ///
    /// # Panics
    /// With all it printed, if it did not.
    pub fn done(self) {
        drop(self.ok());
    }

    /// The last line of stdout as JSON.
    ///
    /// # Panics
    /// When it ended badly, or the line is no JSON.
    #[must_use]
    pub fn json(self) -> Value {
        let outcome = self.ok();
        let last = outcome.stdout.lines().last().unwrap_or_default();
        match serde_json::from_str(last) {
            Ok(value) => value,
            Err(error) => panic!("{} printed no JSON ({error}): {last:?}\n{}", outcome.name, outcome.stderr),
        }
    }
}
