//! The engine from outside: how it is started, and how it ends.

use std::io;
use std::net::TcpListener;
use std::os::fd::BorrowedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use hustings_fan::Facts;
use hustings_link::hall::Halls;
use hustings_link::peer::{Arrival, Slots};
use hustings_vocab::Rendition;
use hustings_vocab::network::Network;
use rustix::net::Shutdown;

use crate::accept;
use crate::bell::Belfry;
use crate::worker::Worker;

/// What the engine needs beside its listener.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The conversations.
    pub halls: Arc<Halls>,
    /// The renditions that this build can make.
    pub offered: Vec<Rendition>,
    /// Threads, at least one.
    pub shards: usize,
    /// Send many at once by io_uring, where the system has it.
    pub io_uring: bool,
    /// Connections at once, those that were handed over included. When it is full the next is told so (503).
    pub connections_max: usize,
    /// Reads what the kernel knows of a connection, to find the dead.
    pub facts: fn(BorrowedFd<'_>) -> io::Result<Facts>,
    /// How TLS is spoken, if it is: by 1.3 alone, with secrets that can be taken out (`enable_secret_extraction`). Who offers
    /// no 1.3 is one of the others.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Balancers whose connections begin with a header of the PROXY protocol, which says where they come from.
    pub proxies: Vec<Network>,
    /// Who serves what is no stream. When it is full the client is told to come again (503).
    pub others: tokio::sync::mpsc::Sender<Arrival>,
}

/// What the shards share.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) config: EngineConfig,
    pub(crate) slots: Arc<Slots>,
    state: AtomicU8,
}

const OPEN: u8 = 0;
const CLOSING: u8 = 1;
const HURRY: u8 = 2;

impl House {
    /// Nobody is let in any more, and who has heard the end goes.
    pub(crate) fn is_closing(&self) -> bool {
        self.state.load(Relaxed) >= CLOSING
    }

    /// Everybody goes.
    pub(crate) fn is_in_a_hurry(&self) -> bool {
        self.state.load(Relaxed) == HURRY
    }
}

/// A running engine. Dropping it cuts every connection.
#[derive(Debug)]
pub struct Engine {
    house: Arc<House>,
    listener: Arc<TcpListener>,
    belfries: Vec<Arc<Belfry>>,
    threads: Vec<JoinHandle<()>>,
    /// Closed when the last thread has ended.
    over: mpsc::Receiver<()>,
}

impl Engine {
    /// Accepts and serves on threads of its own.
    ///
    /// # Errors
    /// What the system says when it gives no thread or no descriptor.
    pub fn start(listener: TcpListener, config: EngineConfig) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        accept::prepare(&listener);
        let listener = Arc::new(listener);
        let (over_tx, over) = mpsc::channel();
        let shards = config.shards.max(1);
        let slots = Slots::new(config.connections_max);
        let house = Arc::new(House { config, slots, state: AtomicU8::new(OPEN) });
        let mut engine =
            Self { house: house.clone(), listener: listener.clone(), belfries: Vec::new(), threads: Vec::new(), over };
        for shard in 0..shards {
            let belfry = Belfry::new()?;
            let worker = Worker::new(house.clone(), belfry.clone(), listener.clone())?;
            let (house, rung, listener, over) = (house.clone(), belfry.clone(), listener.clone(), over_tx.clone());
            let thread = std::thread::Builder::new().name(format!("audience-{shard}")).spawn(move || {
                serve(worker, || Worker::new(house.clone(), rung.clone(), listener.clone()));
                drop(over);
            })?;
            engine.belfries.push(belfry);
            engine.threads.push(thread);
        }
        Ok(engine)
    }

    /// The places of its connections.
    #[must_use]
    pub fn slots(&self) -> &Arc<Slots> {
        &self.house.slots
    }

    /// Refuses who comes from now on, in every process that shares the listener.
    pub fn refuse(&self) {
        // One that is shut down already refuses.
        let _ = rustix::net::shutdown(&*self.listener, Shutdown::Both);
    }

    /// Lets nobody in any more, waits until those who listen have heard the end, or `patience` has passed, and ends. It
    /// blocks. Who comes waits for another process that shares the listener; where there is none, call [`Engine::refuse`]
    /// first.
    pub fn drain(self, patience: Duration) {
        self.enter(CLOSING);
        // The wait ends early when every thread has ended.
        let _ = self.over.recv_timeout(patience);
    }

    fn enter(&self, state: u8) {
        self.house.state.fetch_max(state, Relaxed);
        self.belfries.iter().for_each(|belfry| belfry.wake());
    }
}

/// Serves until the house has closed. A shard that panics loses its listeners, who come back by themselves; the others do
/// not notice, and it begins anew.
fn serve(mut worker: Worker, again: impl Fn() -> io::Result<Worker>) {
    loop {
        match catch_unwind(AssertUnwindSafe(|| worker.run())) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => return tracing::error!(%error, "a shard of the audience has ended"),
            Err(_) => tracing::error!("a shard of the audience has panicked and begins anew"),
        }
        match again() {
            Ok(fresh) => worker = fresh,
            Err(error) => return tracing::error!(%error, "a shard of the audience cannot begin anew"),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.enter(HURRY);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
