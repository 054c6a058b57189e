//! Letters: what is written to whom, and the hand that carries the queue to the mail server.
//!
//! A letter is in the records before its cause is answered, so it survives the process; the carrier sends one after the other and
//! tries again later, less and less often, until two days have passed. Without `[mail]` nothing is written, and everybody is
//! told what they are told today. Deliberately absent: HTML, pictures that tell who has read, and a letter to whom nobody
//! knows an address of.

mod words;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hustings_mail::{Letter, Post, Unsent};
use hustings_store::{MailRecord, Store};
use hustings_vocab::limits;
use tokio::sync::Notify;

use crate::config::Mail;
use crate::failure::Failure;
use crate::times::now_ms;
pub(crate) use words::About;

/// How often the queue is looked at when nobody has rung: for letters that wait for another try.
const LOOK: Duration = Duration::from_secs(5);
/// How long the first retry waits; each further one waits twice as long, up to the longest.
const AGAIN_MS: u64 = 10_000;
const AGAIN_MS_MAX: u64 = 3_600_000;

/// Who writes letters.
pub(crate) struct Letters {
    store: Store,
    post: Option<(Post, words::Language)>,
    origin: OnceLock<String>,
    written: Notify,
}

impl Letters {
    pub(crate) fn new(store: Store, mail: Option<&Mail>) -> Result<Arc<Self>, Failure> {
        let post = match mail {
            Some(mail) => {
                let post = Post::new(&mail.url, &mail.from).map_err(Failure::usage)?;
                Some((post, words::Language::of(mail.german)))
            }
            None => None,
        };
        Ok(Arc::new(Self { store, post, origin: OnceLock::new(), written: Notify::new() }))
    }

    /// Where links lead, known when the listeners are.
    pub(crate) fn lead_to(&self, origin: String) {
        let _ = self.origin.set(origin);
    }

    /// Whether there is a mail server.
    pub(crate) const fn are_sent(&self) -> bool {
        self.post.is_some()
    }

    /// An address on our pages.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin.get().map_or("", String::as_str))
    }

    /// Writes a letter, if there is a mail server. Who causes it is not kept from anything by a letter that cannot be written.
    pub(crate) async fn write(&self, to: &str, about: &About<'_>) {
        let Some((_, language)) = self.post else { return };
        let now = now_ms();
        let (subject, text) = language.letter(about);
        let expires_ms = now + limits::MAIL_HOURS * 3_600_000;
        let id = format!("{:032x}", rand::random::<u128>());
        let record = MailRecord { id, to: to.to_owned(), subject, text, expires_ms, tries: 0 };
        match self.store.post(&record, now).await {
            Ok(true) => self.written.notify_one(),
            Ok(false) => tracing::error!("so many letters wait that this one was not written; look at mail.url"),
            Err(error) => tracing::error!(%error, "a letter was not written"),
        }
    }

    /// Carries letters for as long as the server runs.
    pub(crate) async fn carry(self: Arc<Self>) {
        let Some((post, _)) = &self.post else { return };
        loop {
            match self.store.take_mail(now_ms()).await {
                Ok(Some(letter)) => self.send(post, letter).await,
                Ok(None) => {
                    let _ = tokio::time::timeout(LOOK, self.written.notified()).await;
                }
                Err(error) => {
                    tracing::error!(%error, "letters cannot be read from the records");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    async fn send(&self, post: &Post, record: MailRecord) {
        let MailRecord { id, to, subject, text, expires_ms, tries } = record;
        let letter = Letter { id, to, subject, text };
        let done = match post.send(&letter).await {
            Ok(()) => {
                tracing::info!(letter = %letter.id, tries, "a letter was sent");
                self.store.drop_mail(&letter.id).await
            }
            Err(Unsent::Never(error)) => {
                tracing::warn!(letter = %letter.id, %error, "a letter was refused and is not tried again");
                self.store.drop_mail(&letter.id).await
            }
            Err(Unsent::Later(error)) => {
                let wait = (AGAIN_MS << tries.saturating_sub(1).min(10)).min(AGAIN_MS_MAX);
                let due_ms = now_ms() + wait;
                tracing::warn!(letter = %letter.id, tries, %error, wait_s = wait / 1000, "a letter waits");
                if due_ms < expires_ms {
                    self.store.put_mail_off(&letter.id, due_ms).await
                } else {
                    self.store.drop_mail(&letter.id).await
                }
            }
        };
        if let Err(error) = done {
            tracing::error!(%error, "what became of a letter was not written down; it may go twice");
        }
    }
}
