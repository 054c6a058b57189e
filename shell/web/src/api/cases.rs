//! Cases: reporting, for everybody; judging, for moderators; what was decided about oneself, and one's appeal.
//!
//! A report is answered when its minute is on the disk. Who reported is told to nobody. Deliberately absent: a way to delete a
//! case, and any act that follows from a number of reports.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, Uri, header};
use hustings_floor::PersonId;
use hustings_link::accounts::Actor;
use hustings_link::cases::{CasesError, Concerned, Report, Wanted};
use hustings_link::floor::source;
use hustings_link::peer::Peer;
use hustings_vocab::{limits, text};

mod bodies;

pub(crate) use bodies::{
    AboutMe, ActNow, AppealByLink, BlockedNames, CaseFile, CaseList, CaseView, ConcernedView, DecideAppeal, MakeAppeal,
    MakeReport, MakeRuling, ReadRuling, ReportTaken, RulingMade, WhichCases,
};

use super::accounts::query;
use super::refusals::{Changing, Reading};
use super::{Shared, fresh};
use crate::Web;
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::who::{Who, known};

/// Where they answer.
pub(crate) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/api/v1/conversations/{slug}/reports", post(report))
        .route("/api/v1/cases", get(list))
        .route("/api/v1/cases/{case}", get(find))
        .route("/api/v1/cases/{case}/tracks/{track}", get(track))
        .route("/api/v1/cases/{case}/acts", post(act))
        .route("/api/v1/cases/{case}/ruling", post(rule))
        .route("/api/v1/cases/{case}/appeal/decision", post(decide))
        .route("/api/v1/me/rulings", get(mine))
        .route("/api/v1/me/rulings/{case}/appeal", post(appeal))
        .route("/api/v1/rulings/read", post(read_by_link))
        .route("/api/v1/rulings/appeal", post(appeal_by_link))
        .route("/api/v1/me/blocked", get(blocked).put(block))
}

/// Report a speaker, a message or the conversation
///
/// It pins the minute before it and ten seconds after. No account is needed; many from one address in a short time are asked to
/// wait.
#[utoipa::path(post, path = "/api/v1/conversations/{slug}/reports", tag = "cases", security((), ("token" = []), ("session" = [])), params(("slug" = String, Path, description = "Its name")), request_body = MakeReport, responses(
    (status = 202, description = "It is taken, and its minute is kept", body = ReportTaken), Changing,
))]
pub(crate) async fn report(
    State(web): Shared,
    Path(slug): Path<String>,
    who: Who,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let asked: MakeReport = body::json(&headers, body).await?;
    who.must_see(&web.desk.find(slug.clone()).await?)?;
    let said = asked.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let said = said.map(|said| text::line("a report", said, limits::REPORT_CHARS_MAX)).transpose()?;
    let known = who.person.is_some() || who.claims.is_some();
    let report = Report {
        slug,
        subject: asked.subject()?,
        category: asked.category,
        said: said.unwrap_or_default(),
        heard_ms: asked.heard_ms,
        reporter: known.then(|| who.actor()),
        // An account has a pace of its own, wherever it is: many may share an address.
        source: who.person.as_ref().map_or_else(|| source(peer.addr.ip()), |_| PersonId::of(&who.actor()).0),
    };
    web.cases.report(report).await?;
    Ok(fresh(StatusCode::ACCEPTED, &ReportTaken { taken: true }))
}

/// Cases (moderator)
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(WhichCases), responses(
    (status = 200, description = "A page of them", body = CaseList), Reading,
))]
pub(crate) async fn list(State(web): Shared, uri: Uri) -> Result<Response, Problem> {
    let WhichCases { settled, offset } = query(&uri)?;
    let wanted = if settled { Wanted::Settled } else { Wanted::Waiting };
    let found = web.cases.list(wanted, offset).await?;
    let next = (found.len() == limits::PAGE_ROWS_MAX).then(|| offset.saturating_add(limits::PAGE_ROWS_MAX as u64));
    Ok(fresh(StatusCode::OK, &CaseList { cases: found.into_iter().map(CaseView::of).collect(), next }))
}

/// One case (moderator)
#[utoipa::path(get, path = "/api/v1/cases/{case}", tag = "cases", params(("case" = String, Path, description = "Its name")), responses(
    (status = 200, description = "It, and what was reported", body = CaseFile), Reading,
))]
pub(crate) async fn find(State(web): Shared, Path(id): Path<String>) -> Result<Response, Problem> {
    let (case, reports) = web.cases.find(id).await?;
    let reports = reports.into_iter().map(Into::into).collect();
    Ok(fresh(StatusCode::OK, &CaseFile { case: CaseView::of(case), reports }))
}

/// What one speaker said in the pinned minute (moderator)
///
/// Every track of a case begins at the same moment. That it was asked for stands in the log of acts.
#[utoipa::path(get, path = "/api/v1/cases/{case}/tracks/{track}", tag = "cases", params(("case" = String, Path, description = "Its name"), ("track" = u32, Path, description = "Which, from 0")), responses(
    (status = 200, description = "Ogg Opus, mono", content_type = "audio/ogg"), Reading,
))]
pub(crate) async fn track(
    State(web): Shared,
    Path((id, number)): Path<(String, String)>,
    who: Who,
) -> Result<Response, Problem> {
    let number = number.parse().map_err(|_| Problem::not_found("a track has a number; this is none"))?;
    let sound = web.cases.track(id, number, actor(&who, String::new())).await?;
    let fields = [(header::CONTENT_TYPE, "audio/ogg"), (header::CACHE_CONTROL, "no-store")];
    Ok((fields, sound).into_response())
}

/// Act at once, before anything is ruled (moderator)
#[utoipa::path(post, path = "/api/v1/cases/{case}/acts", tag = "cases", params(("case" = String, Path, description = "Its name")), request_body = ActNow, responses(
    (status = 200, description = "Done", body = CaseView), Changing,
))]
pub(crate) async fn act(
    State(web): Shared,
    Path(id): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let ActNow { act, reason } = body::json(&headers, body).await?;
    let reason = text::line("a reason", &reason, limits::REASON_CHARS_MAX)?;
    let case = web.cases.act(id, act, actor(&who, reason)).await?;
    Ok(fresh(StatusCode::OK, &CaseView::of(case)))
}

/// Rule (moderator)
///
/// It is carried out: the message is hidden, the person is off the stage, or the account is suspended.
#[utoipa::path(post, path = "/api/v1/cases/{case}/ruling", tag = "cases", params(("case" = String, Path, description = "Its name")), request_body = MakeRuling, responses(
    (status = 200, description = "Ruled", body = RulingMade), Changing,
))]
pub(crate) async fn rule(
    State(web): Shared,
    Path(id): Path<String>,
    who: Who,
    origins: Origins,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: MakeRuling = body::json(&headers, body).await?;
    let (case, secret) = web.cases.rule(id, asked.ruling()?, actor(&who, String::new())).await?;
    // In the fragment, so that no server and no log sees it.
    let link = format!("{}/cases#ruling={secret}", origins.public);
    Ok(fresh(StatusCode::OK, &RulingMade { case: CaseView::of(case), link }))
}

/// Decide an appeal (moderator)
///
/// Another moderator than the one who ruled, where there is another.
#[utoipa::path(post, path = "/api/v1/cases/{case}/appeal/decision", tag = "cases", params(("case" = String, Path, description = "Its name")), request_body = DecideAppeal, responses(
    (status = 200, description = "Decided", body = CaseView), Changing,
))]
pub(crate) async fn decide(
    State(web): Shared,
    Path(id): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let DecideAppeal { upheld, reasons } = body::json(&headers, body).await?;
    let reasons = text::line("reasons", &reasons, limits::RULING_CHARS_MAX)?;
    let case = web.cases.decide(id, upheld, actor(&who, reasons)).await?;
    Ok(fresh(StatusCode::OK, &CaseView::of(case)))
}

/// What was decided about me
#[utoipa::path(get, path = "/api/v1/me/rulings", tag = "cases", responses(
    (status = 200, description = "Warnings and rulings, the latest first", body = AboutMe), Reading,
))]
pub(crate) async fn mine(State(web): Shared, who: Who) -> Result<Response, Problem> {
    let me = Concerned::Account(who.signed_in()?.id.clone());
    about(&web, me).await
}

/// Appeal
#[utoipa::path(post, path = "/api/v1/me/rulings/{case}/appeal", tag = "cases", params(("case" = String, Path, description = "Its name")), request_body = MakeAppeal, responses(
    (status = 200, description = "It is made; somebody else decides it, where there is somebody", body = ConcernedView), Changing,
))]
pub(crate) async fn appeal(
    State(web): Shared,
    Path(id): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let MakeAppeal { text } = body::json(&headers, body).await?;
    let me = Concerned::Account(who.signed_in()?.id.clone());
    appealed(&web, me, id, &text).await
}

/// Read a ruling by its link
///
/// For whoever has no account, or one that is suspended.
#[utoipa::path(post, path = "/api/v1/rulings/read", tag = "cases", request_body = ReadRuling, responses(
    (status = 200, description = "It", body = AboutMe), Changing,
))]
pub(crate) async fn read_by_link(State(web): Shared, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let ReadRuling { secret } = body::json(&headers, body).await?;
    about(&web, Concerned::Secret(secret)).await
}

/// Appeal by a link
#[utoipa::path(post, path = "/api/v1/rulings/appeal", tag = "cases", request_body = AppealByLink, responses(
    (status = 200, description = "It is made", body = ConcernedView), Changing,
))]
pub(crate) async fn appeal_by_link(State(web): Shared, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let AppealByLink { secret, id, text } = body::json(&headers, body).await?;
    appealed(&web, Concerned::Secret(secret), id, &text).await
}

/// Names whose lines I do not want to see
#[utoipa::path(get, path = "/api/v1/me/blocked", tag = "cases", responses(
    (status = 200, description = "They", body = BlockedNames), Reading,
))]
pub(crate) async fn blocked(State(web): Shared, who: Who) -> Result<Response, Problem> {
    let names = web.cases.blocked(who.signed_in()?.id.clone()).await?;
    Ok(fresh(StatusCode::OK, &BlockedNames { names }))
}

/// Set the names whose lines I do not want to see
#[utoipa::path(put, path = "/api/v1/me/blocked", tag = "cases", request_body = BlockedNames, responses(
    (status = 200, description = "Set; pages hide their lines for this account alone", body = BlockedNames), Changing,
))]
pub(crate) async fn block(State(web): Shared, who: Who, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let BlockedNames { names } = body::json(&headers, body).await?;
    if names.len() > limits::BLOCKED_MAX {
        let max = limits::BLOCKED_MAX;
        return Err(Problem::unprocessable(format!("at most {max} names are kept; remove some first")));
    }
    let names = names.iter().map(|name| text::line("a name", name, limits::NAME_CHARS_MAX));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    web.cases.block(who.signed_in()?.id.clone(), names.clone()).await?;
    Ok(fresh(StatusCode::OK, &BlockedNames { names }))
}

async fn about(web: &Web, who: Concerned) -> Result<Response, Problem> {
    let now = now_ms();
    let rulings = web.cases.concerning(who).await?;
    let rulings = rulings.into_iter().map(|case| ConcernedView::of(case, now)).collect();
    Ok(fresh(StatusCode::OK, &AboutMe { rulings }))
}

async fn appealed(web: &Web, who: Concerned, id: String, said: &str) -> Result<Response, Problem> {
    let said = text::line("an appeal", said, limits::RULING_CHARS_MAX)?;
    let case = web.cases.appeal(who, id, said).await?;
    Ok(fresh(StatusCode::OK, &ConcernedView::of(case, now_ms())))
}

fn actor(who: &Who, reason: String) -> Actor {
    Actor { name: who.actor(), reason }
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

impl From<CasesError> for Problem {
    fn from(error: CasesError) -> Self {
        let status = match &error {
            CasesError::Unknown(_) => StatusCode::NOT_FOUND,
            CasesError::Conflict(_) => StatusCode::CONFLICT,
            CasesError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            CasesError::Slow(after) => {
                return Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string()).after(*after);
            }
            CasesError::Store(_) => {
                tracing::error!(%error, "a request failed");
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the records cannot be reached; try again soon");
            }
        };
        Self::new(status, error.to_string())
    }
}
