//! Webhooks of a running server: the door to them, what they are told, and the loop that sends.
//!
//! What happens on stages passes the hub, which leaves a copy here ([`Heard`]); what of it is an occasion is found by
//! comparing it with what was before (`changes`), and is written into the queue of the records. The loop takes from the queue
//! what is due, one message of each webhook at a time. A process that dies between an occasion and its row has not told it; what
//! has a row is told, if need be twice, under the same name.

mod changes;
mod door;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hustings_cases::Category;
use hustings_link::down::Down;
use hustings_store::{Due, Fate, Store, StoreError, Told};
use hustings_vocab::event::What;
use hustings_vocab::{Occasion, Slug, limits};
use hustings_webhooks::{Answer, Message, Secret, Sender, pause};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::times::now_ms;
use changes::Stage;

/// How often it is looked whether a pause is over.
const LOOK: Duration = Duration::from_secs(1);
/// Pauses before what happened is written down again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// The webhooks.
pub(crate) struct HouseWebhooks {
    store: Store,
    sender: Sender,
    /// Whether plain HTTP and addresses that are not the public's are allowed.
    private: bool,
    /// Whether there may be a webhook: where there is none, nothing is asked of the records.
    any: AtomicBool,
    /// Rung when something was put into the queue.
    bell: Notify,
}

/// When the case of a report was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    /// By an earlier report.
    Before,
    /// By this one.
    Now,
}

/// What is known of each open stage.
#[derive(Debug)]
pub(crate) struct Stages(BTreeMap<Slug, Stage>);

/// Something that happened on a stage.
pub(crate) type Heard = (Slug, What);

/// Where the hub leaves what happens; when it is full the newest is lost, and the log says so.
#[derive(Debug, Clone)]
pub(crate) struct Ear(mpsc::Sender<Heard>);

impl Ear {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Heard>) {
        let (ear, heard) = mpsc::channel(limits::OCCASIONS_WAITING_MAX);
        (Self(ear), heard)
    }

    /// Leaves what webhooks may be told of.
    pub(crate) fn hear(&self, down: &Down) {
        let Down::Event { slug, event } = down else { return };
        if matches!(event.what, What::State(_) | What::Roster(_) | What::Hands(_))
            && self.0.try_send((slug.clone(), event.what.clone())).is_err()
        {
            tracing::warn!(%slug, "more happens at this moment than webhooks can be told of");
        }
    }
}

impl HouseWebhooks {
    pub(crate) fn new(store: Store, private: bool) -> Result<Arc<Self>, reqwest::Error> {
        let sender = Sender::new(private)?;
        Ok(Arc::new(Self { store, sender, private, any: AtomicBool::new(true), bell: Notify::new() }))
    }

    /// What is known of the stages that were open when the server stopped, so that nothing of them is told again. To be asked
    /// before they are taken up.
    pub(crate) async fn stages(&self) -> Result<Stages, StoreError> {
        self.any.store(self.store.has_webhooks().await?, Relaxed);
        let open = self.store.open_ones().await?;
        Ok(Stages(open.into_iter().map(|record| (record.slug, Stage::in_phase(record.phase))).collect()))
    }

    /// Finds occasions in what happens, and writes them down.
    pub(crate) async fn write_down(self: Arc<Self>, stages: Stages, mut heard: mpsc::Receiver<Heard>) {
        let Stages(mut stages) = stages;
        while let Some((slug, what)) = heard.recv().await {
            let stage = stages.entry(slug.clone()).or_default();
            for (occasion, data) in stage.now(what) {
                self.told(occasion, &slug, data).await;
            }
            if stage.is_over() {
                stages.remove(&slug);
            }
        }
    }

    /// A conversation was called off.
    pub(crate) async fn tell_of_end(&self, slug: &Slug, reason: &str) {
        self.told(Occasion::Cancelled, slug, json!({ "reason": reason })).await;
    }

    /// Something was reported: the case that it belongs to, and whether the report opened it. Who reported is told to nobody.
    pub(crate) async fn tell_of_report(&self, slug: &Slug, case: &str, category: Category, opened: Opened) {
        let data = json!({ "case": case, "category": category });
        if opened == Opened::Now {
            self.told(Occasion::CaseOpened, slug, data.clone()).await;
        }
        self.told(Occasion::Reported, slug, data).await;
    }

    /// Puts an occasion into the queue of everybody who is told of it.
    async fn told(&self, occasion: Occasion, slug: &Slug, data: Value) {
        if !self.any.load(Relaxed) {
            return;
        }
        let now_ms = now_ms();
        let Some(body) = body(occasion, slug, data, now_ms) else { return };
        let id = message_id();
        loop {
            match self.store.tell_webhooks(Told { id: &id, occasion, slug, body: &body, now_ms }).await {
                Ok(0) => return,
                Ok(_) => return self.bell.notify_one(),
                Err(error) => {
                    tracing::error!(%slug, %error, "an occasion was not written down for webhooks; it is tried again");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
            }
        }
    }

    /// Sends what is due, for ever. What is under way when this is dropped is sent again by the next process.
    pub(crate) async fn send_all(self: Arc<Self>) {
        let busy: Arc<Mutex<Vec<String>>> = Arc::default();
        let lock = |busy: &Mutex<Vec<String>>| busy.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut tries = JoinSet::new();
        loop {
            let room = limits::WEBHOOKS_AT_ONCE_MAX.saturating_sub(tries.len());
            let due = if room == 0 { Vec::new() } else { self.due(&lock(&busy), room).await };
            for due in due {
                busy.lock().unwrap_or_else(PoisonError::into_inner).push(due.webhook.clone());
                let (webhooks, busy) = (self.clone(), busy.clone());
                tries.spawn(async move {
                    webhooks.send(&due).await;
                    busy.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != due.webhook);
                });
            }
            tokio::select! {
                // Whose try is over may have more that waits.
                Some(_) = tries.join_next() => {}
                () = self.bell.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn due(&self, busy: &[String], room: usize) -> Vec<Due> {
        match self.store.due(busy, room, now_ms()).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the queue of webhooks could not be read; it is tried again");
                Vec::new()
            }
        }
    }

    /// One try of one message, and what follows from it.
    async fn send(&self, due: &Due) {
        let answer = match Secret::read(&due.secret) {
            Ok(secret) => {
                let Due { id, url, body, .. } = due;
                self.sender.send(Message { id, url, secret: &secret, body, at_s: now_ms() / 1000 }).await
            }
            Err(bad) => Answer::None(bad.to_string()),
        };
        let next = pause(due.tries + 1, rand::random());
        let (fate, next_ms) = match (&answer, next) {
            (Answer::Taken(_), _) => (Fate::Delivered, None),
            (Answer::Gone, _) | (_, None) => (Fate::Dead, None),
            (_, Some(pause)) => (Fate::Waiting, Some(now_ms() + pause.as_millis() as u64)),
        };
        if let Err(error) = self.store.tried(due, fate, next_ms, &answer.to_string()).await {
            // It stays due, and is sent again: better twice than never.
            tracing::error!(webhook = due.webhook, %error, "what became of a message could not be written down");
            tokio::time::sleep(WRITE_AGAIN).await;
        }
    }
}

/// A name for a message, before that of its webhook.
fn message_id() -> String {
    format!("msg_{:032x}", rand::random::<u128>())
}

/// What is said of an occasion; `None` where it is longer than anything that we say.
fn body(occasion: Occasion, slug: &Slug, mut data: Value, now_ms: u64) -> Option<String> {
    data["conversation"] = json!(slug);
    said(occasion, &data, now_ms)
}

fn said(occasion: Occasion, data: &Value, now_ms: u64) -> Option<String> {
    let at = std::time::UNIX_EPOCH + Duration::from_millis(now_ms);
    let timestamp = humantime::format_rfc3339_millis(at).to_string();
    let text = json!({ "type": occasion, "timestamp": timestamp, "data": data }).to_string();
    (text.len() <= limits::WEBHOOK_BODY_BYTES_MAX).then_some(text)
}
