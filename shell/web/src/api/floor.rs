//! Taking part: reactions, chat, questions, polls, what is pinned, and how the audience may take part.
//!
//! It is decided from memory; what is taken and kept (202) is on the disk by then, and told to everybody within a second. Who asks is a seat
//! or an account, and a number for the address, which is never kept. Deliberately absent: sums in an answer; they are events.

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_floor::{By, Command, PersonId, Refusal, text};
use hustings_link::desk::DeskError;
use hustings_link::floor::{Done, FloorError, source};
use hustings_link::peer::Peer;
use hustings_vocab::{Role, Slug};

mod bodies;

pub(crate) use bodies::{
    AskQuestion, ChoosePollAnswer, FloorView, HideLine, JudgeQuestion, OpenPoll, PinNote, React, SayLine, SetFloor,
    Taken,
};

use super::{Shared, fresh};
use crate::Web;
use crate::body;
use crate::problem::{Document, Problem};
use crate::rights::Standing;
use crate::who::{Who, known};

/// What is said of an act that the records do not take.
const UNWRITTEN: &str = "it was taken and is shown, but the records are so slow that it may be lost; do not repeat it";

macro_rules! operation {
    (
        $(#[$doc:meta])* $name:ident($body:ident: $kind:ty $(, $id:ident: $what:literal)?) => $command:expr,
        $path:literal, $done:literal
    ) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "floor", security(("token" = [])), params(("slug" = String, Path, description = "Its name") $(, ("id" = u64, Path, description = $what))?), request_body = $kind, responses(
            (status = 202, description = $done, body = Taken),
            (status = 400, description = "The body is no JSON", body = Document, content_type = "application/problem+json"),
            (status = 401, description = "No token, or none that holds", body = Document, content_type = "application/problem+json"),
            (status = 403, description = "Not with this role, or muted", body = Document, content_type = "application/problem+json"),
            (status = 404, description = "There is none of that name or number", body = Document, content_type = "application/problem+json"),
            (status = 408, description = "The body did not come", body = Document, content_type = "application/problem+json"),
            (status = 409, description = "The doors are closed, or its state does not allow it", body = Document, content_type = "application/problem+json"),
            (status = 413, description = "The body is too long", body = Document, content_type = "application/problem+json"),
            (status = 415, description = "The body is called something else than JSON", body = Document, content_type = "application/problem+json"),
            (status = 422, description = "A field is missing, unknown or wrong", body = Document, content_type = "application/problem+json"),
            (status = 429, description = "Too much in a short time; Retry-After says for how long", body = Document, content_type = "application/problem+json"),
            (status = 503, description = "It was taken, and may be lost: the records are too slow", body = Document, content_type = "application/problem+json"),
        ))]
        pub(crate) async fn $name(
            State(web): Shared,
            Path(path): Path<Vec<(String, String)>>,
            who: Who,
            Extension(peer): Extension<Peer>,
            headers: HeaderMap,
            body: Body,
        ) -> Result<Response, Problem> {
            let slug = known(part(&path, "slug"))?;
            $(let $id: u64 = number(part(&path, "id"), $what)?;)?
            let $body: $kind = body::json(&headers, body).await?;
            act(&web, &slug, &who, &peer, $command).await
        }
    };
}

operation!(
    /// React
    ///
    /// Counted, and told once a second as a sum.
    react(asked: React) => Command::React(asked.kind, asked.one_in.unwrap_or(1)),
    "/api/v1/conversations/{slug}/reactions", "It is counted"
);
operation!(
    /// Write a line
    ///
    /// Of more lines in a second than can be read, some are shown, drawn by chance; the chat event says how many there were.
    say(asked: SayLine) => Command::Say(asked.text),
    "/api/v1/conversations/{slug}/chat", "It is taken"
);
operation!(
    /// Hide a line or show it again (host)
    hide(asked: HideLine, id: "A line") => Command::Hide { line: id, hidden: asked.hidden, mute: asked.mute },
    "/api/v1/conversations/{slug}/chat/{id}/state", "Done"
);
operation!(
    /// Ask a question
    ask(asked: AskQuestion) => Command::Ask(asked.text),
    "/api/v1/conversations/{slug}/questions", "It is taken; it is shown when it was accepted"
);
operation!(
    /// Say what becomes of a question (host)
    judge(asked: JudgeQuestion, id: "A question") => Command::Judge(id, asked.state),
    "/api/v1/conversations/{slug}/questions/{id}/state", "Done"
);
operation!(
    /// Open a poll (host)
    open_poll(asked: OpenPoll) => Command::Poll(asked.into()),
    "/api/v1/conversations/{slug}/polls", "It is open"
);
operation!(
    /// Vote in a poll
    choose(asked: ChoosePollAnswer, id: "A poll") => Command::Choose(id, asked.answer),
    "/api/v1/conversations/{slug}/polls/{id}/vote", "It is counted"
);
operation!(
    /// Pin a note, or take it away (host)
    pin(asked: PinNote) => Command::Pin(asked.into()),
    "/api/v1/conversations/{slug}/pinned", "Done"
);
operation!(
    /// Say how the audience may take part (host)
    ///
    /// All of it: what is left out is set to what it is at first.
    set(asked: SetFloor) => Command::Set(asked.into()),
    "/api/v1/conversations/{slug}/floor", "Done"
);

macro_rules! bare {
    ($(#[$doc:meta])* $name:ident($id:ident: $what:literal) => $command:expr, $path:literal, $done:literal) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "floor", security(("token" = [])), params(("slug" = String, Path, description = "Its name"), ("id" = u64, Path, description = $what)), responses(
            (status = 202, description = $done, body = Taken),
            (status = 401, description = "No token, or none that holds", body = Document, content_type = "application/problem+json"),
            (status = 403, description = "Not with this role", body = Document, content_type = "application/problem+json"),
            (status = 404, description = "There is none of that name or number", body = Document, content_type = "application/problem+json"),
            (status = 409, description = "The doors are closed, or its state does not allow it", body = Document, content_type = "application/problem+json"),
            (status = 429, description = "Too much in a short time; Retry-After says for how long", body = Document, content_type = "application/problem+json"),
            (status = 503, description = "It was taken, and may be lost: the records are too slow", body = Document, content_type = "application/problem+json"),
        ))]
        pub(crate) async fn $name(
            State(web): Shared,
            Path(path): Path<Vec<(String, String)>>,
            who: Who,
            Extension(peer): Extension<Peer>,
        ) -> Result<Response, Problem> {
            let slug = known(part(&path, "slug"))?;
            let $id: u64 = number(part(&path, "id"), $what)?;
            act(&web, &slug, &who, &peer, $command).await
        }
    };
}

bare!(
    /// Vote for a question
    want(id: "A question") => Command::Want(id),
    "/api/v1/conversations/{slug}/questions/{id}/vote", "It is counted"
);
bare!(
    /// Close a poll (host)
    close_poll(id: "A poll") => Command::Close(id),
    "/api/v1/conversations/{slug}/polls/{id}/close", "Its sums are final"
);

/// Everything as it stands
///
/// The same that events tell, with the last 200 lines; for those who run the conversation also what waits for them.
#[utoipa::path(get, path = "/api/v1/conversations/{slug}/floor", tag = "floor", params(("slug" = String, Path, description = "Its name")), responses(
    (status = 200, description = "What is pinned, the newest poll, questions and lines", body = FloorView),
    (status = 404, description = "There is none of that name", body = Document, content_type = "application/problem+json"),
    (status = 409, description = "The doors are closed", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn now(State(web): Shared, Path(slug): Path<String>, who: Who) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let runs = runs(&who);
    let (now, words) = match web.floor.now(&slug, runs) {
        Ok(found) => found,
        Err(error) => return Err(refusal(&web, &slug, error).await),
    };
    Ok(fresh(StatusCode::OK, &FloorView { now, words: runs.then_some(words) }))
}

async fn act(web: &Web, slug: &Slug, who: &Who, peer: &Peer, command: Command) -> Result<Response, Problem> {
    let by = By {
        person: PersonId::of(&who.actor()),
        source: source(peer.addr.ip()),
        name: name(who),
        role: role(who),
        runs: runs(who),
    };
    match web.floor.act(slug, &by, command) {
        Ok(Done { id, change }) => match change {
            Some(change) if !web.floor.written(change).await => {
                Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, UNWRITTEN).after(5))
            }
            _ => Ok(fresh(StatusCode::ACCEPTED, &Taken { id })),
        },
        Err(FloorError::Refused(refused)) => Ok(refuse(&refused)),
        Err(error) => Err(refusal(web, slug, error).await),
    }
}

/// Whether they look after this conversation.
fn runs(who: &Who) -> bool {
    [Standing::CoHost, Standing::Host, Standing::Moderator, Standing::Operator].into_iter().any(|s| who.is(s))
}

/// Their role: a token's, or the highest that their account has here. An operator at the console is nobody on stage.
fn role(who: &Who) -> Role {
    let on_stage = [Role::Host, Role::CoHost, Role::Speaker, Role::Producer];
    match &who.claims {
        Some(claims) => claims.role,
        None if who.console => Role::Listener,
        None => on_stage.into_iter().find(|role| who.is(Standing::of_role(*role))).unwrap_or(Role::Listener),
    }
}

/// The name to show: the account's, the token's, or the seat.
fn name(who: &Who) -> String {
    let given = match (&who.person, &who.claims) {
        (Some(person), _) => text::name(&person.name),
        (None, Some(claims)) => claims.name.as_deref().map(text::name).unwrap_or_default(),
        (None, None) => String::new(),
    };
    if given.is_empty() { who.claims.as_ref().map_or_else(String::new, |claims| claims.sub.to_string()) } else { given }
}

/// A floor that is not there: of a conversation that is not, or whose doors are closed.
async fn refusal(web: &Web, slug: &Slug, error: FloorError) -> Problem {
    match web.desk.find(slug.clone()).await {
        Err(DeskError::Unknown(slug)) => DeskError::Unknown(slug).into(),
        _ => Problem::new(StatusCode::CONFLICT, error.to_string()),
    }
}

fn refuse(refused: &Refusal) -> Response {
    let (status, wait_s) = match refused {
        Refusal::TooSoon(s) | Refusal::Crowded(s) | Refusal::Slow { wait_s: s, .. } => {
            (StatusCode::TOO_MANY_REQUESTS, Some(*s))
        }
        Refusal::Busy => (StatusCode::TOO_MANY_REQUESTS, Some(5)),
        Refusal::Muted | Refusal::NotYours => (StatusCode::FORBIDDEN, None),
        Refusal::Unknown(_) => (StatusCode::NOT_FOUND, None),
        Refusal::Off | Refusal::Voted | Refusal::Closed(_) | Refusal::Full(_) => (StatusCode::CONFLICT, None),
        Refusal::Repeated
        | Refusal::Length { .. }
        | Refusal::Character(_)
        | Refusal::Link
        | Refusal::Word
        | Refusal::NoLink
        | Refusal::Range(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let mut response = Problem::new(status, refused.to_string()).into_response();
    if let Some(wait_s) = wait_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

fn part<'a>(path: &'a [(String, String)], name: &str) -> &'a str {
    path.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn number(text: &str, what: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::not_found(format!("{what} has a number; this is none")))
}
