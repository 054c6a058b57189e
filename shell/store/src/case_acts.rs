//! What is done in a case: acting at once, ruling, appealing, deciding the appeal, hearing a track. Each is one transaction
//! with its row in the log of acts.

use hustings_cases::State;
use hustings_link::cases::{Case, Deed, Done, Ruling};
use hustings_vocab::limits;
use serde_json::json;

use crate::audit::{Act, By};
use crate::cases::case;
use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

const DAY_MS: u64 = 24 * 3_600_000;

/// How the log names a case.
fn subject(id: &str) -> String {
    format!("case:{id}")
}

/// The case as it is within an act: nobody else changes it before the act is over.
async fn locked(act: &mut Act, id: &str) -> Result<Case, StoreError> {
    let row = sqlx::query("SELECT * FROM cases WHERE id = $1").bind(id).fetch_optional(&mut *act.tx).await?;
    case(&row.ok_or_else(|| StoreError::Nobody("case of that name".into()))?)
}

impl Store {
    /// Writes down what was done at once.
    ///
    /// # Errors
    /// As [`Store::case`].
    pub async fn act_on_case(&self, id: &str, deed: Deed, by: By<'_>) -> Result<Case, StoreError> {
        let mut act = self.begin().await?;
        let mut deeds = locked(&mut act, id).await?.deeds;
        deeds.push(Done { deed, by: by.actor.to_owned(), at_ms: by.now_ms, reason: by.reason.to_owned() });
        let json = serde_json::to_string(&deeds).unwrap_or_default();
        sqlx::query("UPDATE cases SET deeds = $2 WHERE id = $1").bind(id).bind(json).execute(&mut *act.tx).await?;
        act.done(by, &format!("case.{}", deed.name()), &subject(id), &json!({})).await?;
        self.case(id).await
    }

    /// Writes down that a pinned track was heard.
    ///
    /// # Errors
    /// As [`Store::case`].
    pub async fn heard_track(&self, id: &str, number: usize, by: By<'_>) -> Result<(), StoreError> {
        let act = self.begin().await?;
        act.done(by, "case.listen", &subject(id), &json!({ "track": number })).await
    }

    /// Rules. `secret` is the digest of what the person concerned reads it by.
    ///
    /// # Errors
    /// [`StoreError::Account`] where it was ruled already; as [`Store::case`].
    pub async fn rule_case(&self, id: &str, ruling: &Ruling, secret: &str, by: By<'_>) -> Result<Case, StoreError> {
        let mut act = self.begin().await?;
        if locked(&mut act, id).await?.state != State::Open {
            return Err(StoreError::Account("somebody has ruled on this case already; read the ruling"));
        }
        let ends_ms = ruling.days.map(|days| by.now_ms + u64::from(days) * DAY_MS);
        sqlx::query(
            "UPDATE cases SET state = 'ruled', waits = 0, decision = $2, territory = $3, days = $4, reasons = $5,
             statement = $6, ruled_by = $7, ruled_ms = $8, ends_ms = $9, appeal_until_ms = $10, secret = $11 WHERE id = $1",
        )
        .bind(id)
        .bind(ruling.decision.name())
        .bind(ruling.territory.join(" "))
        .bind(ruling.days.map(i64::from))
        .bind(&ruling.reasons)
        .bind(&ruling.statement)
        .bind(by.actor)
        .bind(signed(by.now_ms))
        .bind(ends_ms.map(signed))
        .bind(signed(by.now_ms + limits::APPEAL_DAYS * DAY_MS))
        .bind(secret)
        .execute(&mut *act.tx)
        .await?;
        let details = json!({ "decision": ruling.decision.name(), "territory": ruling.territory, "days": ruling.days });
        act.done(by, "case.rule", &subject(id), &details).await?;
        self.case(id).await
    }

    /// Appeals.
    ///
    /// # Errors
    /// [`StoreError::Account`] where nothing was ruled, too late, or twice; as [`Store::case`].
    pub async fn appeal_case(&self, id: &str, text: &str, by: By<'_>) -> Result<Case, StoreError> {
        let mut act = self.begin().await?;
        let now = locked(&mut act, id).await?;
        match (&now.ruled, now.state) {
            (None, _) => return Err(StoreError::Account("nothing was ruled yet, so there is nothing to appeal")),
            (_, State::Appealed) => {
                return Err(StoreError::Account("it was appealed already; the decision is on its way"));
            }
            (Some(ruled), State::Ruled) if ruled.appeal_until_ms > by.now_ms => {}
            _ => {
                return Err(StoreError::Account(
                    "the case is closed: the time for an appeal is over, or it was decided",
                ));
            }
        }
        sqlx::query("UPDATE cases SET state = 'appealed', waits = 1, appeal = $2, appealed_ms = $3 WHERE id = $1")
            .bind(id)
            .bind(text)
            .bind(signed(by.now_ms))
            .execute(&mut *act.tx)
            .await?;
        act.done(by, "case.appeal", &subject(id), &json!({})).await?;
        self.case(id).await
    }

    /// Decides an appeal; `alone` says that whoever ruled decides it because nobody else can.
    ///
    /// # Errors
    /// [`StoreError::Account`] where there is none to decide; as [`Store::case`].
    pub async fn decide_case(&self, id: &str, upheld: bool, alone: bool, by: By<'_>) -> Result<Case, StoreError> {
        let mut act = self.begin().await?;
        if locked(&mut act, id).await?.state != State::Appealed {
            return Err(StoreError::Account("there is no appeal to decide in this case"));
        }
        sqlx::query(
            "UPDATE cases SET state = 'closed', waits = 0, upheld = $2, verdict = $3, decided_by = $4, decided_ms = $5,
             alone = $6, closed_ms = $5 WHERE id = $1",
        )
        .bind(id)
        .bind(i64::from(upheld))
        .bind(by.reason)
        .bind(by.actor)
        .bind(signed(by.now_ms))
        .bind(i64::from(alone))
        .execute(&mut *act.tx)
        .await?;
        act.done(by, "case.decide", &subject(id), &json!({ "upheld": upheld, "alone": alone })).await?;
        self.case(id).await
    }
}
