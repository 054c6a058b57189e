//! Signing in and out.
//!
//! A browser that another site leads here would bring its cookie or take one: so nobody signs in or out but from our own pages.
//! Each sign-in brings a fresh secret, in a cookie that no script can read; over TLS its name keeps other hosts from setting it.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use hustings_link::accounts::{Question, SignedIn, Visitor};
use hustings_link::peer::Peer;
use hustings_vocab::limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::accounts::AccountView;
use super::refusals::SigningIn;
use super::{Shared, fresh};
use crate::Web;
use crate::body;
use crate::links::Origins;
use crate::problem::Problem;
use crate::who::{COOKIE, COOKIE_TLS, from_here, session};

/// A link to sign in by.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByLink {
    /// What follows `#link=` in it.
    secret: String,
}

/// Where to send a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByMail {
    /// The mail address of an account.
    email: String,
}

/// A handle and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByPassword {
    /// The handle.
    handle: String,
    /// The password.
    password: String,
}

/// A passkey's answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByPasskey {
    /// Which question it answers.
    ceremony: String,
    /// The credential as JSON (WebAuthn level 3, section 5.1).
    #[schema(value_type = Object)]
    answer: Value,
}

/// What to ask a passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionView {
    /// Which question it is, for the answer to say.
    ceremony: String,
    /// Options for the browser as JSON (WebAuthn level 3, sections 5.4 and 5.5).
    #[schema(value_type = Object)]
    options: Value,
}

impl From<Question> for QuestionView {
    fn from(asked: Question) -> Self {
        Self { ceremony: asked.ceremony, options: asked.options }
    }
}

/// Sign in by a link that holds once
#[utoipa::path(post, path = "/api/v1/sign-in/link", tag = "accounts", request_body = ByLink, responses(
    (status = 200, description = "Signed in; the cookie is set", body = AccountView), SigningIn,
))]
pub(crate) async fn link(State(web): Shared, origins: Origins, request: Request<Body>) -> Result<Response, Problem> {
    let (visitor, parts, body) = visit(&origins, request)?;
    let ByLink { secret } = body::json(&parts.headers, body).await?;
    let done = web.accounts.by_link(secret, visitor).await?;
    begun(&web, &origins, &parts.headers, done).await
}

/// Ask for a link by mail
///
/// The answer is the same whether the address is an account's or not. A link holds for half an hour, and the next is sent two
/// minutes later at the earliest.
#[utoipa::path(post, path = "/api/v1/sign-in/mail", tag = "accounts", request_body = ByMail, responses(
    (status = 202, description = "If it is an account's, a link is on its way"), SigningIn,
))]
pub(crate) async fn mail(State(web): Shared, origins: Origins, request: Request<Body>) -> Result<Response, Problem> {
    let (visitor, parts, body) = visit(&origins, request)?;
    let ByMail { email } = body::json(&parts.headers, body).await?;
    web.accounts.mail_link(email, visitor).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}

/// Sign in by a password
#[utoipa::path(post, path = "/api/v1/sign-in/password", tag = "accounts", request_body = ByPassword, responses(
    (status = 200, description = "Signed in; the cookie is set", body = AccountView), SigningIn,
))]
pub(crate) async fn password(
    State(web): Shared,
    origins: Origins,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let (visitor, parts, body) = visit(&origins, request)?;
    let ByPassword { handle, password } = body::json(&parts.headers, body).await?;
    let done = web.accounts.by_password(handle, password, visitor).await?;
    begun(&web, &origins, &parts.headers, done).await
}

/// What to ask whatever passkey of this site a device has
#[utoipa::path(post, path = "/api/v1/sign-in/passkey/question", tag = "accounts", responses(
    (status = 200, description = "The question; it is answered once, within five minutes", body = QuestionView), SigningIn,
))]
pub(crate) async fn passkey_question(
    State(web): Shared,
    origins: Origins,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let (visitor, ..) = visit(&origins, request)?;
    Ok(fresh(StatusCode::OK, &QuestionView::from(web.accounts.ask_passkey(visitor).await?)))
}

/// Sign in by a passkey
#[utoipa::path(post, path = "/api/v1/sign-in/passkey", tag = "accounts", request_body = ByPasskey, responses(
    (status = 200, description = "Signed in; the cookie is set", body = AccountView), SigningIn,
))]
pub(crate) async fn passkey(State(web): Shared, origins: Origins, request: Request<Body>) -> Result<Response, Problem> {
    let (visitor, parts, body) = visit(&origins, request)?;
    let ByPasskey { ceremony, answer } = body::json(&parts.headers, body).await?;
    let done = web.accounts.by_passkey(ceremony, answer, visitor).await?;
    begun(&web, &origins, &parts.headers, done).await
}

/// Sign out
#[utoipa::path(post, path = "/api/v1/sign-out", tag = "accounts", responses(
    (status = 204, description = "Signed out; the cookie is gone"),
    (status = 403, description = "Another site asks", body = crate::problem::Document, content_type = "application/problem+json"),
    (status = 500, description = "The records cannot be reached", body = crate::problem::Document, content_type = "application/problem+json"),
))]
pub(crate) async fn sign_out(
    State(web): Shared,
    origins: Origins,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let (_, parts, _) = visit(&origins, request)?;
    end(&web, &origins, &parts.headers).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(header::SET_COOKIE, cookie(&origins, "", 0)?);
    Ok(response)
}

/// Ends the session that the request brings, if it brings one.
async fn end(web: &Web, origins: &Origins, headers: &HeaderMap) -> Result<(), Problem> {
    if let Some(secret) = session(headers, origins)
        && let Some((account, session)) = web.accounts.session(secret.to_owned()).await?
    {
        web.accounts.end_session(account.id, session.id).await?;
    }
    Ok(())
}

/// The answer to who has signed in.
async fn begun(web: &Web, origins: &Origins, headers: &HeaderMap, done: SignedIn) -> Result<Response, Problem> {
    let cookie = changed(web, origins, headers, &done.secret).await?;
    let mut response = fresh(StatusCode::OK, &AccountView::of_owner(done.account));
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The cookie of a session that has begun. The one that the browser had before ends.
pub(super) async fn changed(
    web: &Web,
    origins: &Origins,
    headers: &HeaderMap,
    secret: &str,
) -> Result<HeaderValue, Problem> {
    end(web, origins, headers).await?;
    cookie(origins, secret, limits::SESSION_DAYS * 24 * 3600)
}

fn cookie(origins: &Origins, secret: &str, seconds: u64) -> Result<HeaderValue, Problem> {
    named_cookie(origins, [COOKIE, COOKIE_TLS], secret, seconds)
}

/// A cookie that no script reads; over TLS by the second name.
pub(super) fn named_cookie(
    origins: &Origins,
    names: [&str; 2],
    secret: &str,
    seconds: u64,
) -> Result<HeaderValue, Problem> {
    let (name, secure) = if origins.public.is_secure() { (names[1], "; Secure") } else { (names[0], "") };
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value = HeaderValue::try_from(text).map_err(|_| Problem::bad_request("no cookie can hold this"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Where somebody is who signs in, if it is one of our pages.
pub(super) fn visit(origins: &Origins, request: Request<Body>) -> Result<(Visitor, Parts, Body), Problem> {
    let (parts, body) = request.into_parts();
    if !from_here(&parts.method, &parts.headers, origins) {
        return Err(Problem::forbidden("sign in and out on the pages of this site, not through another"));
    }
    Ok((visitor(&parts, origins), parts, body))
}

/// Where somebody is.
pub(super) fn visitor(parts: &Parts, origins: &Origins) -> Visitor {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    Visitor {
        peer: parts.extensions.get::<Peer>().map_or([0, 0, 0, 0].into(), |peer| peer.addr.ip().to_canonical()),
        origin: origins.public.to_string(),
        label: label(text("user-agent").unwrap_or_default()),
    }
}

/// A browser's account of itself in words: only names that we know are taken from it.
fn label(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, n)| *n);
    let browsers = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    match (first(&browsers), first(&systems)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "A program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_by_names_that_we_know() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
        assert_eq!(label(chrome), "Chrome, Linux");
        assert_eq!(
            label("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604"),
            "Safari, iPhone"
        );
        assert_eq!(label("<script>"), "A program");
    }
}
