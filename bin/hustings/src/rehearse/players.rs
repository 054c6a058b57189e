//! The processes that play the listeners, and the seconds that they tell, added up.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use hustings_client::crowd::Job;
use hustings_rehearsal::{Plan, Second};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;

use crate::failure::Failure;

/// Seconds that wait to be added up, of each process: a rehearsal that does not keep up for so long has other troubles.
const WAITING_MAX: usize = 64;
/// How long a player may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// All of them.
pub(super) struct Players {
    processes: Vec<(Child, Option<ChildStdin>)>,
    told: mpsc::Receiver<(usize, Option<Second>)>,
    /// Seconds that some have told.
    pending: BTreeMap<u32, Second>,
    /// What second each has told last; `None` before the first.
    last: Vec<Option<u32>>,
    gone: usize,
}

impl Players {
    /// Starts so many.
    pub(super) async fn start(job: &Job, count: usize) -> Result<Self, Failure> {
        let program = std::env::current_exe()?;
        let (tell, told) = mpsc::channel(WAITING_MAX * count);
        let mut processes = Vec::new();
        for number in 0..count {
            let mut command = Command::new(&program);
            command.args(["rehearse", "--player"]).kill_on_drop(true);
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
            let (input, output) = (child.stdin.take(), child.stdout.take());
            let mut input = input.ok_or_else(|| Failure::failed("a player has no input"))?;
            let output = output.ok_or_else(|| Failure::failed("a player has no output"))?;
            let mut line = serde_json::to_vec(&Job { number, ..job.clone() })?;
            line.push(b'\n');
            input.write_all(&line).await?;
            processes.push((child, Some(input)));
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut lines = BufReader::new(output).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    let Ok(second) = serde_json::from_str::<Second>(&line) else { break };
                    if tell.send((number, Some(second))).await.is_err() {
                        return;
                    }
                }
                let _ = tell.send((number, None)).await;
            });
        }
        Ok(Self { processes, told, pending: BTreeMap::new(), last: vec![None; count], gone: 0 })
    }

    /// Deals a plan to them.
    pub(super) async fn send(&mut self, plan: &Plan) -> Result<(), Failure> {
        let hands = plan.deal(self.processes.len());
        for ((_, input), hand) in self.processes.iter_mut().zip(hands) {
            let mut line = serde_json::to_vec(&hand)?;
            line.push(b'\n');
            if let Some(input) = input {
                input.write_all(&line).await.map_err(|_| ended_early())?;
            }
        }
        Ok(())
    }

    /// The next second that all have told. Dropping it in between loses nothing.
    pub(super) async fn second(&mut self) -> Result<Second, Failure> {
        loop {
            let first = self.pending.keys().next().copied();
            if let Some(first) = first
                && self.last.iter().all(|last| last.is_some_and(|last| last >= first))
                && let Some(second) = self.pending.remove(&first)
            {
                return Ok(second);
            }
            match self.told.recv().await {
                Some((number, Some(second))) => self.take(number, &second),
                Some((_, None)) | None => return Err(ended_early()),
            }
        }
    }

    fn take(&mut self, number: usize, second: &Second) {
        self.last[number] = Some(second.second);
        let told = self.pending.entry(second.second);
        told.or_insert_with(|| Second { second: second.second, ..Second::default() }).merge(second);
    }

    /// Everybody leaves; gives the seconds that were not taken yet, the last of which was cut short.
    pub(super) async fn end(mut self) -> Vec<Second> {
        self.processes.iter_mut().for_each(|(_, input)| drop(input.take()));
        let all = self.processes.len();
        let _ = tokio::time::timeout(GOODBYE, async {
            while self.gone < all {
                match self.told.recv().await {
                    Some((number, Some(second))) => self.take(number, &second),
                    Some((_, None)) => self.gone += 1,
                    None => return,
                }
            }
        })
        .await;
        // Who has not gone by now is ended with its handle.
        std::mem::take(&mut self.pending).into_values().collect()
    }
}

fn ended_early() -> Failure {
    Failure::failed("a process that played listeners has ended early; what it said stands above")
}
