//! The desk for those who plan: announcing, editing, calling off, and inviting.

use std::sync::Arc;

use hustings_link::desk::{Answer, Conversation, DeskError};
use hustings_link::plans::{Accepted, Boxed, Invitation, InviteError, NewInvitation, NewPlan, PlanError, Plans};
use hustings_link::stage::{Commander, StageCommand};
use hustings_schedule::edit::{Announced, Edit};
use hustings_schedule::slug;
use hustings_stage::Order;
use hustings_store::{InvitationRecord, NewInvitationRecord, NewRecord, Record, Saved, Seated, Secret, StoreError};
use hustings_vocab::plan::Visibility;
use hustings_vocab::{AccountId, Phase, Role, SeatId, Slug, limits};

use super::{DOORS_OPEN_MS, HouseDesk, claims, refusal};
use crate::times::now_ms;

/// A proposed address that is taken gets an ending, which is drawn so many times at most.
const DRAWS: usize = 8;
/// A guest's token holds at least this long, and as long after the start: a guest comes early, tests and comes back.
const GUEST_TOKEN_S: u64 = 24 * 3600;

fn announced(record: &Record) -> Announced {
    Announced { title: record.title.clone(), starts_ms: record.starts_ms, plan: record.plan.clone() }
}

fn over(record: &Record) -> DeskError {
    DeskError::Conflict(format!("the conversation is {}, so nothing of it can be changed", record.phase.name()))
}

impl HouseDesk {
    async fn plan_now(&self, new: NewPlan) -> Result<Conversation, DeskError> {
        let NewPlan { slug: given, title, starts_ms, repeats, plan, key } = new;
        if let Some(key) = &key
            && let Some(made) = self.store.made_by_request(key).await.map_err(refusal)?
        {
            return Ok(self.view(made));
        }
        let title = title.or_else(|| given.as_ref().map(Slug::to_string));
        let title = title.ok_or_else(|| DeskError::Invalid("a conversation needs a title or a slug".into()))?;
        // What is for the invited has an address that cannot be guessed from its title.
        let hidden = plan.visibility == Visibility::Invited;
        let proposed = given.clone().unwrap_or_else(|| slug::propose(&title));
        for draw in 0..DRAWS {
            let base = match &given {
                Some(slug) => slug.clone(),
                None if hidden => slug::ended(&proposed, 8, rand::random()),
                None if draw == 0 => proposed.clone(),
                None => slug::ended(&proposed, 4, rand::random()),
            };
            let mut all = Vec::new();
            if repeats.is_empty() {
                let announced = Announced { title: title.clone(), starts_ms, plan: plan.clone() };
                all.push(NewRecord { slug: base.clone(), announced, key: key.clone() });
            }
            for (n, (date, ms)) in repeats.iter().enumerate() {
                let slug = slug::dated(&base, date);
                let first = all.first().map_or_else(|| slug.to_string(), |first| first.slug.to_string());
                let mut announced = Announced { title: title.clone(), starts_ms: Some(*ms), plan: plan.clone() };
                announced.plan.series = Some(first);
                all.push(NewRecord { slug, announced, key: key.clone().filter(|_| n == 0) });
            }
            match self.store.announce(&all, now_ms()).await {
                Ok(()) => return self.announced_now(&all).await,
                Err(StoreError::Exists(slug)) => {
                    // The same request was answered at this moment, beside us.
                    if let Some(key) = &key
                        && let Some(made) = self.store.made_by_request(key).await.map_err(refusal)?
                    {
                        return Ok(self.view(made));
                    }
                    if given.is_some() {
                        return Err(DeskError::Exists(slug));
                    }
                }
                Err(error) => return Err(refusal(error)),
            }
        }
        Err(DeskError::Exists(proposed))
    }

    async fn announced_now(&self, all: &[NewRecord]) -> Result<Conversation, DeskError> {
        for new in all {
            let Announced { starts_ms, plan, .. } = &new.announced;
            if let Some(account) = &plan.created_by {
                self.own(new.slug.clone(), account.clone()).await?;
            }
            if !plan.stays && starts_ms.is_none_or(|s| s <= now_ms() + DOORS_OPEN_MS) {
                let record = self.store.find(&new.slug).await.map_err(refusal)?;
                self.open(&record, false).await?;
            }
        }
        let first = all.first().ok_or_else(|| DeskError::Invalid("a series has at least one occurrence".into()))?;
        self.find_now(&first.slug).await
    }

    async fn edit_now(
        &self,
        slug: &Slug,
        version: u64,
        edit: &Edit,
        following: bool,
    ) -> Result<Conversation, PlanError> {
        let record = self.store.find(slug).await.map_err(refusal)?;
        if record.phase.is_over() {
            return Err(over(&record).into());
        }
        if record.plan.version != version {
            return Err(PlanError::Stale(Box::new(self.view(record))));
        }
        let was = announced(&record);
        let invalid = |e: hustings_schedule::zone::BadTime| DeskError::Invalid(e.to_string());
        let now = edit.of(&was).map_err(invalid)?;
        let moves = now.starts_ms != was.starts_ms;
        // Who is inside already, or waits, is told when it starts now; what they came to keeps its name.
        if record.phase != Phase::Scheduled && now.title != was.title {
            return Err(DeskError::Conflict("the doors are open, so the title stays as it is".into()).into());
        }
        if moves && !matches!(record.phase, Phase::Scheduled | Phase::Lobby) {
            return Err(DeskError::Conflict("it has begun, so the start stays as it is".into()).into());
        }
        let mut followers = Vec::new();
        if following {
            for follower in self.store.followers(&record).await.map_err(refusal)? {
                let then = edit.of_follower(&announced(&follower), &was, &now).map_err(invalid)?;
                followers.push((follower.slug, then));
            }
        }
        let saved = self.store.edit(slug, &now, moves, &followers, now_ms()).await.map_err(refusal)?;
        self.edited.notify_one();
        let found = self.find_now(slug).await?;
        if saved == Saved::Stale {
            return Err(PlanError::Stale(Box::new(found)));
        }
        if self.halls.find(slug).is_some() {
            self.halls.entrance.seal(slug, found.plan.visibility == Visibility::Invited);
        }
        if moves {
            self.tell_of_move(slug, &was, &now).await;
        }
        Ok(found)
    }

    async fn call_off_now(
        &self,
        slug: &Slug,
        version: Option<u64>,
        reason: &str,
        following: bool,
    ) -> Result<Conversation, PlanError> {
        let record = self.store.find(slug).await.map_err(refusal)?;
        if !matches!(record.phase, Phase::Scheduled | Phase::Lobby) {
            return Err(refusal(StoreError::Phase(slug.clone(), record.phase)).into());
        }
        let mut followers = Vec::new();
        if following {
            followers = self.store.followers(&record).await.map_err(refusal)?;
        }
        let later: Vec<_> = followers.iter().map(|follower| follower.slug.clone()).collect();
        let version = version.unwrap_or(record.plan.version);
        let saved = self.store.call_off(slug, version, reason, &later, now_ms()).await.map_err(refusal)?;
        let found = self.find_now(slug).await?;
        if saved == Saved::Stale {
            return Err(if matches!(found.phase, Phase::Scheduled | Phase::Lobby) {
                PlanError::Stale(Box::new(found))
            } else {
                refusal(StoreError::Phase(slug.clone(), found.phase)).into()
            });
        }
        // A lobby that is called off is ended for those inside; the record says why.
        for record in std::iter::once(&record).chain(&followers) {
            let _ = self.studio.command(&record.slug, Commander::site(), StageCommand::End).await;
            self.webhooks.tell_of_end(&record.slug, reason).await;
        }
        let all: Vec<_> = std::iter::once(&record).chain(&followers).map(|one| (&one.slug, announced(one))).collect();
        self.tell_of_end(&all, reason).await;
        Ok(found)
    }

    async fn invite_now(&self, slug: Slug, new: NewInvitation) -> Result<(Invitation, String), DeskError> {
        let record = self.store.find(&slug).await.map_err(refusal)?;
        if record.phase.is_over() {
            return Err(over(&record));
        }
        if new.email.is_some() && !self.letters.are_sent() {
            return Err(DeskError::Invalid(
                "this server sends no mail: leave email away, and give the link yourself".into(),
            ));
        }
        let conversation = announced(&record);
        let secret = Secret::of(rand::random());
        let now = now_ms();
        let record = NewInvitationRecord {
            id: format!("{:016x}", rand::random::<u64>()),
            slug: slug.clone(),
            role: new.role,
            label: new.label,
            name: new.name,
            uses_max: new.uses_max,
            expires_ms: new.expires_s.map(|s| now.saturating_add(s.saturating_mul(1000))),
            created_by: new.by,
        };
        if !self.store.invite(&record, &secret, now).await.map_err(refusal)? {
            let max = limits::INVITATIONS_PER_CONVERSATION_MAX;
            return Err(DeskError::Conflict(format!("there are {max} invitations already; share one of them")));
        }
        if let Some(email) = &new.email {
            self.store.invitation_was_sent(&record.id, email).await.map_err(refusal)?;
            self.tell_guest(email, &conversation, &slug, secret.text()).await;
        }
        let found = self.store.invitation(&slug, &secret).await.map_err(refusal)?;
        let found = found.ok_or_else(|| DeskError::Store("an invitation was written and is not there".into()))?;
        Ok((seen(found), secret.text().to_owned()))
    }

    async fn withdraw_now(&self, slug: &Slug, id: &str) -> Result<Invitation, InviteError> {
        let found = self.store.withdraw(slug, id, now_ms()).await.map_err(refusal)?;
        let (invitation, seats) = found.ok_or(InviteError::NoSuch)?;
        self.dismiss(slug, &seats).await;
        Ok(seen(invitation))
    }

    /// Takes seats from those who have them: their tokens open nothing any more, and who is on stage is not heard from
    /// here on. This is where the stage is told to remove them.
    async fn dismiss(&self, slug: &Slug, seats: &[SeatId]) {
        self.turnstile.stop(seats.iter().map(|seat| (slug.clone(), seat.clone())));
        for seat in seats {
            // A stage that is closed has nobody on it.
            let remove = StageCommand::Seat(seat.clone(), Order::Remove);
            let _ = self.command_now(slug.clone(), Commander::site(), remove).await;
        }
    }

    async fn accept_now(&self, slug: Slug, secret: &str, name: Option<String>) -> Result<Accepted, InviteError> {
        let secret = Secret::shown(secret).ok_or(InviteError::NoSuch)?;
        let invitation = self.store.invitation(&slug, &secret).await.map_err(refusal)?;
        let invitation = invitation.ok_or(InviteError::NoSuch)?;
        let record = self.store.find(&slug).await.map_err(refusal)?;
        if record.phase.is_over() {
            return Err(InviteError::Over("this conversation is over, and so is the invitation to it"));
        }
        let now_s = now_ms() / 1000;
        let from_s = record.starts_ms.map_or(now_s, |ms| (ms / 1000).max(now_s));
        let expires_s = (from_s - now_s + GUEST_TOKEN_S).min(limits::TOKEN_EXPIRES_SECONDS_MAX);
        let fresh = format!("guest-{:012x}", rand::random::<u64>() >> 16);
        let fresh: SeatId = fresh.parse().map_err(|e| DeskError::Store(format!("a seat could not be made: {e}")))?;
        let until_ms = (now_s + expires_s + limits::TOKEN_LEEWAY_SECONDS) * 1000;
        let seated =
            self.store.seat(&invitation, name.as_deref(), &fresh, until_ms, now_ms()).await.map_err(refusal)?;
        let (seat, name) = match seated {
            Seated::Seat(seat, name) => (seat, name),
            Seated::Revoked => {
                return Err(InviteError::Over("a host has withdrawn this invitation; ask for a new link"));
            }
            Seated::Expired => return Err(InviteError::Over("this invitation has ended; ask for a new link")),
            Seated::UsedUp => {
                return Err(InviteError::Over("as many people as were invited have come already; ask for a new link"));
            }
            Seated::Nameless => return Err(InviteError::Nameless),
        };
        let role: Role = invitation.role;
        let new = hustings_link::desk::NewToken {
            role,
            seat: Some(seat.clone()),
            name: Some(name.clone()),
            expires_s: Some(expires_s),
        };
        let token = self.keys.issue(&claims(slug, new, now_s)?);
        Ok(Accepted { token, seat, name, role })
    }
}

fn seen(record: InvitationRecord) -> Invitation {
    let InvitationRecord { id, role, label, name, uses_max, uses, expires_ms, revoked_ms, created_ms, .. } = record;
    Invitation { id, role, label, name, uses_max, uses, expires_ms, revoked_ms, created_ms }
}

impl Plans for HouseDesk {
    fn public(&self) -> Answer<'_, Vec<Conversation>> {
        Box::pin(async {
            let asked = async { self.store.public(now_ms()).await.map(Arc::new) };
            let records = self.listed.ask(asked).await.map_err(refusal)?;
            Ok(records.iter().map(|record| self.view(record.clone())).collect())
        })
    }

    fn planned_by(&self, account: AccountId, before: Option<Slug>) -> Answer<'_, Vec<Conversation>> {
        Box::pin(async move {
            let records = self.store.planned_by(&account, before.as_ref()).await.map_err(refusal)?;
            Ok(records.into_iter().map(|r| self.view(r)).collect())
        })
    }

    fn plan(&self, new: NewPlan) -> Answer<'_, Conversation> {
        Box::pin(self.plan_now(new))
    }

    fn edit(&self, slug: Slug, version: u64, edit: Edit, following: bool) -> Boxed<'_, Conversation, PlanError> {
        Box::pin(async move { self.edit_now(&slug, version, &edit, following).await })
    }

    fn call_off(
        &self,
        slug: Slug,
        version: Option<u64>,
        reason: String,
        following: bool,
    ) -> Boxed<'_, Conversation, PlanError> {
        Box::pin(async move { self.call_off_now(&slug, version, &reason, following).await })
    }

    fn open_now(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move {
            let record = self.store.find(&slug).await.map_err(refusal)?;
            match record.phase {
                Phase::Scheduled => self.open(&record, false).await?,
                phase if phase.is_over() => return Err(over(&record)),
                _ => {}
            }
            self.find_now(&slug).await
        })
    }

    fn own(&self, slug: Slug, account: AccountId) -> Answer<'_, ()> {
        Box::pin(async move { self.store.set_role_in(&slug, &account, Role::Host).await.map_err(refusal) })
    }

    fn invitations(&self, slug: Slug) -> Answer<'_, Vec<Invitation>> {
        Box::pin(async move {
            self.store.find(&slug).await.map_err(refusal)?;
            Ok(self.store.invitations(&slug).await.map_err(refusal)?.into_iter().map(seen).collect())
        })
    }

    fn invite(&self, slug: Slug, new: NewInvitation) -> Answer<'_, (Invitation, String)> {
        Box::pin(self.invite_now(slug, new))
    }

    fn withdraw(&self, slug: Slug, id: String) -> Boxed<'_, Invitation, InviteError> {
        Box::pin(async move { self.withdraw_now(&slug, &id).await })
    }

    fn accept(&self, slug: Slug, secret: String, name: Option<String>) -> Boxed<'_, Accepted, InviteError> {
        Box::pin(async move { self.accept_now(slug, &secret, name).await })
    }
}
