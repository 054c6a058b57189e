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
use hustings_gate::challenge::{BITS, PUZZLES, Unsolved, WAIT_SECONDS};
use hustings_gate::{Bye, Expected, Refusal, Tier};
use hustings_link::desk::DeskError;
use hustings_link::gatekeeper::{Asked, Gatekeeper, NoRecords, Told};
use hustings_link::peer::Peer;
use hustings_link::sources::network_of;
use hustings_vocab::plan::Visibility;
use hustings_vocab::{Phase, Slug, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::links::Origins;
use crate::problem::{Document, Problem};
use crate::rights::Standing;
use crate::site::Site;
use crate::view::Links;
use crate::who::{self, Who, known};
use crate::{Web, WebState, body, missing, misused, security};

/// For how long a cache may answer for the queue: it is told within so many seconds of a change.
const QUEUE_KEPT: HeaderValue = HeaderValue::from_static("public, max-age=1, s-maxage=1");
/// What is said with a challenge.
const MANY: &str = "very many come at once: solve the challenge, or send it again after wait_s seconds without a solution, with \
    the same secret (docs/under-attack.md)";
/// Seconds after which who was refused may ask again.
const AGAIN_S: u64 = 10;

/// The routes below `/c/{slug}` that are the gate's; where there is none they are 404. Merge them into the public router.
pub fn tickets(state: WebState) -> Router {
    let web = Arc::new(Web::new(state, Site::default()));
    Router::new()
        .route("/c/{slug}/tickets", post(ask))
        .route("/c/{slug}/tickets/goodbye", post(goodbye))
        .route("/c/{slug}/tickets/claim", get(claim))
        .route("/c/{slug}/queue.json", get(queue))
        .route("/c/{slug}/lottery.json", get(lottery))
        .route_layer(axum::middleware::from_fn_with_state(web.clone(), who::enforce))
        .method_not_allowed_fallback(missing::method)
        .with_state(web)
        .layer(security::cors())
        .layer(axum::middleware::from_fn(misused::count))
        .layer(axum::middleware::map_response(security::headers))
}

/// What is asked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AskBody {
    /// `whep`, `stream` or `hls`; `stream` if absent.
    tier: Option<String>,
    /// Drawn by who asks; drawn here if absent.
    secret: Option<String>,
    /// The place of who waits.
    place: Option<String>,
    /// A ticket, to be used for the first time or again.
    ticket: Option<String>,
    /// A challenge that was met with 428.
    challenge: Option<String>,
    /// The numbers that solve it; absent or empty of who has waited instead.
    solution: Vec<u32>,
    /// The pass of a rehearsal, which is not challenged.
    rehearsal: Option<String>,
}

/// Somebody who may come in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Admitted {
    /// `whep`, `stream` or `hls`: the one that was asked for, or a cheaper one.
    #[schema(value_type = String)]
    tier: Tier,
    /// Where to listen.
    address: String,
    /// The ticket: one seat.
    ticket: String,
    /// By which its holder is known again.
    secret: String,
    /// At most so many kbit/s of sound.
    kbit: u32,
}

/// Somebody who waits.
#[derive(Serialize, ToSchema)]
pub(crate) struct Placed {
    /// The place, to be brought again.
    place: String,
    /// When it was asked for, from 0 on; before the order is drawn it is looked for below `early_below`.
    serial: u64,
    /// From 1 on; absent before the order is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    /// By which its holder is known again.
    secret: String,
    /// Ask again at a random time within so many seconds.
    poll_s: u64,
    /// How many seconds it will take: at least, probably, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_s: Option<[u64; 3]>,
    /// What to look at meanwhile, which is the same for everybody.
    queue: String,
}

/// 428: very many come at once. A document as RFC 9457 has it, with the challenge beside it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Challenged {
    /// `about:blank`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the status is called.
    title: &'static str,
    /// 428.
    status: u16,
    /// Why, and what to do.
    detail: String,
    /// To be sent again, with its solution or after `wait_s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<String>,
    /// How many numbers to find.
    puzzles: usize,
    /// How many leading bits of each digest are 0.
    bits: u32,
    /// Who does not calculate asks again after so many seconds.
    wait_s: u64,
    /// By which its holder is known again.
    secret: String,
}

fn challenged(challenge: Option<String>, detail: String, secret: String) -> Response {
    let status = StatusCode::PRECONDITION_REQUIRED;
    let document = Challenged {
        kind: "about:blank",
        title: "Precondition Required",
        status: status.as_u16(),
        detail,
        challenge,
        puzzles: PUZZLES,
        bits: BITS,
        wait_s: WAIT_SECONDS,
        secret,
    };
    let mut response = fresh(status, &document);
    response.headers_mut().insert(header::RETRY_AFTER, WAIT_SECONDS.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// Ask to listen
///
/// With a place or a ticket one comes again. A conversation for the invited gives tickets to those alone.
#[utoipa::path(post, path = "/c/{slug}/tickets", tag = "listen", params(("slug" = String, Path, description = "The conversation")), request_body = Option<AskBody>, responses(
    (status = 200, description = "Come in", body = Admitted),
    (status = 202, description = "Wait, and ask again at a random time within `poll_s`", body = Placed),
    (status = 409, description = "The doors are closed", body = Document, content_type = "application/problem+json"),
    (status = 410, description = "It is over", body = Document, content_type = "application/problem+json"),
    (status = 428, description = "Very many come at once: calculate what is asked, or wait, and ask again", body = Challenged, content_type = "application/problem+json"),
    (status = 503, description = "There is no room; Retry-After says when to ask again", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    origins: Origins,
    who: Who,
    request: Request,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let (parts, body) = request.into_parts();
    let asked: AskBody = body::json_or_nothing(&parts.headers, body).await?;
    if asked.place.is_none() && asked.ticket.is_none() {
        invited(&web, gate, &who, &slug).await?;
    }
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
    let challenge = asked.challenge.map(|text| (text, asked.solution));
    let from =
        parts.extensions.get::<Peer>().map(|peer| peer.addr.ip().to_canonical()).filter(|from| !from.is_loopback());
    let network = from.map(network_of);
    let AskBody { place, ticket, rehearsal: pass, .. } = asked;
    let asked = Asked { tier, secret, place, ticket, challenge, on_stage, network, pass };
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
        Told::Challenge(text) => Ok(challenged(Some(text), MANY.to_owned(), asked.secret)),
        Told::Unsolved(why @ Unsolved::Early) => Ok(challenged(None, why.to_string(), asked.secret)),
        Told::Unsolved(why) => Err(Problem::forbidden(why.to_string())),
        Told::No(refusal) => Err(refused(&web, &slug, refusal).await),
    }
}

/// `GET /c/{slug}/tickets/claim?ticket=…&to=live.ogg`: a player that was given an address with a ticket that is nobody's yet
/// comes here by a redirect and goes back with its own.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Claim {
    /// The ticket.
    ticket: String,
    /// What the player asked for below `/c/{slug}/`.
    #[serde(default)]
    to: String,
}

/// Bind a ticket to the player that uses it first
#[utoipa::path(get, path = "/c/{slug}/tickets/claim", tag = "listen", params(("slug" = String, Path, description = "The conversation"), Claim), responses(
    (status = 303, description = "Location is the same address with a ticket that is theirs"),
    (status = 409, description = "The doors are closed", body = Document, content_type = "application/problem+json"),
    (status = 410, description = "It is over", body = Document, content_type = "application/problem+json"),
    (status = 503, description = "There is no room; Retry-After says when to ask again", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn claim(
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
        challenge: None,
        on_stage: false,
        network: None,
        pass: None,
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
        // Who has a ticket meets no challenge.
        Told::Challenge(_) | Told::Unsolved(_) => Err(Problem::forbidden("the ticket is no ticket")),
        Told::Wait { poll_s, .. } => {
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "there is no room at the moment").after(poll_s))
        }
        Told::No(refusal) => Err(refused(&web, &slug, refusal).await),
    }
}

/// A ticket that is not needed any more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Goodbye {
    /// The ticket.
    ticket: String,
    /// Its holder's secret.
    secret: String,
    /// A page is closed, or loaded again, which it cannot know: the seat is free in five seconds, unless the same ticket is
    /// back by then. Otherwise it is free at once.
    #[serde(default)]
    closed: bool,
}

/// Go
///
/// The seat is free, and the ticket still its holder's, who comes in with it again while there is room. What is no ticket
/// frees nothing.
#[utoipa::path(post, path = "/c/{slug}/tickets/goodbye", tag = "listen", params(("slug" = String, Path, description = "The conversation")), request_body = Goodbye, responses(
    (status = 204, description = "Goodbye"),
))]
pub(crate) async fn goodbye(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let Goodbye { ticket, secret, closed } = body::json(&headers, body).await?;
    gate.bye(&slug, &ticket, &secret, if closed { Bye::Closed } else { Bye::ForGood });
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The one object that everybody who waits looks at.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueueView {
    /// Where it is in its life.
    phase: Phase,
    /// When it starts, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_ms: Option<u64>,
    /// When it was to start before it was moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from_ms: Option<u64>,
    /// Why it begins later, in the host's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    delay: String,
    /// Whoever's number, less one, is below this is called.
    admitting_below: u64,
    /// Who came before the start and whose serial is below this may ask, drawn or not.
    early_below: u64,
    /// Who was not called yet.
    waiting: u64,
    /// How many come in a second, lately.
    per_second: f64,
    /// Look again at a random time within so many seconds.
    poll_s: u64,
    /// Whether the order is known.
    drawn: bool,
}

/// How the queue stands
///
/// The same for everybody within a second; of a conversation for the invited, for them alone.
#[utoipa::path(get, path = "/c/{slug}/queue.json", tag = "listen", params(("slug" = String, Path, description = "The conversation")), responses(
    (status = 200, description = "How it stands", body = QueueView),
    (status = 409, description = "The doors are closed", body = Document, content_type = "application/problem+json"),
    (status = 410, description = "It is over", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn queue(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    who: Who,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let kept = kept(&web, gate, &who, &slug).await?;
    let Some(state) = gate.queue(&slug) else { return Err(closed(&web, &slug).await) };
    let view = QueueView {
        phase: state.phase,
        starts_ms: state.starts_ms,
        moved_from_ms: state.moved_from_ms,
        delay: state.delay,
        admitting_below: state.below,
        early_below: state.early,
        waiting: state.waiting,
        per_second: (state.per_second * 100.0).round() / 100.0,
        poll_s: state.poll_s,
        drawn: state.drawn,
    };
    Ok(([(header::CACHE_CONTROL, kept)], Json(view)).into_response())
}

/// What is published of a lottery.
#[derive(Serialize, ToSchema)]
pub(crate) struct LotteryView {
    /// The hash of the seed, before and after.
    commitment: String,
    /// The root of the places that took part, once they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    /// The seed, once it is drawn.
    seed: Option<String>,
    /// Each a number, the second in which it was given, and its id.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    places: Vec<(u64, u64, String)>,
}

/// The draw of the places before the start, so that anybody can recompute it
#[utoipa::path(get, path = "/c/{slug}/lottery.json", tag = "listen", params(("slug" = String, Path, description = "The conversation")), responses(
    (status = 200, description = "What is published", body = LotteryView),
    (status = 409, description = "The doors are closed", body = Document, content_type = "application/problem+json"),
    (status = 410, description = "It is over", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn lottery(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    who: Who,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let gate = gate_of(&web)?;
    let kept = kept(&web, gate, &who, &slug).await?;
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
    Ok(([(header::CACHE_CONTROL, kept)], Json(view)).into_response())
}

/// Refuses, as if it were not there, what is for the invited alone to whoever is not.
async fn invited(web: &Web, gate: &dyn Gatekeeper, who: &Who, slug: &Slug) -> Result<(), Problem> {
    if gate.is_sealed(slug) { who.must_see(&web.desk.find(slug.clone()).await?) } else { Ok(()) }
}

/// How long a cache may keep what who waits looks at: not at all, where it is for the invited alone.
async fn kept(web: &Web, gate: &dyn Gatekeeper, who: &Who, slug: &Slug) -> Result<HeaderValue, Problem> {
    if !gate.is_sealed(slug) {
        return Ok(QUEUE_KEPT);
    }
    invited(web, gate, who, slug).await?;
    Ok(HeaderValue::from_static("no-store"))
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
        Ok(found) if found.plan.visibility == Visibility::Invited => Problem::from(DeskError::Unknown(found.slug)),
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
