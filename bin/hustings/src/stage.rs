//! The runtime of the stage's sockets, apart from the audience's.

use std::io;

use rustix::process::setpriority_process;
use tokio::runtime::{Builder, EnterGuard, Handle, Runtime};

/// Before pages and the audience where they share a core: packets of speakers that wait make the jitter buffer longer, and that is
/// heard. It is no real-time priority, for strangers knock at these sockets too.
const NICE: i32 = -10;

/// The runtime of the stage's sockets. It may be dropped anywhere: what runs on it holds nothing that must be saved.
pub(crate) struct StageRuntime(Option<Runtime>);

impl StageRuntime {
    pub(crate) fn start() -> io::Result<Self> {
        // Half the cores: threads that share little work spend their time in waking each other.
        let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, 8);
        let mut builder = Builder::new_multi_thread();
        // Without the privilege it runs like any other thread.
        let prefer = || {
            let _ = setpriority_process(None, NICE);
        };
        let runtime = builder.worker_threads(threads).thread_name("stage").on_thread_start(prefer).enable_all().build();
        runtime.map(|runtime| Self(Some(runtime)))
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.0.as_ref().expect("it is there until it is dropped").handle()
    }

    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.handle().enter()
    }
}

impl Drop for StageRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
