//! Signing in at an organisation (OpenID Connect), and the identities by which one does.
//!
//! A browser leaves with a cookie and comes back to [`callback`], which answers with nothing but where to go: a path of this site,
//! or the page of accounts with the name of a refusal in the fragment. So nothing of a provider's address stays in a history.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderValue, Request, StatusCode, header};
use hustings_link::accounts::{Arrival, Departure, IdentityRecord, Return};
use hustings_vocab::limits;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::me::nothing;
use super::refusals::{Changing, Reading, Removing, SigningIn};
use super::signing::{changed, named_cookie, visit, visitor};
use super::{Shared, fresh};
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::who::{AWAY, AWAY_TLS, Who, cookie};

/// Where to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtProvider {
    /// The provider's name in the configuration.
    provider: String,
    /// A path of this site to go to afterwards; `/account` if absent, or if it is none.
    #[serde(default)]
    next: Option<String>,
}

/// Where to link an identity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIdentity {
    /// The provider's name in the configuration.
    provider: String,
}

/// Where to send the browser.
#[derive(Serialize, ToSchema)]
pub(crate) struct DepartureView {
    /// The provider's address, for this browser alone, within ten minutes.
    location: String,
}

/// What a provider sends a browser back with.
#[derive(Deserialize, IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Back {
    /// Which sign-in it was.
    state: String,
    /// What buys the tokens.
    code: Option<String>,
    /// Who says to be the issuer (RFC 9207).
    iss: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// An identity.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdentityView {
    /// Its name here.
    id: String,
    /// The provider's name on its button, or its issuer where it is configured no more.
    provider: String,
    /// The mail address there, when it was linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// When it was linked, in milliseconds since 1970.
    created_ms: u64,
    /// When it was used last.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_ms: Option<u64>,
}

/// Identities.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdentityList {
    /// Oldest first.
    identities: Vec<IdentityView>,
}

/// Begin to sign in at an organisation
///
/// Send the browser to `location`; it comes back to the callback within ten minutes, with the cookie that is set here.
#[utoipa::path(post, path = "/api/v1/sign-in/oidc", tag = "accounts", request_body = AtProvider, responses(
    (status = 200, description = "Where to go; a cookie is set", body = DepartureView),
    (status = 404, description = "There is no such provider", body = crate::problem::Document, content_type = "application/problem+json"),
    SigningIn,
))]
pub(crate) async fn depart(State(web): Shared, origins: Origins, request: Request<Body>) -> Result<Response, Problem> {
    let (visitor, parts, body) = visit(&origins, request)?;
    let AtProvider { provider, next } = body::json(&parts.headers, body).await?;
    let sent = web.accounts.depart(provider, None, next, visitor).await?;
    sent_away(&origins, sent)
}

/// Come back from an organisation
///
/// The address that providers are told. The answer is a redirect whatever happens: to where one wanted to go, or to
/// `/account#oidc=WHY`.
#[utoipa::path(get, path = "/api/v1/sign-in/oidc/callback", tag = "accounts", params(Back), responses(
    (status = 303, description = "Signed in or not; Location says where to go"), Reading,
))]
pub(crate) async fn callback(
    State(web): Shared,
    origins: Origins,
    who: Who,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let Back { state, code, iss, error } = back(parts.uri.query().unwrap_or_default());
    let name = if origins.public.is_secure() { AWAY_TLS } else { AWAY };
    let secret = cookie(&parts.headers, name).map(str::to_owned);
    let signed_in = who.person.map(|person| person.id);
    let back = Return { state, code, issuer: iss, error, secret };
    let arrival = web.accounts.arrive(back, signed_in, visitor(&parts, &origins)).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.append(header::SET_COOKIE, named_cookie(&origins, [AWAY, AWAY_TLS], "", 0)?);
    let to = match arrival {
        Arrival::SignedIn(done, next) => {
            fields.append(header::SET_COOKIE, changed(&web, &origins, &parts.headers, &done.secret).await?);
            next.unwrap_or_else(|| "/account".to_owned())
        }
        Arrival::Linked => "/account#oidc=linked".to_owned(),
        Arrival::Refused(why) => format!("/account#oidc={why}"),
    };
    let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/account"));
    response.headers_mut().insert(header::LOCATION, to);
    Ok(response)
}

/// What I sign in by elsewhere
#[utoipa::path(get, path = "/api/v1/me/identities", tag = "accounts", responses(
    (status = 200, description = "Names at providers by which one signs in here", body = IdentityList), Reading,
))]
pub(crate) async fn list(State(web): Shared, who: Who) -> Result<Response, Problem> {
    let all = web.accounts.identities(who.signed_in()?.id.clone()).await?;
    let providers = web.accounts.providers();
    let view = |IdentityRecord { id, issuer, email, created_ms, used_ms, .. }: IdentityRecord| {
        let known = providers.iter().find(|one| one.issuer == issuer).map(|one| one.name.clone());
        IdentityView { id, provider: known.unwrap_or(issuer), email, created_ms, used_ms }
    };
    Ok(fresh(StatusCode::OK, &IdentityList { identities: all.into_iter().map(view).collect() }))
}

/// Begin to link an identity
///
/// As signing in there, but for the account that is signed in: the same browser must come back, signed in as it left.
#[utoipa::path(post, path = "/api/v1/me/identities", tag = "accounts", request_body = NewIdentity, responses(
    (status = 200, description = "Where to go; a cookie is set", body = DepartureView), Changing,
))]
pub(crate) async fn link(
    State(web): Shared,
    who: Who,
    origins: Origins,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let me = who.signed_in()?.id.clone();
    let (parts, body) = request.into_parts();
    let NewIdentity { provider } = body::json(&parts.headers, body).await?;
    let sent = web.accounts.depart(provider, Some(me), None, visitor(&parts, &origins)).await?;
    sent_away(&origins, sent)
}

/// Remove an identity
#[utoipa::path(delete, path = "/api/v1/me/identities/{identity}", tag = "accounts", params(("identity" = String, Path, description = "Its name here")), responses(
    (status = 204, description = "Removed"), Removing,
))]
pub(crate) async fn remove(State(web): Shared, Path(id): Path<String>, who: Who) -> Result<Response, Problem> {
    web.accounts.remove_identity(who.signed_in()?.id.clone(), id).await?;
    Ok(nothing())
}

fn sent_away(origins: &Origins, sent: Departure) -> Result<Response, Problem> {
    let seconds = limits::OIDC_AWAY_MINUTES * 60;
    let cookie = named_cookie(origins, [AWAY, AWAY_TLS], &sent.secret, seconds)?;
    let mut response = fresh(StatusCode::OK, &DepartureView { location: sent.location });
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// What a query says. A provider may add to it; what cannot be read is a sign-in that is not known.
fn back(query: &str) -> Back {
    let short = query.len() <= 4 * limits::OIDC_TEXT_BYTES_MAX;
    let uri = format!("/?{query}").parse::<http::Uri>().ok().filter(|_| short);
    let read = uri.and_then(|uri| axum::extract::Query::<Back>::try_from_uri(&uri).ok());
    read.map(|query| query.0).unwrap_or_default()
}
