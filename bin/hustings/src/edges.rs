//! The edge processes that a server starts itself: children of the same program, started again when they die.
//!
//! They are children of one thread that lives as long as this process: the kernel ends them with it (see `edge.rs`). One
//! that dies is started again at once, one that dies again and again ever more seldom. One that lives without a link for
//! too long stands still, and is killed.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hustings_link::edge::EdgeNumber;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::house::cores;
use crate::hub::Hub;

/// Before the first start after a death; each death that follows soon doubles it.
const AGAIN_AFTER: Duration = Duration::from_millis(50);
/// The longest wait between two starts.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(10);
/// Who lived for so long does not die again and again.
const LIVED: Duration = Duration::from_secs(10);
/// An edge that has no link for so long stands still.
const UNLINKED_MAX: Duration = Duration::from_secs(10);
/// How often it is looked for such.
const LOOK: Duration = Duration::from_secs(1);

/// How long all edges may take until they serve.
const ALL_SERVE: Duration = Duration::from_secs(10);

/// The edges of a server.
pub(crate) struct Edges {
    /// No edge is started again.
    ending: CancellationToken,
    /// What is left is killed.
    hurry: CancellationToken,
    over: oneshot::Receiver<()>,
}

impl Edges {
    /// Starts the edges, and waits until all of them serve, or some when it takes long. `restarts` counts how often one was
    /// started again.
    pub(crate) async fn serve(
        count: EdgeNumber,
        data: &Path,
        hub: &Arc<Hub>,
        restarts: &Arc<AtomicU64>,
    ) -> Result<Option<Self>, Failure> {
        if count == 0 {
            return Ok(None);
        }
        let edges = Self::start(count, cores().div_ceil(count.into()), data, hub, restarts)?;
        let mut serving = hub.serving();
        let all = serving.wait_for(|serving| *serving >= usize::from(count));
        if tokio::time::timeout(ALL_SERVE, all).await.is_err() {
            let serving = *hub.serving().borrow();
            if serving == 0 {
                return Err(Failure::failed("no edge process serves: the log says why"));
            }
            tracing::warn!(serving, count, "some edges do not serve yet");
        }
        Ok(Some(edges))
    }

    /// Starts so many, each with so many threads.
    fn start(
        count: EdgeNumber,
        threads: usize,
        data: &Path,
        hub: &Arc<Hub>,
        restarts: &Arc<AtomicU64>,
    ) -> std::io::Result<Self> {
        let (ending, hurry) = (CancellationToken::new(), CancellationToken::new());
        let (tell, over) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let keepers: Vec<_> = (1..=count)
            .map(|number| Keeper {
                number,
                threads,
                data: data.to_owned(),
                hub: hub.clone(),
                restarts: restarts.clone(),
                ending: ending.clone(),
                hurry: hurry.clone(),
            })
            .collect();
        std::thread::Builder::new().name("edges".into()).spawn(move || {
            runtime.block_on(async {
                let mut all: JoinSet<()> = keepers.into_iter().map(Keeper::keep).collect();
                while all.join_next().await.is_some() {}
            });
            // Who waits for it may have given up.
            let _ = tell.send(());
        })?;
        Ok(Self { ending, hurry, over })
    }

    /// From now on an edge that ends has ended.
    pub(crate) fn end(&self) {
        self.ending.cancel();
    }

    /// Waits until every edge has ended, by force after `patience`.
    pub(crate) async fn over(mut self, patience: Duration) {
        if tokio::time::timeout(patience, &mut self.over).await.is_err() {
            tracing::warn!("some edges did not end in time and are killed");
            self.hurry.cancel();
            let _ = (&mut self.over).await;
        }
    }
}

impl Drop for Edges {
    fn drop(&mut self) {
        self.ending.cancel();
        self.hurry.cancel();
    }
}

/// Who keeps one edge alive.
struct Keeper {
    number: EdgeNumber,
    threads: usize,
    data: PathBuf,
    hub: Arc<Hub>,
    restarts: Arc<AtomicU64>,
    ending: CancellationToken,
    hurry: CancellationToken,
}

impl Keeper {
    async fn keep(self) {
        let mut wait = AGAIN_AFTER;
        loop {
            let began = Instant::now();
            let ended = match self.spawn() {
                Ok(mut child) => self.watch(&mut child).await,
                Err(error) => Err(error),
            };
            if self.ending.is_cancelled() {
                return;
            }
            if began.elapsed() >= LIVED {
                wait = AGAIN_AFTER;
            }
            let edge = self.number;
            match ended {
                Ok(status) => tracing::error!(edge, %status, "an edge has ended; it is started again"),
                Err(error) => tracing::error!(edge, %error, "an edge cannot be started; it is tried again"),
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.ending.cancelled() => return,
            }
            wait = (2 * wait).min(AGAIN_AFTER_MAX);
            self.restarts.fetch_add(1, Relaxed);
        }
    }

    fn spawn(&self) -> std::io::Result<Child> {
        // By the name that the kernel has for it, so that the program is the same after its file was replaced.
        let mut command = Command::new("/proc/self/exe");
        command
            .arg0("hustings")
            .args(["serve", "--role", "edge", "--data"])
            .arg(&self.data)
            .args(["--number", &self.number.to_string(), "--threads", &self.threads.to_string()])
            .env("RUST_LOG", crate::logs::filter())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command.spawn()
    }

    /// Returns when the edge has ended.
    async fn watch(&self, child: &mut Child) -> std::io::Result<ExitStatus> {
        let mut look = tokio::time::interval(LOOK);
        let mut linked = Instant::now();
        loop {
            tokio::select! {
                ended = child.wait() => return ended,
                () = self.hurry.cancelled() => {
                    child.kill().await?;
                }
                _ = look.tick() => {
                    if self.hub.is_linked(self.number) || self.ending.is_cancelled() {
                        linked = Instant::now();
                    } else if linked.elapsed() > UNLINKED_MAX {
                        tracing::error!(edge = self.number, "an edge stands still and is killed");
                        child.kill().await?;
                    }
                }
            }
        }
    }
}
