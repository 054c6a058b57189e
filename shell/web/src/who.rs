//! Who asks, found out once for each request of the API and held against the table of [`crate::rights`].
//!
//! Over the control socket comes the user who runs the server, and may do everything. Others show a token, which is for one
//! conversation and one role, an API key, which asks as its account within its scopes, or a session's cookie. A cookie is sent by browsers on their own, so it counts only for what
//! the site's own pages ask: a request that changes something must say that it comes from there (Fetch Metadata, or
//! `Origin`); no other site's request is recognised as anybody's.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use hustings_link::api_keys;
use hustings_link::desk::{Conversation, DeskError};
use hustings_link::peer::Peer;
use hustings_link::people::Person;
use hustings_link::stage::Commander;
use hustings_link::token::TokenError;
use hustings_vocab::plan::Visibility;
use hustings_vocab::{Claims, Role, Scope, Slug};

use crate::Web;
use crate::links::Origins;
use crate::problem::Problem;
use crate::rights::{self, Right, Standing};
use crate::scopes::{Needs, needs, to_invite};

/// The name of the session's cookie. Over TLS it has the prefix that keeps other hosts from setting it (RFC 6265bis).
pub(crate) const COOKIE: &str = "hustings";
pub(crate) const COOKIE_TLS: &str = "__Host-hustings";
/// The same of who is at a provider of identities at this moment.
pub(crate) const AWAY: &str = "hustings-away";
pub(crate) const AWAY_TLS: &str = "__Host-hustings-away";

/// Who asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Who {
    /// Came over the control socket.
    pub(crate) console: bool,
    /// What the token says, where one was shown; it is for the conversation that was asked about.
    pub(crate) claims: Option<Claims>,
    /// Whose session it is.
    pub(crate) person: Option<Person>,
    /// What their account makes them in the conversation that was asked about.
    pub(crate) role: Option<Role>,
    /// What they may ask for, where they ask by an API key.
    scopes: Option<Vec<Scope>>,
    standings: Vec<Standing>,
}

impl Who {
    /// Whether they have this standing.
    pub(crate) fn is(&self, standing: Standing) -> bool {
        self.standings.contains(&standing)
    }

    /// Who is signed in, else a refusal that says so.
    pub(crate) fn signed_in(&self) -> Result<&Person, Problem> {
        self.person
            .as_ref()
            .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "this needs an account: sign in first"))
    }

    /// Refuses what their key has no scope for.
    fn within_scopes(&self, right: &Right) -> Result<(), Problem> {
        let Some(scopes) = &self.scopes else { return Ok(()) };
        match needs(right.method, right.path) {
            Needs::Nothing => Ok(()),
            Needs::Scope(scope) if scopes.contains(&scope) => Ok(()),
            Needs::Scope(scope) => {
                Err(Problem::forbidden(format!("this key has no scope for it: make one with {scope}")))
            }
            Needs::Session => Err(Problem::forbidden("no key may do this: sign in on the site's pages")),
        }
    }

    /// Refuses to give a role by a key that could not itself do what the role may.
    pub(crate) fn may_give(&self, role: Role) -> Result<(), Problem> {
        let Some(scopes) = &self.scopes else { return Ok(()) };
        match to_invite(role).iter().find(|scope| !scopes.contains(scope)) {
            None => Ok(()),
            Some(missing) => {
                let detail = format!("who is made {role} may do more than this key: it has no scope {missing}");
                Err(Problem::forbidden(detail))
            }
        }
    }

    /// As whom they command a stage.
    pub(crate) fn commander(&self) -> Commander {
        match (&self.claims, &self.person) {
            (Some(claims), _) => Commander {
                seat: Some(claims.sub.clone()),
                name: claims.name.clone().unwrap_or_else(|| claims.sub.to_string()),
                role: Some(claims.role),
            },
            (None, Some(person)) => {
                let site = self.is(Standing::Operator) || self.is(Standing::Moderator);
                let role = if site { None } else { Some(self.role.unwrap_or(Role::Listener)) };
                Commander { seat: Some(person.id.seat()), name: person.name.clone(), role }
            }
            (None, None) => Commander::site(),
        }
    }

    /// What the log of acts calls them.
    pub(crate) fn actor(&self) -> String {
        match (&self.person, &self.claims) {
            (Some(person), _) => format!("account:{}", person.id),
            (None, Some(claims)) => format!("seat:{}", claims.sub),
            (None, None) if self.console => "console".to_owned(),
            (None, None) => "anybody".to_owned(),
        }
    }

    /// Whether they run the conversation that they ask about.
    pub(crate) fn runs(&self) -> bool {
        [Standing::Host, Standing::CoHost, Standing::Operator].into_iter().any(|s| self.is(s))
    }

    /// Refuses, as if it were not there, what is for the invited alone to whoever is not: who has neither a token of it nor a
    /// role in it, and neither decides on reports nor runs the site.
    pub(crate) fn must_see(&self, found: &Conversation) -> Result<(), Problem> {
        if found.plan.visibility != Visibility::Invited || !self.is_outside() {
            return Ok(());
        }
        Err(DeskError::Unknown(found.slug.clone()).into())
    }

    /// Whether they are nobody in the conversation that they ask about, nor look after the site.
    fn is_outside(&self) -> bool {
        let outside = [Standing::Anybody, Standing::Member, Standing::Planner];
        self.standings.iter().all(|s| outside.contains(s))
    }

    /// Who asks for an address that is not behind the table. A token that does not hold is none.
    pub(crate) async fn of(web: &Web, parts: &Parts, origins: &Origins, slug: &Slug) -> Result<Self, Problem> {
        let who = Self::find_out(web, parts, origins, Some(slug)).await?.0;
        // What is not behind the table is for reading.
        let blind = who.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&Scope::ConversationsRead));
        Ok(if blind { Self { standings: vec![Standing::Anybody], ..Self::default() } } else { who })
    }

    async fn find_out(
        web: &Web,
        parts: &Parts,
        origins: &Origins,
        slug: Option<&Slug>,
    ) -> Result<(Self, Option<Problem>), Problem> {
        let mut who = Self { standings: vec![Standing::Anybody], ..Self::default() };
        if let Some(secret) = key(&parts.headers) {
            let bearer = web.keys.bearer(secret.to_owned()).await?;
            // Whoever shows a key that does not hold is told so, whatever they ask for.
            let Some(bearer) = bearer else { return Err(Problem::bad_key()) };
            who.scopes = Some(bearer.scopes);
            who.recognise(web, bearer.person, slug).await?;
            return Ok((who, None));
        }
        if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
            // A header that is no text is no token.
            let Some(slug) = slug else { return Ok((who, Some(TokenError::RoleNotAllowed.into()))) };
            return Ok(match web.tokens.check_header(Some(authorization.to_str().unwrap_or_default()), slug) {
                // Whoever runs the conversation decides over what tokens say.
                Ok(claims) => match web.desk.role_of(slug, &claims.sub, claims.role) {
                    Some(role) => {
                        who.standings.push(Standing::of_role(role));
                        who.claims = Some(Claims { role, ..claims });
                        (who, None)
                    }
                    None => (who, Some(Problem::forbidden("you were removed from this conversation"))),
                },
                Err(refused) => (who, Some(refused.into())),
            });
        }
        if parts.extensions.get::<Peer>().is_some_and(|peer| peer.operator) {
            who.console = true;
            who.standings.extend(Standing::ALL);
            return Ok((who, None));
        }
        let Some(secret) =
            session(&parts.headers, origins).filter(|_| from_here(&parts.method, &parts.headers, origins))
        else {
            return Ok((who, None));
        };
        if let Some(person) = web.people.by_session(secret.to_owned()).await? {
            who.recognise(web, person, slug).await?;
        }
        Ok((who, None))
    }

    /// What an account makes of who asks.
    async fn recognise(&mut self, web: &Web, person: Person, slug: Option<&Slug>) -> Result<(), Problem> {
        self.standings.extend(Standing::of_site_role(person.role));
        if let Some(slug) = slug {
            let role = web.people.role_in(person.id.clone(), slug.clone()).await?;
            self.standings.extend(role.map(Standing::of_role));
            self.role = role;
        }
        self.person = Some(person);
        Ok(())
    }
}

/// The secret of an API key, where one is shown.
fn key(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    let secret = secret.trim_start();
    (scheme.eq_ignore_ascii_case("bearer") && secret.starts_with(api_keys::PREFIX)).then_some(secret)
}

/// The secret of the session's cookie. Over TLS only the name counts that another host or plain HTTP cannot set, so that
/// nobody is signed in as somebody else without knowing it.
pub(crate) fn session<'h>(headers: &'h HeaderMap, origins: &Origins) -> Option<&'h str> {
    cookie(headers, if origins.public.is_secure() { COOKIE_TLS } else { COOKIE })
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == wanted && !value.is_empty()).then_some(value)
    })
}

/// Whether the site's own pages ask, or somebody who only reads.
pub(crate) fn from_here(method: &Method, headers: &HeaderMap, origins: &Origins) -> bool {
    if matches!(*method, Method::GET | Method::HEAD) {
        return true;
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == origins.public.to_string(),
        // A program that keeps cookies; no browser of the last years sends neither.
        (None, None) => true,
    }
}

/// Lets a request through to its handler if the table allows it, and tells the handler who asks.
pub(crate) async fn enforce(
    State(web): State<Arc<Web>>,
    matched: MatchedPath,
    params: RawPathParams,
    origins: Origins,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let right = rights::of(parts.method.as_str(), matched.as_str())
        .ok_or_else(|| Problem::new(StatusCode::METHOD_NOT_ALLOWED, "nobody may do this"))?;
    let slug = params.iter().find(|(name, _)| *name == "slug").map(|(_, value)| known(value)).transpose()?;
    let (who, refused) = Who::find_out(&web, &parts, &origins, slug.as_ref()).await?;
    who.within_scopes(right)?;
    if !right.may.iter().any(|standing| who.is(*standing)) {
        return Err(match refused {
            Some(refused) => refused,
            None if who.person.is_none() && who.claims.is_none() => {
                Problem::from(TokenError::Missing).or_say(right.instead)
            }
            None => Problem::from(TokenError::RoleNotAllowed).or_say(right.instead),
        });
    }
    // An open conversation for the invited is not there for the others, whatever they ask of it. What shows who is invited (an
    // invitation, a ticket) is looked at by its handler.
    let shows = right.path.starts_with("/c/") || right.path.ends_with("/invitations/accept");
    if let Some(slug) = slug.filter(|_| !shows && who.is_outside())
        && web.gate.as_ref().is_some_and(|gate| gate.is_sealed(&slug))
    {
        return Err(DeskError::Unknown(slug).into());
    }
    parts.extensions.insert(who);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// A name that no conversation can have is the name of none.
pub(crate) fn known(slug: &str) -> Result<Slug, Problem> {
    slug.parse().map_err(|e| Problem::not_found(format!("there is no such conversation: {e}")))
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Absent only where a route was not put behind the table.
        parts.extensions.get().cloned().ok_or_else(|| Problem::forbidden("nobody may do this"))
    }
}
