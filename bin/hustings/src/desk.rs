//! The desk: records and the studio, behind one door for API, pages and command line.

mod letters;
mod plans;
mod together;

use std::sync::Arc;
use std::time::Duration;

use hustings_link::desk::{Answer, Conversation, Desk, DeskError, NewConversation, NewToken};
use hustings_link::hall::Halls;
use hustings_link::stage::{Commander, StageCommand};
use hustings_stage::Grants;
use hustings_store::{Keys, Record, State, Store, StoreError};
use hustings_studio::{CommandError, Noticed, Opening, Studio};
use hustings_vocab::plan::Visibility;
use hustings_vocab::{Claims, Phase, Role, SeatId, Slug, limits};

use tokio::sync::Notify;

pub(crate) use self::together::Together;
use crate::mail::Letters;
use crate::production::Files;
use crate::times::now_ms;
use crate::turnstile::Turnstile;
use crate::webhooks::HouseWebhooks;

/// Doors open this long before the announced start.
const DOORS_OPEN_MS: u64 = limits::DOORS_OPEN_MINUTES * 60 * 1000;
/// How often it looks whether doors must be opened.
const DOORS: Duration = Duration::from_secs(2);
/// How long after a failure a state is written down again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// A conversation begins with this much silence behind it, four segments, so that the first listener finds a whole
/// window.
const SILENCE_BEFORE_MS: u64 = 4 * 1920;

/// The desk of a running server.
pub(crate) struct HouseDesk {
    pub(crate) store: Store,
    /// Seats on the stage of each conversation.
    pub(crate) speakers: usize,
    pub(crate) studio: Arc<Studio>,
    pub(crate) halls: Arc<Halls>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) turnstile: Arc<Turnstile>,
    pub(crate) files: Arc<Files>,
    pub(crate) letters: Arc<Letters>,
    pub(crate) webhooks: Arc<HouseWebhooks>,
    /// Rung when what is announced was edited.
    pub(crate) edited: Arc<Notify>,
    /// What the first page lists, which a crowd asks for at once.
    pub(crate) listed: Together<Arc<Vec<Record>>>,
}

impl HouseDesk {
    pub(crate) const fn halls(&self) -> &Arc<Halls> {
        &self.halls
    }

    pub(crate) const fn studio(&self) -> &Arc<Studio> {
        &self.studio
    }

    pub(crate) const fn store(&self) -> &Store {
        &self.store
    }

    /// Takes up what was open when the server stopped: its media time goes on by the wall clock, its media is lost.
    pub(crate) async fn take_up(&self) -> Result<(), DeskError> {
        self.turnstile.stop(self.store.withdrawn_seats(now_ms()).await.map_err(refusal)?);
        for record in self.store.open_ones().await.map_err(refusal)? {
            let discontinuities = record.discontinuities + 1;
            self.open(&Record { discontinuities, ..record }, true).await?;
        }
        Ok(())
    }

    /// Opens doors for as long as the server runs.
    pub(crate) async fn keep_doors(self: Arc<Self>) {
        let mut look = tokio::time::interval(DOORS);
        loop {
            look.tick().await;
            if let Err(error) = self.open_doors().await {
                tracing::error!(%error, "doors could not be opened; trying again");
            }
        }
    }

    /// Opens the doors of what starts soon. Called every few seconds.
    pub(crate) async fn open_doors(&self) -> Result<(), DeskError> {
        // Nobody would come on the stage of a host who is suspended; those doors open when they are back.
        for record in self.store.starting(now_ms() + DOORS_OPEN_MS).await.map_err(refusal)? {
            self.open(&record, false).await?;
        }
        Ok(())
    }

    /// Writes down what the studio says, until it stops.
    pub(crate) async fn write_down(self: Arc<Self>, mut notices: Noticed) {
        while let Some((slug, state)) = notices.next().await {
            let saved = match self.store.find(&slug).await {
                Ok(was) => {
                    let now = State {
                        // A room is closed by its end, and can be opened again.
                        phase: if was.plan.stays && state.phase == Phase::Ended {
                            Phase::Scheduled
                        } else {
                            state.phase
                        },
                        live_since: state.live_since,
                        epoch_ms: was.epoch_ms,
                        discontinuities: was.discontinuities,
                    };
                    self.store.save_state(&slug, &now, now_ms()).await
                }
                Err(error) => Err(error),
            };
            if let Err(error) = saved {
                tracing::error!(%slug, %error, "the state of a conversation was not written down; it is tried again");
                tokio::time::sleep(WRITE_AGAIN).await;
                notices.give_back(slug, state);
            }
        }
    }

    async fn open(&self, record: &Record, resumed: bool) -> Result<(), DeskError> {
        // A room that was open before goes on by the wall clock, as after a restart: no part's number is used twice.
        let again = record.plan.stays && !resumed && record.epoch_ms.is_some();
        let record = &Record { discontinuities: record.discontinuities + u32::from(again), ..record.clone() };
        let resumed = resumed || again;
        let epoch_ms = record.epoch_ms.unwrap_or_else(|| now_ms() - SILENCE_BEFORE_MS);
        let phase = if record.phase == Phase::Scheduled { Phase::Lobby } else { record.phase };
        let state = hustings_vocab::event::State { phase, live_since: record.live_since };
        let decided = self.store.decisions(&record.slug).await.map_err(refusal)?;
        let opening = Opening {
            grants: Grants::of(decided),
            speakers: self.speakers,
            slug: record.slug.clone(),
            title: record.title.clone(),
            state,
            epoch_ms,
            now_ms: now_ms(),
            discontinuities: record.discontinuities,
            resumed,
        };
        // Written down first: what the studio then says is laid over a record that has its epoch.
        let saved = State {
            phase,
            epoch_ms: Some(epoch_ms),
            live_since: record.live_since,
            discontinuities: record.discontinuities,
        };
        self.store.save_state(&record.slug, &saved, now_ms()).await.map_err(refusal)?;
        // Before anybody can hear it.
        self.halls.entrance.seal(&record.slug, record.plan.visibility == Visibility::Invited);
        self.studio.open(opening).map_err(stage_refusal)?;
        if phase == Phase::Lobby {
            match self.store.prepared(&record.slug).await {
                Ok(prepared) => {
                    self.studio.set_lobby_sound(&record.slug, self.files.lobby(&record.slug, &prepared.lobby));
                }
                // A lobby that is silent is a lobby.
                Err(error) => tracing::error!(slug = %record.slug, %error, "what a lobby sounds of is not known"),
            }
        }
        Ok(())
    }

    async fn create_now(&self, new: NewConversation) -> Result<Conversation, DeskError> {
        let title = new.title.unwrap_or_else(|| new.slug.to_string());
        let length = title.chars().count();
        if length == 0 || length > limits::TITLE_CHARS_MAX || title.chars().any(char::is_control) {
            let max = limits::TITLE_CHARS_MAX;
            return Err(DeskError::Invalid(format!(
                "a title has 1 to {max} characters and no control characters, this has {length}"
            )));
        }
        let record = self.store.create(&new.slug, &title, new.starts_ms, now_ms()).await.map_err(refusal)?;
        if record.starts_ms.is_none_or(|s| s <= now_ms() + DOORS_OPEN_MS) {
            self.open(&record, false).await?;
        }
        self.find_now(&new.slug).await
    }

    async fn find_now(&self, slug: &Slug) -> Result<Conversation, DeskError> {
        let found = self.view(self.store.find(slug).await.map_err(refusal)?);
        let scheduled = found.phase == Phase::Scheduled;
        let stranded = scheduled && self.store.is_stranded(slug).await.map_err(refusal)?;
        let opening = self.store.opening(slug).await.map_err(refusal)?;
        Ok(Conversation { stranded, opening, ..found })
    }

    async fn command_now(&self, slug: Slug, by: Commander, command: StageCommand) -> Result<Conversation, DeskError> {
        let record = self.store.find(&slug).await.map_err(refusal)?;
        if record.phase == Phase::Scheduled && command == StageCommand::Start {
            self.open(&record, false).await?;
        }
        match self.studio.command(&slug, by, command).await {
            Ok(done) => {
                // Written down before it is acknowledged: who was banned stays banned, whatever happens next.
                for (seat, grant) in done.granted {
                    self.store.decide(&slug, &seat, grant, now_ms()).await.map_err(refusal)?;
                }
                self.find_now(&slug).await
            }
            Err(CommandError::NotOpen(_)) => {
                Err(DeskError::Conflict(format!("the conversation is {}, so its stage is closed", record.phase.name())))
            }
            Err(error) => Err(stage_refusal(error)),
        }
    }

    async fn issue_now(&self, slug: Slug, new: NewToken) -> Result<String, DeskError> {
        self.store.find(&slug).await.map_err(refusal)?;
        let claims = claims(slug, new, now_ms() / 1000)?;
        Ok(self.keys.issue(&claims))
    }

    /// A record as people see it: what runs is asked of the studio, which is ahead of the records.
    fn view(&self, record: Record) -> Conversation {
        let running = self.studio.state(&record.slug).filter(|_| !record.phase.is_over());
        // A room that was closed is announced again, whatever its last hour ended as.
        let running = running.filter(|s| !(record.plan.stays && s.phase.is_over()));
        let hall = self.halls.find(&record.slug);
        Conversation {
            phase: running.map_or(record.phase, |s| s.phase),
            live_since: running.map_or(record.live_since, |s| s.live_since),
            opening: None,
            listening: hall.map_or(0, |h| h.attendance.whole().listening()),
            slug: record.slug,
            title: record.title,
            starts_ms: record.starts_ms,
            epoch_ms: record.epoch_ms,
            plan: record.plan,
            stranded: false,
        }
    }
}

/// A seat that nobody else has.
fn draw_seat() -> SeatId {
    format!("{:016x}", rand::random::<u64>()).parse().expect("sixteen hexadecimal digits are a seat")
}

/// The claims of a new token.
pub(crate) fn claims(slug: Slug, new: NewToken, now_s: u64) -> Result<Claims, DeskError> {
    if let Some(name) = &new.name {
        let length = name.chars().count();
        if length == 0 || length > limits::NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let max = limits::NAME_CHARS_MAX;
            return Err(DeskError::Invalid(format!(
                "a name has 1 to {max} characters and no control characters, this has {length}"
            )));
        }
    }
    let sub = new.seat.unwrap_or_else(draw_seat);
    let exp = now_s.saturating_add(new.expires_s.unwrap_or(24 * 3600));
    Ok(Claims { sub, conversation: slug, role: new.role, name: new.name, iat: now_s, exp })
}

impl Desk for HouseDesk {
    fn list(&self) -> Answer<'_, Vec<Conversation>> {
        Box::pin(async {
            let records = self.store.list(now_ms()).await.map_err(refusal)?;
            Ok(records.into_iter().map(|r| self.view(r)).collect())
        })
    }

    fn find(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move { self.find_now(&slug).await })
    }

    fn create(&self, new: NewConversation) -> Answer<'_, Conversation> {
        Box::pin(self.create_now(new))
    }

    fn cancel(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move {
            let record = self.store.cancel(&slug, now_ms()).await.map_err(refusal)?;
            // A lobby that is called off is ended for those inside; the record says why.
            let _ = self.studio.command(&slug, Commander::site(), StageCommand::End).await;
            Ok(self.view(record))
        })
    }

    fn command(&self, slug: Slug, by: Commander, command: StageCommand) -> Answer<'_, Conversation> {
        Box::pin(self.command_now(slug, by, command))
    }

    fn role_of(&self, slug: &Slug, seat: &SeatId, role: Role) -> Option<Role> {
        // A stage that is closed has decided nothing yet that matters.
        self.studio.role_of(slug, seat, role).unwrap_or(Some(role))
    }

    fn draw_seat(&self) -> SeatId {
        draw_seat()
    }

    fn issue(&self, slug: Slug, new: NewToken) -> Answer<'_, String> {
        Box::pin(self.issue_now(slug, new))
    }
}

/// What the store refuses, in the desk's words.
pub(crate) fn refusal(error: StoreError) -> DeskError {
    match error {
        StoreError::Unknown(slug) => DeskError::Unknown(slug),
        StoreError::Exists(slug) => DeskError::Exists(slug),
        StoreError::Phase(..) => DeskError::Conflict(error.to_string()),
        _ => DeskError::Store(error.to_string()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is a function for map_err")]
fn stage_refusal(error: CommandError) -> DeskError {
    match error {
        CommandError::NotOpen(_) | CommandError::Refused(_) => DeskError::Conflict(error.to_string()),
        CommandError::ShuttingDown => DeskError::Store(error.to_string()),
    }
}
