//! Cases over the records, the last minutes and the stage: a report pins its minute before it is answered, and what a
//! moderator does is done first and written down with its row in the log.
//!
//! Deliberately absent: any automatic judgement. A report changes nothing of a conversation by itself, however many there are.

mod acts;
mod pins;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hustings_cases::{Decision, Paces, same_moment};
use hustings_link::accounts::Actor;
use hustings_link::cases::{
    Case, Cases, CasesError, Concerned, Deed, Report, Reported, Ruling, Settled, Subject, Wanted,
};
use hustings_store::{By, NewCase, NewReport, PinFiles, Store, StoreError, accounts};
use hustings_vocab::{AccountId, limits};

use crate::desk::HouseDesk;
use crate::floor::Floors;
use crate::people::HousePeople;
use crate::recent::LastMinutes;
use crate::times::now_ms;
use crate::webhooks::{HouseWebhooks, Opened};

/// How often it is looked what has ended.
const LOOK: Duration = Duration::from_secs(600);

/// The cases of a running server.
pub(crate) struct HouseCases {
    store: Store,
    recent: Arc<LastMinutes>,
    files: Arc<PinFiles>,
    desk: Arc<HouseDesk>,
    floors: Arc<Floors>,
    people: Arc<HousePeople>,
    webhooks: Arc<HouseWebhooks>,
    paces: Mutex<Paces>,
    /// One report after the other decides whether it opens a case.
    opening: tokio::sync::Mutex<()>,
}

impl HouseCases {
    pub(crate) fn new(
        store: Store,
        recent: Arc<LastMinutes>,
        files: PinFiles,
        (desk, floors, people): (Arc<HouseDesk>, Arc<Floors>, Arc<HousePeople>),
        webhooks: Arc<HouseWebhooks>,
    ) -> Arc<Self> {
        let (paces, opening) = (Mutex::default(), tokio::sync::Mutex::default());
        Arc::new(Self { store, recent, files: Arc::new(files), desk, floors, people, webhooks, paces, opening })
    }

    /// Closes cases, deletes pinned minutes and lifts suspensions, as time passes.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        let mut look = tokio::time::interval(LOOK);
        loop {
            look.tick().await;
            if let Err(error) = self.look().await {
                tracing::error!(%error, "what has ended of the cases was not cleared away; it is tried again");
            }
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        let now = now_ms();
        self.store.close_cases(now).await?;
        for id in self.store.pins_due(now).await? {
            self.unpin(&id).await?;
        }
        for (id, account) in self.store.suspensions_over(now).await? {
            let reason = format!("the time of the ruling in case {id} is over");
            self.reinstate(&account, &Actor { name: format!("case:{id}"), reason }).await;
            self.store.lift_suspension(&id, now).await?;
        }
        Ok(())
    }

    async fn take(&self, report: Report) -> Result<(), CasesError> {
        let now = now_ms();
        self.paces.lock().unwrap_or_else(PoisonError::into_inner).take(report.source, now).map_err(CasesError::Slow)?;
        let moment_ms = hustings_cases::moment(report.heard_ms, now);
        let written = NewReport {
            // Who has neither an account nor a seat is told apart by an address's number, which means nothing tomorrow.
            reporter: report.reporter.clone().unwrap_or_else(|| format!("source:{:x}", report.source)),
            category: report.category,
            said: report.said.clone(),
            at_ms: now,
        };
        let new = self.case_of(&report, moment_ms).await?;
        let _one = self.opening.lock().await;
        let apart = limits::CASE_MOMENT_SECONDS * 1000;
        let near = self.store.open_case(&new.slug, &new.subject, moment_ms.saturating_sub(apart), moment_ms + apart);
        match near.await.map_err(refusal)?.filter(|case| same_moment(case.moment_ms, moment_ms)) {
            Some(case) => {
                self.store.add_report(&case.id, &written).await.map_err(refusal)?;
                self.webhooks.tell_of_report(&new.slug, &case.id, report.category, Opened::Before).await;
                Ok(())
            }
            None => {
                let max = limits::CASES_OPEN_MAX;
                if self.store.cases_waiting().await.map_err(refusal)? >= max {
                    let sentence =
                        format!("{max} cases wait for a ruling, so no more are taken; write to the operator");
                    return Err(CasesError::Conflict(sentence));
                }
                self.store.open_new_case(&new, &written).await.map_err(refusal)?;
                self.pin(&new).await?;
                self.webhooks.tell_of_report(&new.slug, &new.id, report.category, Opened::Now).await;
                Ok(())
            }
        }
    }

    /// What a report would open, from what is known of its subject.
    async fn case_of(&self, report: &Report, moment_ms: u64) -> Result<NewCase, CasesError> {
        let Report { slug, subject, .. } = report;
        let record = self.store.find(slug).await.map_err(refusal)?;
        let mut new = NewCase {
            id: hustings_signin::id(),
            slug: slug.clone(),
            subject: subject.clone(),
            name: record.title,
            account: None,
            person: None,
            text: String::new(),
            moment_ms,
        };
        match subject {
            Subject::Conversation => {}
            Subject::Line(id) => {
                let line = self.store.said_line(slug, *id).await.map_err(refusal)?;
                let missing = "line of that number here; one can be reported a second after it was shown";
                let line = line.ok_or_else(|| CasesError::Unknown(missing.into()))?;
                (new.name, new.text, new.person) = (line.name, line.text, Some(line.person));
            }
            Subject::Speaker(seat) => {
                let hall = self.desk.halls().find(slug);
                let roster = hall.map(|hall| hall.events.now().1.roster.speakers).unwrap_or_default();
                let there = roster.into_iter().find(|speaker| speaker.seat == *seat).map(|speaker| speaker.name);
                let name = there.or_else(|| {
                    let tracks = self.recent.tracks(slug, 0, u64::MAX);
                    tracks.into_iter().find(|track| track.seat == *seat).map(|track| track.name)
                });
                let missing = "seat of that name on this stage in the last five minutes";
                new.name = name.ok_or_else(|| CasesError::Unknown(missing.into()))?;
                let account = seat.as_str().strip_prefix("a-").and_then(|id| id.parse::<AccountId>().ok());
                if let Some(account) = account
                    && self.store.account(&account).await.is_ok()
                {
                    new.account = Some(account);
                }
            }
        }
        Ok(new)
    }

    /// The case that somebody is concerned by.
    async fn theirs(&self, who: &Concerned, id: &str) -> Result<Case, CasesError> {
        let all = self.all_theirs(who).await?;
        let missing = || CasesError::Unknown("case of that name about you".into());
        all.into_iter().find(|case| case.id == id).ok_or_else(missing)
    }

    async fn all_theirs(&self, who: &Concerned) -> Result<Vec<Case>, CasesError> {
        match who {
            Concerned::Account(account) => self.store.cases_concerning(account).await.map_err(refusal),
            Concerned::Secret(secret) => {
                let found = self.store.case_by_secret(&accounts::digest(secret)).await.map_err(refusal)?;
                Ok(vec![found])
            }
        }
    }
}

impl Cases for HouseCases {
    fn report(&self, report: Report) -> Settled<'_, ()> {
        Box::pin(self.take(report))
    }

    fn list(&self, wanted: Wanted, offset: u64) -> Settled<'_, Vec<Case>> {
        Box::pin(async move { self.store.cases(wanted, offset).await.map_err(refusal) })
    }

    fn find(&self, id: String) -> Settled<'_, (Case, Vec<Reported>)> {
        Box::pin(async move {
            let case = self.store.case(&id).await.map_err(refusal)?;
            Ok((case, self.store.reported(&id).await.map_err(refusal)?))
        })
    }

    fn track(&self, id: String, number: usize, by: Actor) -> Settled<'_, Vec<u8>> {
        Box::pin(self.listen(id, number, by))
    }

    fn act(&self, id: String, deed: Deed, by: Actor) -> Settled<'_, Case> {
        Box::pin(self.act_now(id, deed, by))
    }

    fn rule(&self, id: String, ruling: Ruling, by: Actor) -> Settled<'_, (Case, String)> {
        Box::pin(self.rule_now(id, ruling, by))
    }

    fn decide(&self, id: String, upheld: bool, by: Actor) -> Settled<'_, Case> {
        Box::pin(self.decide_now(id, upheld, by))
    }

    fn concerning(&self, who: Concerned) -> Settled<'_, Vec<Case>> {
        Box::pin(async move { self.all_theirs(&who).await })
    }

    fn appeal(&self, who: Concerned, id: String, text: String) -> Settled<'_, Case> {
        Box::pin(async move {
            let case = self.theirs(&who, &id).await?;
            let name = match case.account {
                Some(account) => format!("account:{account}"),
                None => format!("link:{id}"),
            };
            let by = By { actor: &name, reason: "", now_ms: now_ms() };
            self.store.appeal_case(&id, &text, by).await.map_err(refusal)
        })
    }

    fn blocked(&self, account: AccountId) -> Settled<'_, Vec<String>> {
        Box::pin(async move { self.store.blocked(&account).await.map_err(refusal) })
    }

    fn block(&self, account: AccountId, names: Vec<String>) -> Settled<'_, ()> {
        Box::pin(async move { self.store.set_blocked(&account, &names).await.map_err(refusal) })
    }
}

/// What the store refuses, in the words of the door.
fn refusal(error: StoreError) -> CasesError {
    match error {
        StoreError::Nobody(what) => CasesError::Unknown(what),
        StoreError::Unknown(slug) => CasesError::Unknown(format!("conversation {slug}")),
        StoreError::Account(_) => CasesError::Conflict(error.to_string()),
        _ => CasesError::Store(error.to_string()),
    }
}

/// Whether a ruling is one that acts on an account.
fn needs_account(decision: Decision) -> bool {
    decision == Decision::Suspended
}
