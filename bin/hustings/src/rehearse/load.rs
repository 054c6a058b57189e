//! The load of one rehearsal while it goes on: who plays, what was met so far, and whether somebody wants it to stop.

use std::pin::Pin;
use std::time::{Duration, Instant};

use hustings_client::crowd::Job;
use hustings_rehearsal::{Plan, Second};

use super::cost::Server;
use super::players::Players;
use super::progress::Progress;
use crate::failure::Failure;
use crate::times::now_ms;

/// From the start of the processes to second 0.
const START: Duration = Duration::from_millis(700);

/// A rehearsal that goes on.
pub(super) struct Load {
    players: Players,
    server: Option<Server>,
    began: Instant,
    interrupted: Pin<Box<dyn Future<Output = ()> + Send>>,
    stopped: bool,
    pub(super) seconds: Vec<Second>,
    progress: Progress,
}

/// Cores that this process may run on.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Load {
    pub(super) async fn begin(mut job: Job, processes: usize, server: Option<Server>) -> Result<Self, Failure> {
        let began = Instant::now() + START;
        job.begins_ms = now_ms() + START.as_millis() as u64;
        // From here on Ctrl-C ends the rehearsal and not the program.
        let interrupted = Box::pin(crate::commands::interrupted());
        let players = Players::start(&job, processes).await?;
        let mut server = server.filter(|server| !server.pids().is_empty());
        tokio::time::sleep(began.saturating_duration_since(Instant::now())).await;
        if let Some(server) = &mut server {
            server.spent();
        }
        Ok(Self { players, server, began, interrupted, stopped: false, seconds: Vec::new(), progress: Progress::new() })
    }

    /// Since second 0, and what a plan needs to arrive in time.
    pub(super) fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(self.began) + Duration::from_millis(20)
    }

    /// Somebody wants it to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// The processes of the server for its audience, if they are seen.
    pub(super) fn server_pids(&self) -> &[u32] {
        self.server.as_ref().map_or(&[], Server::pids)
    }

    pub(super) async fn send(&mut self, plan: &Plan) -> Result<(), Failure> {
        self.players.send(plan).await
    }

    /// Goes on until this second is over, or somebody wants it to stop.
    pub(super) async fn until(&mut self, second: u64, doing: &str) -> Result<(), Failure> {
        while !self.stopped && self.seconds.last().is_none_or(|last| u64::from(last.second) + 1 < second) {
            self.next(doing).await?;
        }
        Ok(())
    }

    /// Goes on for one second.
    pub(super) async fn next(&mut self, doing: &str) -> Result<(), Failure> {
        if self.stopped {
            return Ok(());
        }
        tokio::select! {
            second = self.players.second() => {
                let mut second = second?;
                second.own.server_cpu_seconds = self.server.as_mut().and_then(Server::spent);
                self.progress.show(doing, &second);
                self.seconds.push(second);
            }
            () = &mut self.interrupted => self.stopped = true,
        }
        Ok(())
    }

    /// Says something that stays on the screen.
    pub(super) fn say(&mut self, line: &str) {
        self.progress.say(line);
    }

    /// Everybody leaves. Gives every second, and whether it was stopped before its end.
    pub(super) async fn end(mut self) -> (Vec<Second>, bool) {
        let rest = self.players.end().await;
        if self.stopped {
            // Those that were cut short are told when nothing else follows; else the plan ended with a whole one.
            let known = self.seconds.last().map(|s| s.second);
            self.seconds.extend(rest.into_iter().filter(|s| known.is_none_or(|known| s.second > known)));
        }
        self.progress.end();
        (self.seconds, self.stopped)
    }
}
