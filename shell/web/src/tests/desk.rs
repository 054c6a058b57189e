//! A desk that keeps its conversations in memory, and tokens that say what they are.

use std::sync::Mutex;

use hustings_link::desk::{Answer, Conversation, Desk, DeskError, NewConversation, NewToken};
use hustings_link::stage::{Commander, StageCommand};
use hustings_link::token::{TokenCheck, TokenError};
use hustings_vocab::plan::Plan;
use hustings_vocab::{Claims, HeldReason, MediaTime, Phase, Role, SeatId, Slug};

/// Conversations, and the seats that are muted.
#[derive(Default)]
pub(super) struct MemoryDesk {
    pub(super) conversations: Mutex<Vec<Conversation>>,
    broken: bool,
}

impl MemoryDesk {
    /// `evening` is in its lobby, `later` is announced, `past` is over.
    pub(super) fn with_an_evening() -> Self {
        let one = |slug: &str, title: &str, phase: Phase| Conversation {
            slug: slug.parse().unwrap(),
            title: title.into(),
            phase,
            starts_ms: Some(1_800_000_000_000),
            epoch_ms: phase.is_open().then_some(1_799_999_000_000),
            live_since: phase.is_over().then_some(MediaTime(96_000)),
            opening: None,
            listening: 7,
            plan: Plan { version: 1, ..Plan::default() },
            stranded: false,
        };
        let all = vec![
            one("evening", "</script><b>\"An\" evening & more", Phase::Lobby),
            one("later", "Later", Phase::Scheduled),
            one("past", "Past", Phase::Ended),
        ];
        Self { conversations: Mutex::new(all), broken: false }
    }

    /// Whatever is asked fails.
    pub(super) fn broken() -> Self {
        Self { broken: true, ..Self::default() }
    }

    pub(super) fn at<T>(
        &self,
        slug: Slug,
        change: impl FnOnce(&mut Conversation) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let mut all = self.all()?;
        let found = all.iter_mut().find(|c| c.slug == slug);
        change(found.ok_or(DeskError::Unknown(slug))?)
    }

    pub(super) fn all(&self) -> Result<std::sync::MutexGuard<'_, Vec<Conversation>>, DeskError> {
        if self.broken { Err(DeskError::Store("disk on fire".into())) } else { Ok(self.conversations.lock().unwrap()) }
    }
}

impl Desk for MemoryDesk {
    fn list(&self) -> Answer<'_, Vec<Conversation>> {
        Box::pin(async move { Ok(self.all()?.clone()) })
    }

    fn find(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move { self.at(slug, |c| Ok(c.clone())) })
    }

    fn create(&self, new: NewConversation) -> Answer<'_, Conversation> {
        Box::pin(async move {
            let mut all = self.all()?;
            if all.iter().any(|c| c.slug == new.slug) {
                return Err(DeskError::Exists(new.slug));
            }
            let made = Conversation {
                title: new.title.unwrap_or_else(|| new.slug.to_string()),
                phase: if new.starts_ms.is_some() { Phase::Scheduled } else { Phase::Lobby },
                slug: new.slug,
                starts_ms: new.starts_ms,
                epoch_ms: None,
                live_since: None,
                opening: None,
                listening: 0,
                plan: Plan { version: 1, ..Plan::default() },
                stranded: false,
            };
            all.push(made.clone());
            Ok(made)
        })
    }

    fn cancel(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move {
            self.at(slug, |c| {
                c.phase = Phase::Cancelled;
                Ok(c.clone())
            })
        })
    }

    fn role_of(&self, _: &Slug, seat: &SeatId, role: Role) -> Option<Role> {
        (seat.as_str() != "banned").then_some(role)
    }

    fn draw_seat(&self) -> SeatId {
        "drawn".parse().unwrap()
    }

    fn command(&self, slug: Slug, by: Commander, command: StageCommand) -> Answer<'_, Conversation> {
        Box::pin(async move {
            self.at(slug, |c| {
                c.phase = match (command, c.phase) {
                    (_, phase) if phase.is_over() => return Err(DeskError::Conflict("it is over".into())),
                    (StageCommand::Start | StageCommand::Resume, _) => Phase::Live,
                    (StageCommand::Hold, _) => Phase::Held(HeldReason::Break),
                    (StageCommand::End, _) => Phase::Ended,
                    (StageCommand::Seat(seat, _), _) if seat.as_str() == "absent" => {
                        return Err(DeskError::Conflict("absent is not on stage".into()));
                    }
                    (StageCommand::Mute(_) | StageCommand::RaiseHand, phase) => {
                        assert!(by.seat.is_some(), "somebody is meant");
                        phase
                    }
                    (_, phase) => phase,
                };
                Ok(c.clone())
            })
        })
    }

    fn issue(&self, slug: Slug, new: NewToken) -> Answer<'_, String> {
        Box::pin(async move { self.at(slug, |c| Ok(format!("{}.{}.{:?}", new.role, c.slug, new.expires_s))) })
    }
}

/// Tokens in plain words: `role@conversation`.
pub(super) struct SpokenTokens;

impl TokenCheck for SpokenTokens {
    fn check(&self, token: &str) -> Result<Claims, TokenError> {
        let (role, conversation) = token.split_once('@').ok_or(TokenError::BadSignature)?;
        let role = match role {
            "host" => Role::Host,
            "speaker" => Role::Speaker,
            "cohost" => Role::CoHost,
            "producer" => Role::Producer,
            "listener" => Role::Listener,
            _ => return Err(TokenError::Expired),
        };
        let conversation = conversation.parse().map_err(|_| TokenError::BadSignature)?;
        Ok(Claims { sub: "seat".parse().unwrap(), conversation, role, name: None, iat: 0, exp: u64::MAX })
    }
}
