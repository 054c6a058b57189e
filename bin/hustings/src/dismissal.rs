//! Somebody is dismissed from every stage at once: their account was suspended.
//!
//! A seat of an account has its name, so it is found on every roster. With what a stage can do so far, a seat is emptied by
//! taking it with a line that leaves at once: the line before it is replaced, and its sound ends. A conversation that the account
//! ran goes on if a co-host has a line, and is held if not.

use hustings_link::desk::{Answer, DeskError};
use hustings_link::stage::{StageCommand, StageDoor};
use hustings_vocab::event::Speaker;
use hustings_vocab::{AccountId, Claims, Phase, Slug};

use crate::desk::HouseDesk;
use crate::times::now_ms;

/// What empties the seats of an account.
pub(crate) trait Dismissal: Send + Sync + 'static {
    /// Empties them on every open stage. Its tokens are refused already, so nobody takes them again.
    fn dismiss_account(&self, account: AccountId) -> Answer<'_, ()>;
}

impl Dismissal for HouseDesk {
    fn dismiss_account(&self, account: AccountId) -> Answer<'_, ()> {
        Box::pin(async move {
            let seat = account.seat();
            for hall in self.halls().all() {
                let (slug, (_, now)) = (hall.slug.clone(), hall.events.now());
                let hosts = self.role_in(&slug, &account).await?.is_some_and(|role| role.runs_the_conversation());
                let (gone, others): (Vec<_>, Vec<_>) = now.roster.speakers.into_iter().partition(|s| s.seat == seat);
                for speaker in &gone {
                    self.empty(&slug, speaker);
                }
                let runs = |s: &Speaker| s.connected && s.role.runs_the_conversation();
                let live = matches!(now.state.phase, Phase::Live | Phase::Held(_));
                let ran = hosts || gone.iter().any(|s| s.role.runs_the_conversation());
                if live && ran && !others.iter().any(runs) {
                    // One that is held already says so, and stays it.
                    let _ = self.studio().command(&slug, None, StageCommand::Hold).await;
                }
            }
            Ok(())
        })
    }
}

impl HouseDesk {
    fn empty(&self, slug: &Slug, speaker: &Speaker) {
        let now_s = now_ms() / 1000;
        let claims = Claims {
            sub: speaker.seat.clone(),
            conversation: slug.clone(),
            role: speaker.role,
            name: Some(speaker.name.clone()),
            iat: now_s,
            exp: now_s,
        };
        // Dropping its port is leaving.
        if let Err(error) = self.studio().enter(&claims) {
            tracing::warn!(%slug, seat = %speaker.seat, %error, "a seat could not be emptied");
        }
    }

    async fn role_in(&self, slug: &Slug, account: &AccountId) -> Result<Option<hustings_vocab::Role>, DeskError> {
        self.store().role_in(slug, account).await.map_err(crate::desk::refusal)
    }
}
