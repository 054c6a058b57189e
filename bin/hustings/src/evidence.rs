//! The evidence of this server: once a second it looks, once a minute it writes one record, and tells everybody.
//!
//! It has a thread of its own and waits for the disk there, so nothing of the stage or the audience ever waits for it. Where
//! the log cannot be written the evening goes on, the fault is counted, the records wait in memory (up to
//! [`PENDING_MAX`]), and the status page says so. An evening lasts as long as any conversation is open; its secret is drawn
//! when it begins and overwritten when it is over. Minutes follow a clock that began with the evening and is not set again:
//! by how much the system's clock was set meanwhile is one of the figures.

mod evening;
mod gauges;
mod system;
mod told;
mod turns;
mod witnesses;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use hustings_evidence::merkle::Hash;
use hustings_evidence::probe::{BadProbe, Prober};
use hustings_evidence::receipts::Receipt;
use hustings_evidence::record::Room;
use hustings_evidence::status::{Language, Past};
use hustings_ingest::{Listeners, WebRtc};
use hustings_ledger::{LedgerError, Log};
use hustings_link::desk::{Conversation, Desk};
use hustings_link::evidence::Told;
use hustings_link::hall::{Hall, Halls};
use hustings_studio::Studio;
use hustings_vocab::limits::evidence::{PROBES_WAITING_MAX, RECEIPTS_A_MINUTE_MAX};

use crate::config::Config;
use crate::failure::Failure;
use crate::gatehouse::Gatehouse;
use crate::hub::Hub;
use crate::times::now_ms;
use evening::Evening;
use witnesses::Witness;

/// Records that wait for a disk that takes none: twelve hours of minutes.
const PENDING_MAX: usize = 720;
/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);
/// How long the records may take to say when a conversation starts.
const ANSWER: Duration = Duration::from_secs(2);
/// The folder of the log in the data folder.
pub(crate) const FOLDER: &str = "evidence";

/// What the evidence is of.
pub(crate) struct Seen {
    pub(crate) halls: Arc<Halls>,
    pub(crate) studio: Arc<Studio>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) desk: Arc<dyn Desk>,
    /// The audience's WebRTC, where this process serves it.
    pub(crate) audience: Option<Listeners>,
    /// The stage's sockets.
    pub(crate) stage: WebRtc,
    pub(crate) gate: Arc<Gatehouse>,
    /// What the line carries, in kbit/s, if it was said.
    pub(crate) line_kbit: Option<i64>,
    /// How often an edge was started again.
    pub(crate) restarts: Arc<AtomicU64>,
}

/// The evidence.
pub(crate) struct Evidence {
    folder: PathBuf,
    contact: String,
    /// Where it can be heard when this server's line is full.
    elsewhere: String,
    seen: Seen,
    log: Mutex<Ledger>,
    told: RwLock<Told>,
    /// The minute in which receipts are given, of which conversations, and their commitments.
    receipts: Mutex<(i64, Vec<String>, Vec<Hash>)>,
    witnesses: Vec<Witness>,
    probers: Mutex<Vec<Prober>>,
    /// Probes of this minute: whether each reached this server, and its record.
    probes: Mutex<Vec<(bool, String)>>,
    runtime: tokio::runtime::Handle,
    stop: AtomicBool,
}

/// The log, and what could not be written to it yet.
struct Ledger {
    log: Result<Log, String>,
    pending: Vec<String>,
    /// Records that were lost because too many waited.
    lost: u64,
    past: Vec<Past>,
}

impl Evidence {
    /// Opens the log and begins to look. A log that cannot be opened is said so and is no reason not to start.
    pub(crate) fn start(config: &Config, name: &str, seen: Seen) -> Result<(Arc<Self>, JoinHandle<()>), Failure> {
        let folder = config.data.join(FOLDER);
        let opened = open(&config.data, &folder, name);
        let (past, unclosed) =
            opened.as_ref().ok().and_then(|_| hustings_ledger::past(&folder).ok()).unwrap_or_default();
        let log = opened.map_err(|error| error.to_string());
        if let Err(error) = &log {
            tracing::error!(%error, "no evidence is written; everything else goes on");
        }
        let evidence = Arc::new(Self {
            folder,
            contact: config.contact.clone(),
            elsewhere: config.runbook.elsewhere.clone(),
            seen,
            log: Mutex::new(Ledger { log, pending: Vec::new(), lost: 0, past }),
            told: RwLock::default(),
            receipts: Mutex::default(),
            witnesses: config.witnesses.iter().cloned().map(Witness::new).collect(),
            probers: Mutex::new(config.probers.clone()),
            probes: Mutex::default(),
            runtime: tokio::runtime::Handle::current(),
            stop: AtomicBool::new(false),
        });
        let keeper = evidence.clone();
        let keep = move || keeper.keep(&unclosed);
        Ok((evidence, std::thread::Builder::new().name("evidence".into()).spawn(keep)?))
    }

    /// Writes down the minute that is under way, and ends.
    pub(crate) fn finish(&self, thread: JoinHandle<()>) {
        self.stop.store(true, Relaxed);
        thread.thread().unpark();
        if thread.join().is_err() {
            tracing::error!("the evidence ended with a fault");
        }
    }

    fn keep(self: Arc<Self>, unclosed: &[String]) {
        let version = env!("CARGO_PKG_VERSION");
        let mut first = vec![hustings_evidence::record::start((now_ms() / 1000) as i64, version)];
        first.extend(evening::close_what_is_over(&self, unclosed));
        self.write(first);
        self.remember_past();
        let mut evening: Option<Evening> = None;
        while !self.stop.load(Relaxed) {
            Evening::look(&self, &mut evening);
            self.tell(evening.as_ref());
            std::thread::park_timeout(LOOK);
        }
        if let Some(mut evening) = evening {
            evening.pause(&self);
        }
    }

    /// Appends records, those that waited first; says whether they are on the disk.
    fn write(self: &Arc<Self>, records: Vec<String>) -> bool {
        let mut ledger = self.lock();
        let Ledger { log, pending, lost, .. } = &mut *ledger;
        let Ok(log) = log else { return false };
        pending.extend(records);
        match log.append(pending) {
            Ok(()) => pending.clear(),
            Err(error) => {
                tracing::error!(%error, waiting = pending.len(), "evidence could not be written; it waits");
                let over = pending.len().saturating_sub(PENDING_MAX);
                pending.drain(..over);
                *lost += over as u64;
                return false;
            }
        }
        drop(ledger);
        self.ask_witnesses();
        true
    }

    /// Appends the record of a minute, and puts the commitments of its receipts beside the log.
    fn write_with(self: &Arc<Self>, minute: i64, commitments: &[Hash], records: Vec<String>) -> bool {
        if !commitments.is_empty()
            && let Ok(log) = &self.lock().log
            && let Err(error) = log.receipts(minute, commitments)
        {
            tracing::error!(%error, "commitments of receipts could not be written");
        }
        self.write(records)
    }

    /// Reads again how earlier openings went.
    fn remember_past(&self) {
        if let Ok((past, _)) = hustings_ledger::past(&self.folder) {
            self.lock().past = past;
        }
    }

    /// What the records know of a conversation; `None` if they do not answer.
    fn found(&self, hall: &Hall) -> Option<Conversation> {
        let find = async { tokio::time::timeout(ANSWER, self.seen.desk.find(hall.slug.clone())).await };
        self.runtime.block_on(find).ok()?.ok()
    }

    /// Receipts are given for these conversations.
    fn open_for_receipts(&self, minute: i64, slugs: Vec<String>) {
        let mut receipts = self.receipts.lock().unwrap_or_else(PoisonError::into_inner);
        (receipts.0, receipts.1) = (minute, slugs);
    }

    /// The probes that have come since this was last asked.
    fn take_probes(&self) -> Vec<(bool, String)> {
        std::mem::take(&mut *self.probes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn has_probers(&self) -> bool {
        !self.probers.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn commitments(&self, minute: i64, slugs: Vec<String>) -> Vec<Hash> {
        let mut receipts = self.receipts.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, _, given) = std::mem::replace(&mut *receipts, (minute, slugs, Vec::new()));
        given
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(data: &Path, folder: &Path, name: &str) -> Result<Log, LedgerError> {
    let key = hustings_ledger::log_key(&data.join("keys"), name, rand::random())?;
    Log::open(folder, key, (now_ms() / 1000) as i64)
}

impl hustings_link::evidence::Evidence for Evidence {
    fn file(&self, path: &str) -> Option<Vec<u8>> {
        hustings_ledger::published(&self.folder, path).ok().flatten()
    }

    fn status(&self) -> Told {
        self.told.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn probe(&self, note: &[u8]) -> Result<(), BadProbe> {
        let mut probers = self.probers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (now_ms() / 1000) as i64;
        let (probe, key) = hustings_evidence::probe::take(&mut probers, note, now)?;
        drop(probers);
        let mut probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
        if probes.len() < PROBES_WAITING_MAX {
            let note = String::from_utf8_lossy(note);
            probes.push((probe.reached, hustings_evidence::record::probe(now, &key.encode(), &note)));
        }
        Ok(())
    }

    fn receipt(&self, slug: &str) -> Option<String> {
        let mut receipts = self.receipts.lock().unwrap_or_else(PoisonError::into_inner);
        let (minute, open, given) = &mut *receipts;
        if given.len() >= RECEIPTS_A_MINUTE_MAX || !open.iter().any(|known| known == slug) {
            return None;
        }
        let receipt = Receipt { slug: slug.to_owned(), minute: *minute, secret: rand::random() };
        given.push(receipt.commitment());
        Some(receipt.encode())
    }
}

impl Evidence {
    /// Who is there now.
    fn room(&self, hall: &Hall) -> Room {
        let counts = hall.attendance.whole();
        let int = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Room {
            phase: hall.phase().name().to_owned(),
            listening: int(counts.listening()),
            waiting: int(self.seen.gate.waiting(&hall.slug)),
            refused: int(counts.refused),
            came: int(counts.arrived),
        }
    }

    fn tell(&self, evening: Option<&Evening>) {
        let status = told::status(self, evening);
        let told = Told {
            html: Bytes::from(status.html(Language::English)),
            html_de: Bytes::from(status.html(Language::German)),
            json: Bytes::from(status.json()),
        };
        *self.told.write().unwrap_or_else(PoisonError::into_inner) = told;
    }
}
