//! Somebody is dismissed from every stage at once: their account was suspended.
//!
//! A seat of an account has its name, so it is found on every roster. A conversation that the account ran goes on if a co-host
//! has a line, and is held if not.

use hustings_link::desk::{Answer, DeskError};
use hustings_link::stage::{Commander, StageCommand};
use hustings_stage::Order;
use hustings_vocab::event::Speaker;
use hustings_vocab::{AccountId, Phase, SeatId, Slug};

use crate::desk::HouseDesk;

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
                let hosts =
                    self.role_in(&slug, &account).await?.is_some_and(hustings_vocab::Role::runs_the_conversation);
                let (gone, others): (Vec<_>, Vec<_>) = now.roster.speakers.into_iter().partition(|s| s.seat == seat);
                // A producer is on no roster, so every stage is asked.
                self.empty(&slug, &seat).await;
                let runs = |s: &Speaker| s.connected && s.role.runs_the_conversation();
                let live = matches!(now.state.phase, Phase::Live | Phase::Held(_));
                let ran = hosts || gone.iter().any(|s| s.role.runs_the_conversation());
                if live && ran && !others.iter().any(runs) {
                    // One that is held already says so, and stays it.
                    let _ = self.studio().command(&slug, Commander::site(), StageCommand::Hold).await;
                }
            }
            Ok(())
        })
    }
}

impl HouseDesk {
    async fn empty(&self, slug: &Slug, seat: &SeatId) {
        let command = StageCommand::Seat(seat.clone(), Order::Dismiss);
        if let Err(error) = self.studio().command(slug, Commander::site(), command).await {
            tracing::warn!(%slug, %seat, %error, "a seat could not be emptied");
        }
    }

    async fn role_in(&self, slug: &Slug, account: &AccountId) -> Result<Option<hustings_vocab::Role>, DeskError> {
        self.store().role_in(slug, account).await.map_err(crate::desk::refusal)
    }
}
