//! The log of acts, for operators: by pages, newest first, and as lines to keep elsewhere.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri, header};
use hustings_link::accounts::{Entry, Wanted};
use hustings_vocab::limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::accounts::query;
use super::refusals::Reading;
use super::{Shared, fresh};
use crate::problem::Problem;

/// One act.
#[derive(Serialize, ToSchema)]
pub(crate) struct Act {
    /// Its number: 1, 2, 3 and so on, without holes.
    seq: u64,
    /// When it was, in milliseconds since 1970.
    at_ms: u64,
    /// Who acted: `account:ID`, or `console` for who runs the server.
    actor: String,
    /// What was done.
    act: String,
    /// To whom or what.
    subject: String,
    /// Why.
    reason: String,
    /// More of it.
    #[schema(value_type = Object)]
    details: Value,
    /// The hash of the act before it.
    previous: String,
    /// Its own hash: SHA-256 of what is above, each text after its length in eight bytes.
    hash: String,
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct Acts {
    /// Newest first.
    acts: Vec<Act>,
    /// What to give as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// Whether the log is whole.
#[derive(Serialize, ToSchema)]
pub(crate) struct Verified {
    /// Whether each act follows the one before it.
    whole: bool,
    /// How many there are, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    acts: Option<u64>,
    /// Where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
}

/// Which acts.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only this act, such as `account.suspend`.
    act: String,
    /// Only by this actor.
    actor: String,
    /// Only about this subject.
    subject: String,
    /// Only before this number.
    before: Option<u64>,
}

/// From where on.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct From {
    /// Only after this number.
    after: u64,
}

/// The log of acts (operator)
#[utoipa::path(get, path = "/api/v1/audit", tag = "people", params(Filter), responses(
    (status = 200, description = "A page of it, newest first", body = Acts), Reading,
))]
pub(crate) async fn page(State(web): Shared, uri: Uri) -> Result<Response, Problem> {
    let Filter { act, actor, subject, before } = query(&uri)?;
    let before = before.map(row_number).transpose()?;
    let found = web.accounts.audit(Wanted { act, actor, subject }, before, limits::PAGE_ROWS_MAX).await?;
    let next = found.last().filter(|_| found.len() == limits::PAGE_ROWS_MAX).map(|last| last.seq);
    Ok(fresh(StatusCode::OK, &Acts { acts: found.into_iter().map(act_of).collect(), next }))
}

/// The log of acts as lines of JSON (operator)
///
/// In their order, at most 5,000 acts; ask again with `after` until nothing comes.
#[utoipa::path(get, path = "/api/v1/audit.ndjson", tag = "people", params(From), responses(
    (status = 200, description = "One act a line", body = String, content_type = "application/x-ndjson"), Reading,
))]
pub(crate) async fn lines(State(web): Shared, uri: Uri) -> Result<Response, Problem> {
    let From { after } = query(&uri)?;
    let after = row_number(after)?;
    let found = web.accounts.audit_from(after, limits::AUDIT_EXPORT_ROWS_MAX).await?;
    let line = |entry: Entry| serde_json::to_string(&act_of(entry)).map(|line| line + "\n").unwrap_or_default();
    let text: String = found.into_iter().map(line).collect();
    let fields = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.ndjson\""),
    ];
    Ok((StatusCode::OK, fields, text).into_response())
}

/// Is the log whole? (operator)
///
/// Every act is looked at.
#[utoipa::path(get, path = "/api/v1/audit/verified", tag = "people", responses(
    (status = 200, description = "Whether it is", body = Verified), Reading,
))]
pub(crate) async fn verified(State(web): Shared) -> Result<Response, Problem> {
    let found = match web.accounts.verify_audit().await? {
        Ok(acts) => Verified { whole: true, acts: Some(acts), broken: None },
        Err(broken) => Verified { whole: false, acts: None, broken: Some(broken) },
    };
    Ok(fresh(StatusCode::OK, &found))
}

/// No row has a number that a record cannot hold.
fn row_number(number: u64) -> Result<u64, Problem> {
    if i64::try_from(number).is_ok() { Ok(number) } else { Err(Problem::bad_request("no act has so large a number")) }
}

fn act_of(entry: Entry) -> Act {
    let Entry { seq, at_ms, actor, act, subject, reason, details, previous, hash } = entry;
    let details = serde_json::from_str(&details).unwrap_or_default();
    Act { seq, at_ms, actor, act, subject, reason, details, previous, hash }
}
