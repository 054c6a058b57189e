//! Webhooks: who is told, and what became of each message.
//!
//! A webhook of an account is seen by its owner alone, one of the site by operators. What is somebody else's is not there.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use hustings_link::accounts::AccountsError;
use hustings_link::webhooks::{Delivery, NewWebhook, Owner, Webhook};
use hustings_vocab::Occasion;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::me::nothing;
use super::refusals::{Changing, Reading, Removing};
use super::{Shared, fresh};
use crate::Web;
use crate::body;
use crate::problem::Problem;
use crate::rights::Standing;
use crate::who::Who;

/// A webhook.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookView {
    /// Its name.
    id: String,
    /// Whether it is the site's, and told of every conversation; else it is told of those that its owner runs.
    site: bool,
    /// Where messages are sent.
    url: String,
    /// What it is told of.
    events: Vec<Occasion>,
    /// When it was made, in milliseconds since 1970.
    created_ms: u64,
    /// Messages that wait.
    waiting: u64,
    /// Messages that were dropped, because too many waited.
    dropped: u64,
}

/// Webhooks.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookList {
    /// One's own, oldest first, then those of the site, for operators.
    webhooks: Vec<WebhookView>,
}

/// A webhook, and the secret of its signatures.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeWebhook {
    /// The webhook.
    webhook: WebhookView,
    /// What its messages are signed with (Standard Webhooks). It is shown this once.
    secret: String,
}

/// A webhook to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHook {
    /// Where messages are to be sent: an https address that the public can reach.
    url: String,
    /// What it is told of, at least one.
    #[schema(min_items = 1)]
    events: Vec<Occasion>,
}

/// One message to one webhook.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    /// Its name, sent as `webhook-id`: the same in every try.
    id: String,
    /// What it tells of.
    event: Occasion,
    /// What it says: `type`, `timestamp` and `data`.
    #[schema(value_type = Object)]
    message: Value,
    /// `waiting`, `delivered`, or `dead`: given up.
    #[schema(value_type = String)]
    state: &'static str,
    /// Tries so far.
    tries: u32,
    /// When it was written, in milliseconds since 1970.
    created_ms: u64,
    /// When it is tried next, if it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_ms: Option<u64>,
    /// What the last try came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// Messages to a webhook.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryList {
    /// The last hundred, newest first.
    deliveries: Vec<DeliveryView>,
}

impl From<Webhook> for WebhookView {
    fn from(Webhook { id, owner, url, occasions, created_ms, waiting, dropped }: Webhook) -> Self {
        Self { id, site: owner == Owner::Site, url, events: occasions, created_ms, waiting, dropped }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(Delivery { id, occasion, body, fate, tries, created_ms, due_ms, answer }: Delivery) -> Self {
        let message = serde_json::from_str(&body).unwrap_or_default();
        Self { id, event: occasion, message, state: fate.name(), tries, created_ms, next_ms: due_ms, answer }
    }
}

/// The webhook of that name, if whoever asks may see it.
async fn seen(web: &Web, who: &Who, id: String) -> Result<Webhook, Problem> {
    let found = web.webhooks.find(id).await?;
    let theirs = match &found.owner {
        Owner::Account(account) => who.person.as_ref().is_some_and(|person| person.id == *account),
        Owner::Site => who.is(Standing::Operator),
    };
    if theirs { Ok(found) } else { Err(AccountsError::Unknown("webhook of that name".into()).into()) }
}

async fn make(web: &Web, who: &Who, owner: Owner, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let NewHook { url, events } = body::json(headers, body).await?;
    let mut occasions = events;
    occasions.sort_unstable();
    occasions.dedup();
    if occasions.is_empty() {
        let all = Occasion::ALL.map(Occasion::name).join(", ");
        return Err(Problem::unprocessable(format!("a webhook is told of something; there are {all}")));
    }
    if let Some(others) = occasions.iter().find(|occasion| occasion.is_the_sites() && owner != Owner::Site) {
        let name = others.name();
        return Err(Problem::unprocessable(format!("{name} is told to the site's webhooks alone")));
    }
    let (webhook, secret) = web.webhooks.make(NewWebhook { owner, url, occasions }, who.actor()).await?;
    Ok(fresh(StatusCode::CREATED, &MadeWebhook { webhook: webhook.into(), secret }))
}

/// Webhooks
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", responses(
    (status = 200, description = "One's own, and for operators those of the site", body = WebhookList), Reading,
))]
pub(crate) async fn list(State(web): Shared, who: Who) -> Result<Response, Problem> {
    let mut all = Vec::new();
    if let Some(person) = &who.person {
        all.extend(web.webhooks.list(Owner::Account(person.id.clone())).await?);
    }
    if who.is(Standing::Operator) {
        all.extend(web.webhooks.list(Owner::Site).await?);
    }
    Ok(fresh(StatusCode::OK, &WebhookList { webhooks: all.into_iter().map(WebhookView::from).collect() }))
}

/// Be told of the conversations that one runs
///
/// A message is `{"type": …, "timestamp": …, "data": {"conversation": …}}`, and `data` has the `phase`, or the `seat`, `name` and
/// `role` of somebody, too. It is signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`),
/// tried until a status from 200 to 299 comes back, nine times in some 30 hours, and then given up. It may come twice, under
/// the same `webhook-id`.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks", request_body = NewHook, responses(
    (status = 201, description = "Made", body = MadeWebhook), Changing,
))]
pub(crate) async fn make_own(
    State(web): Shared,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let owner = Owner::Account(who.signed_in()?.id.clone());
    make(&web, &who, owner, &headers, body).await
}

/// Be told of every conversation (operator)
#[utoipa::path(post, path = "/api/v1/webhooks/site", tag = "webhooks", request_body = NewHook, responses(
    (status = 201, description = "Made", body = MadeWebhook), Changing,
))]
pub(crate) async fn make_sites(
    State(web): Shared,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    make(&web, &who, Owner::Site, &headers, body).await
}

/// One webhook
#[utoipa::path(get, path = "/api/v1/webhooks/{webhook}", tag = "webhooks", params(("webhook" = String, Path, description = "Its name")), responses(
    (status = 200, description = "It", body = WebhookView), Reading,
))]
pub(crate) async fn find(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    Ok(fresh(StatusCode::OK, &WebhookView::from(seen(&web, &who, id).await?)))
}

/// Remove a webhook, with its messages
#[utoipa::path(delete, path = "/api/v1/webhooks/{webhook}", tag = "webhooks", params(("webhook" = String, Path, description = "Its name")), responses(
    (status = 204, description = "It is told nothing any more"), Removing,
))]
pub(crate) async fn remove(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    let found = seen(&web, &who, id).await?;
    web.webhooks.remove(found.id, who.actor()).await?;
    Ok(nothing())
}

/// Messages to a webhook
#[utoipa::path(get, path = "/api/v1/webhooks/{webhook}/deliveries", tag = "webhooks", params(("webhook" = String, Path, description = "Its name")), responses(
    (status = 200, description = "What waits, what was delivered and what was given up", body = DeliveryList), Reading,
))]
pub(crate) async fn deliveries(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    let found = seen(&web, &who, id).await?;
    let all = web.webhooks.deliveries(found.id).await?;
    Ok(fresh(StatusCode::OK, &DeliveryList { deliveries: all.into_iter().map(DeliveryView::from).collect() }))
}

/// Send a message again, from its first try
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook}/deliveries/{delivery}", tag = "webhooks", params(("webhook" = String, Path, description = "Its name"), ("delivery" = String, Path, description = "The message's name")), responses(
    (status = 200, description = "It waits", body = DeliveryView), Removing,
))]
pub(crate) async fn again(
    State(web): Shared,
    Path((id, delivery)): Path<(String, String)>,
    who: Who,
) -> Result<Response, Problem> {
    let found = seen(&web, &who, id).await?;
    Ok(fresh(StatusCode::OK, &DeliveryView::from(web.webhooks.again(found.id, delivery).await?)))
}

/// Send a message to try a webhook
#[utoipa::path(post, path = "/api/v1/webhooks/{webhook}/test", tag = "webhooks", params(("webhook" = String, Path, description = "Its name")), responses(
    (status = 201, description = "It waits", body = DeliveryView), Removing,
))]
pub(crate) async fn test(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    let found = seen(&web, &who, id).await?;
    Ok(fresh(StatusCode::CREATED, &DeliveryView::from(web.webhooks.test(found.id).await?)))
}
