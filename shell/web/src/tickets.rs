//! Tickets and places: how somebody asks to listen where there is a gate, and what is the same for everybody who waits.
//!
//! `POST /c/{slug}/tickets` is asked once by who comes, and again by who waits when it may be their turn. In between they
//! look at `queue.json`, which any cache answers. Nobody who waits holds a connection. Where there are no limits everybody is
//! let in at once, with a ticket like any other. Deliberately absent: who is let in, which the gate decides.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_gate::{Expected, Refusal, Tier};
use hustings_link::gatekeeper::{Asked, Gatekeeper, NoRecords, Told};
use hustings_vocab::{Phase, Slug, limits};
use serde::{Deserialize, Serialize};

use crate::links::Origins;
use crate::problem::Problem;
use crate::rights::Standing;
use crate::site::Site;
use crate::view::Links;
use crate::who::{Who, known};
use crate::{Web, WebState, body, missing, security};

/// For how long a cache may answer for the queue: it is told within so many seconds of a change.
const QUEUE_KEPT: HeaderValue = HeaderValue::from_static("public, max-age=1, s-maxage=1");
/// Seconds after which who was refused may ask again.
const AGAIN_S: u64 = 10;

/// The routes below `/c/{slug}` that are the gate's, where there is one. Merge them into the public router.
pub fn tickets(state: WebState) -> Router {
    if state.gate.is_none() {
        return Router::new();
    }
    let web = Arc::new(Web::new(state, Site::default()));
    Router::new()
        .route("/c/{slug}/tickets", post(ask))
        .route("/c/{slug}/tickets/goodbye", post(goodbye))
        .route("/c/{slug}/tickets/claim", get(claim))
        .route("/c/{slug}/queue.json", get(queue))
        .route("/c/{slug}/lottery.json", get(lottery))
        .method_not_allowed_fallback(missing::method)
        .with_state(web)
        .layer(security::cors())
        .layer(axum::middleware::map_response(security::headers))
}

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AskBody {
    /// `whep`, `stream` or `hls`; `stream` if absent.
    tier: Option<String>,
    /// Drawn by who asks; drawn here if absent.
    secret: Option<String>,
    /// The place of who waits.
    place: Option<String>,
    /// A ticket, to be used for the first time or again.
    ticket: Option<String>,
}

/// 200.
#[derive(Serialize)]
struct Admitted {
    tier: Tier,
    address: String,
    ticket: String,
    secret: String,
    /// At most so many kbit/s of sound.
    kbit: u32,
}

/// 202.
#[derive(Serialize)]
struct Placed {
    place: String,
    /// When it was asked for, from 0 on; before the order is drawn it is looked for below `early_below`.
    serial: u64,
    /// From 1 on; absent before the order is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    secret: String,
    /// Ask again at a random time within so many seconds.
    poll_s: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_s: Option<[u64; 3]>,
    queue: String,
}

async fn ask(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    origins: Origins,
    request: Request,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let (parts, body) = request.into_parts();
    let asked: AskBody = body::json_or_nothing(&parts.headers, body).await?;
    let who = Who::of(&web, &parts, &origins, &slug).await?;
    let on_stage = [Standing::Speaker, Standing::Producer].into_iter().any(|s| who.is(s)) || who.runs();
    let tier = match asked.tier.as_deref() {
        None => Tier::Stream,
        Some(name) => Tier::of_name(name).ok_or_else(|| {
            Problem::unprocessable(format!("{name:.20?} is no tier; the tiers are whep, stream and hls"))
        })?,
    };
    let secret = match asked.secret {
        None => gate.draw_secret(),
        Some(secret) => sound_secret(secret)?,
    };
    let asked = Asked { tier, secret, place: asked.place, ticket: asked.ticket, on_stage };
    match gate.ask(&slug, &asked)? {
        Told::In { tier, ticket, kbit } => {
            let address = address(&origins, &slug, tier, &ticket, &asked.secret);
            let admitted = Admitted { tier, address, ticket, secret: asked.secret, kbit };
            Ok(fresh(StatusCode::OK, &admitted))
        }
        Told::Wait { place, serial, rank, poll_s, expected } => {
            let queue = format!("{}/c/{slug}/queue.json", origins.public);
            let expected_s = expected.map(seconds);
            let number = rank.map(|rank| rank + 1);
            let placed = Placed { place, serial, number, secret: asked.secret, poll_s, expected_s, queue };
            let mut response = fresh(StatusCode::ACCEPTED, &placed);
            response.headers_mut().insert(header::RETRY_AFTER, poll_s.into());
            Ok(response)
        }
        Told::No(refusal) => Err(refused(&web, &slug, refusal).await),
    }
}

/// `GET /c/{slug}/tickets/claim?ticket=…&to=live.ogg`: a player that was given an address with a ticket that is nobody's yet
/// comes here by a redirect and goes back with its own.
#[derive(Deserialize)]
struct Claim {
    ticket: String,
    #[serde(default)]
    to: String,
}

async fn claim(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    origins: Origins,
    Query(claim): Query<Claim>,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let asked = Asked {
        tier: Tier::Stream,
        secret: gate.draw_secret(),
        place: None,
        ticket: Some(claim.ticket),
        on_stage: false,
    };
    match gate.ask(&slug, &asked)? {
        Told::In { tier, ticket, .. } => {
            let to = match claim.to.as_str() {
                "live.mp4" | "live.ogg" | "live.aac" | "hls/index.m3u8" | "events" => {
                    format!("{}/c/{slug}/{}?ticket={ticket}&secret={}", origins.audience, claim.to, asked.secret)
                }
                _ => address(&origins, &slug, tier, &ticket, &asked.secret),
            };
            let to = HeaderValue::try_from(to).map_err(|_| Problem::bad_request("the ticket is no ticket"))?;
            let fields = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            Ok((StatusCode::SEE_OTHER, fields).into_response())
        }
        Told::Wait { poll_s, .. } => {
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "there is no room at the moment").after(poll_s))
        }
        Told::No(refusal) => Err(refused(&web, &slug, refusal).await),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Goodbye {
    ticket: String,
    secret: String,
}

async fn goodbye(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let Goodbye { ticket, secret } = body::json(&headers, body).await?;
    gate.bye(&slug, &ticket, &secret);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The one object that everybody who waits looks at.
#[derive(Serialize)]
struct QueueView {
    phase: Phase,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from_ms: Option<u64>,
    admitting_below: u64,
    /// Who came before the start and whose serial is below this may ask, drawn or not.
    early_below: u64,
    waiting: u64,
    per_second: f64,
    poll_s: u64,
    drawn: bool,
}

async fn queue(State(web): State<Arc<Web>>, Path(slug): Path<String>) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let Some(state) = gate.queue(&slug) else { return Err(closed(&web, &slug).await) };
    let view = QueueView {
        phase: state.phase,
        starts_ms: state.starts_ms,
        moved_from_ms: state.moved_from_ms,
        admitting_below: state.below,
        early_below: state.early,
        waiting: state.waiting,
        per_second: (state.per_second * 100.0).round() / 100.0,
        poll_s: state.poll_s,
        drawn: state.drawn,
    };
    Ok(([(header::CACHE_CONTROL, QUEUE_KEPT)], Json(view)).into_response())
}

#[derive(Serialize)]
struct LotteryView {
    commitment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    seed: Option<String>,
    /// Each a number, the second in which it was given, and its id.
    places: Vec<(u64, u64, String)>,
}

async fn lottery(State(web): State<Arc<Web>>, Path(slug): Path<String>) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let Some(state) = gate.lottery(&slug) else {
        if gate.queue(&slug).is_none() {
            return Err(closed(&web, &slug).await);
        }
        return Err(Problem::not_found("no order is drawn for this conversation: who came first is first"));
    };
    let view = LotteryView {
        commitment: hex(&state.commitment),
        root: state.root.as_ref().map(|root| hex(root)),
        seed: state.seed.as_ref().map(|seed| hex(seed)),
        places: state.places.into_iter().map(|leaf| (leaf.number, leaf.given_s, hex(&leaf.id))).collect(),
    };
    Ok(([(header::CACHE_CONTROL, QUEUE_KEPT)], Json(view)).into_response())
}

fn gate_of(web: &Web) -> Result<&dyn Gatekeeper, Problem> {
    web.gate.as_deref().ok_or_else(|| Problem::not_found("nobody is asked for a ticket here"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn seconds(expected: Expected) -> [u64; 3] {
    [expected.low, expected.seconds, expected.high].map(|seconds| seconds.ceil() as u64)
}

pub(crate) fn address(origins: &Origins, slug: &Slug, tier: Tier, ticket: &str, secret: &str) -> String {
    let links = Links::new(slug, origins);
    let at = match tier {
        Tier::Whep => links.whep,
        Tier::Stream => links.mp4,
        Tier::Hls => links.hls,
    };
    format!("{at}?ticket={ticket}&secret={secret}")
}

fn sound_secret(secret: String) -> Result<String, Problem> {
    let (min, max) = (limits::HOLDER_CHARS_MIN, limits::HOLDER_CHARS_MAX);
    let plain = secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !plain || !(min..=max).contains(&secret.len()) {
        let detail = format!("a secret has {min} to {max} letters, digits, - and _: draw 128 bits and write them so");
        return Err(Problem::unprocessable(detail));
    }
    Ok(secret)
}

async fn refused(web: &Web, slug: &Slug, refusal: Refusal) -> Problem {
    let detail = refusal.to_string();
    match refusal {
        Refusal::Closed => closed(web, slug).await,
        Refusal::Full => Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).after(AGAIN_S),
        Refusal::Bad(_) | Refusal::Taken => Problem::forbidden(detail),
    }
}

/// Why there is no gate: there is no such conversation, it is over, or its doors are closed.
async fn closed(web: &Web, slug: &Slug) -> Problem {
    match web.desk.find(slug.clone()).await {
        Err(error) => error.into(),
        Ok(found) if found.phase.is_over() => Problem::new(StatusCode::GONE, "this conversation is over"),
        Ok(_) => Problem::new(StatusCode::CONFLICT, Refusal::Closed.to_string()).after(AGAIN_S),
    }
}

impl From<NoRecords> for Problem {
    fn from(error: NoRecords) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).after(AGAIN_S)
    }
}

fn fresh(status: StatusCode, document: &impl Serialize) -> Response {
    (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(document)).into_response()
}
