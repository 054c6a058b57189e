//! What moderators do: at once, by ruling, and about an appeal. The stage, the chat and the account follow before the record
//! does, so that a ruling that stands written down has been carried out.

use hustings_cases::{Decision, State};
use hustings_floor::{By as FloorBy, Command, PersonId};
use hustings_link::accounts::{Accounts, AccountsError, Actor};
use hustings_link::cases::{Case, CasesError, Deed, Ruling, Subject};
use hustings_link::desk::{Desk, DeskError};
use hustings_link::floor::{Floor, FloorError};
use hustings_link::stage::{Commander, StageCommand};
use hustings_stage::Order;
use hustings_store::{By, accounts};
use hustings_vocab::{AccountId, Role, SeatId, SiteRole};

use super::{HouseCases, needs_account, refusal};
use crate::times::now_ms;

/// As whom those on stage see what a moderator decides.
const MODERATOR: &str = "a moderator";

impl HouseCases {
    pub(super) async fn act_now(&self, id: String, deed: Deed, by: Actor) -> Result<Case, CasesError> {
        let case = self.store.case(&id).await.map_err(refusal)?;
        not_oneself(&case, &by)?;
        match deed {
            Deed::Remove => self.seat(&case, Order::Remove).await?,
            Deed::Hide => self.hide(&case, true)?,
            Deed::Warn => drop(account_of(&case)?),
            Deed::Suspend => self.suspend(&case, &by).await?,
        }
        let row = By { actor: &by.name, reason: &by.reason, now_ms: now_ms() };
        self.store.act_on_case(&id, deed, row).await.map_err(refusal)
    }

    pub(super) async fn rule_now(&self, id: String, ruling: Ruling, by: Actor) -> Result<(Case, String), CasesError> {
        let case = self.store.case(&id).await.map_err(refusal)?;
        not_oneself(&case, &by)?;
        if case.state != State::Open {
            return Err(CasesError::Conflict("somebody has ruled on this case already; read the ruling".into()));
        }
        if needs_account(ruling.decision) {
            account_of(&case)?;
        }
        let suspended = Actor { name: by.name.clone(), reason: ruling.statement.clone() };
        match ruling.decision {
            Decision::NoViolation => self.undo(&case, &by).await,
            Decision::Warning => {}
            Decision::Hidden => self.hide(&case, true)?,
            // Whoever has left stays away, too; that they are not there now is no reason against it.
            Decision::Removed => match self.seat(&case, Order::Remove).await {
                Ok(()) | Err(CasesError::Conflict(_)) => {}
                Err(error) => return Err(error),
            },
            Decision::Suspended => match self.suspend(&case, &suspended).await {
                Err(CasesError::Conflict(_)) if self.is_suspended(&case).await => {}
                done => done?,
            },
        }
        let secret = hustings_signin::secret();
        let row = By { actor: &by.name, reason: &ruling.reasons, now_ms: now_ms() };
        let ruled = self.store.rule_case(&id, &ruling, &accounts::digest(&secret), row).await.map_err(refusal)?;
        Ok((ruled, secret))
    }

    pub(super) async fn decide_now(&self, id: String, upheld: bool, by: Actor) -> Result<Case, CasesError> {
        let case = self.store.case(&id).await.map_err(refusal)?;
        not_oneself(&case, &by)?;
        let ruled_by = case.ruled.as_ref().map(|ruled| ruled.by.as_str());
        let same = ruled_by == Some(by.name.as_str());
        if same {
            let account = by.name.strip_prefix("account:").unwrap_or_default();
            let others = self.store.moderators_beside(account).await.map_err(refusal)?;
            // Whoever the case is about cannot decide it, so they are nobody's alternative.
            let concerned = self.moderates(case.account.as_ref()).await;
            if others > u64::from(concerned) {
                let sentence = "you have ruled on this case, so another moderator decides the appeal";
                return Err(CasesError::Conflict(sentence.into()));
            }
        }
        let row = By { actor: &by.name, reason: &by.reason, now_ms: now_ms() };
        let decided = self.store.decide_case(&id, upheld, same, row).await.map_err(refusal)?;
        if !upheld {
            self.undo(&decided, &by).await;
        }
        Ok(decided)
    }

    /// Takes back what was done and ruled, as far as it still holds.
    async fn undo(&self, case: &Case, by: &Actor) {
        let decision = case.ruled.as_ref().map(|ruled| ruled.ruling.decision);
        let did = |deed| case.deeds.iter().any(|done| done.deed == deed);
        let mut failed = Vec::new();
        if did(Deed::Remove) || decision == Some(Decision::Removed) {
            failed.extend(self.seat(case, Order::Pardon).await.err());
        }
        if did(Deed::Hide) || decision == Some(Decision::Hidden) {
            failed.extend(self.hide(case, false).err());
        }
        if (did(Deed::Suspend) || decision == Some(Decision::Suspended))
            && let Some(account) = &case.account
        {
            self.reinstate(account, by).await;
        }
        for error in failed {
            tracing::info!(case = case.id, %error, "nothing was left to take back");
        }
    }

    async fn seat(&self, case: &Case, order: Order) -> Result<(), CasesError> {
        let nobody = || CasesError::Conflict("this case is about nobody who could be on stage".into());
        let seat: SeatId = match (&case.subject, &case.account) {
            (Subject::Speaker(seat), _) => seat.clone(),
            (_, Some(account)) => account.seat(),
            _ => return Err(nobody()),
        };
        let by = Commander { seat: None, name: MODERATOR.into(), role: None };
        let done = self.desk.command(case.slug.clone(), by, StageCommand::Seat(seat, order)).await;
        done.map(drop).map_err(|error| match error {
            DeskError::Unknown(slug) => CasesError::Unknown(format!("conversation {slug}")),
            DeskError::Store(text) => CasesError::Store(text),
            other => CasesError::Conflict(other.to_string()),
        })
    }

    fn hide(&self, case: &Case, hidden: bool) -> Result<(), CasesError> {
        let Subject::Line(line) = case.subject else {
            return Err(CasesError::Conflict("this case is about no message".into()));
        };
        let person = PersonId::of(MODERATOR);
        let by = FloorBy { person, source: 0, name: MODERATOR.into(), role: Role::Listener, runs: true };
        match self.floors.act(&case.slug, &by, Command::Hide { line, hidden, mute: false }) {
            Ok(_) => Ok(()),
            Err(error @ FloorError::NotOpen(_)) => {
                Err(CasesError::Conflict(format!("{error}; nobody reads the chat of one that is closed")))
            }
            Err(error) => Err(CasesError::Conflict(error.to_string())),
        }
    }

    async fn suspend(&self, case: &Case, by: &Actor) -> Result<(), CasesError> {
        let account = account_of(case)?;
        let role_of = async |id: &AccountId| self.store.account(id).await.map(|account| account.role).map_err(refusal);
        if role_of(account).await? >= SiteRole::Moderator {
            let operator = match by.name.strip_prefix("account:").and_then(|id| id.parse().ok()) {
                Some(id) => role_of(&id).await? == SiteRole::Operator,
                None => true,
            };
            if !operator {
                let sentence = "the account decides on reports itself; an operator can suspend it";
                return Err(CasesError::Conflict(sentence.into()));
            }
        }
        self.people.suspend(account.clone(), by.clone()).await.map(drop).map_err(|error| match error {
            AccountsError::Unknown(what) => CasesError::Unknown(what),
            AccountsError::Store(text) => CasesError::Store(text),
            other => CasesError::Conflict(other.to_string()),
        })
    }

    /// Reinstates an account, if it is suspended.
    pub(super) async fn reinstate(&self, account: &AccountId, by: &Actor) {
        match self.people.reinstate(account.clone(), by.clone()).await {
            Ok(_) => {}
            Err(AccountsError::Conflict(_)) => tracing::info!(%account, "it was reinstated already"),
            Err(error) => tracing::error!(%account, %error, "an account was not reinstated"),
        }
    }

    async fn is_suspended(&self, case: &Case) -> bool {
        let Some(account) = &case.account else { return false };
        self.store.account(account).await.is_ok_and(|found| found.suspended.is_some())
    }

    async fn moderates(&self, account: Option<&AccountId>) -> bool {
        let Some(account) = account else { return false };
        let found = self.store.account(account).await;
        found.is_ok_and(|found| found.role >= SiteRole::Moderator && found.suspended.is_none())
    }
}

fn account_of(case: &Case) -> Result<&AccountId, CasesError> {
    let nobody = "whoever this case is about has no account: remove them from the stage, or hide what they wrote";
    case.account.as_ref().ok_or_else(|| CasesError::Conflict(nobody.into()))
}

/// Nobody decides in their own matter.
fn not_oneself(case: &Case, by: &Actor) -> Result<(), CasesError> {
    let own = case.account.as_ref().is_some_and(|account| by.name == format!("account:{account}"));
    if own { Err(CasesError::Conflict("this case is about you; somebody else decides in it".into())) } else { Ok(()) }
}
