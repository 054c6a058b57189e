//! What every operation of the API has in common, laid over the description from the tables that enforce it.
//!
//! Who may ask, by what, and the refusals that come before a handler are not written beside each handler: they follow from the
//! table of rights, from the path and from whether there is a body. So a new operation is described whole. Names of operations
//! are made of method and path, for generated clients need one of its own for each. Absent: what a handler alone decides.

use utoipa::Modify;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder};

use crate::rights::{self, Standing};
use crate::scopes::{Needs, needs};
use crate::who::COOKIE;

/// Lays it over.
pub(super) struct Whole;

impl Modify for Whole {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                operation.operation_id = Some(name(method, path));
                if rights::of(method, path).is_some() {
                    complete(method, path, operation);
                } else {
                    elsewhere(path, operation);
                }
            }
        }
        let components = document.components.get_or_insert_default();
        let mut token = Http::new(HttpAuthScheme::Bearer);
        token.bearer_format = Some("JWT".into());
        token.description = Some(
            "EdDSA by the server or an application, or HS256 by an application. Claims: sub (the seat), conversation, \
             role (host, cohost, speaker, producer, listener), iat, exp, and optionally name and nbf."
                .into(),
        );
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let mut key = Http::new(HttpAuthScheme::Bearer);
        key.description = Some(
            "An API key, hk_…: asks as its account, within its scopes. The scope that an operation needs stands in its \
             description."
                .into(),
        );
        components.add_security_scheme("key", SecurityScheme::Http(key));
        let described = "The session of a page. Over TLS its name is __Host-hustings.";
        let cookie = ApiKeyValue::with_description(COOKIE, described);
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The operations of one path.
pub(super) fn operations(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}

/// `GET /api/v1/conversations/{slug}` is `get_conversation`, `POST …/stage/seats/{seat}` is `post_conversation_stage_seat`.
/// Elsewhere what stands for something is named as it is: `get_c_hls_rendition_file`.
fn name(method: &str, path: &str) -> String {
    let of_api = path.strip_prefix("/api/v1/").or_else(|| path.strip_prefix("/api/"));
    let mut words = vec![method.to_lowercase()];
    let mut parts = of_api.unwrap_or(path).split('/').filter(|part| !part.is_empty()).peekable();
    while let Some(part) = parts.next() {
        let variable = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let one = parts.peek().is_some_and(|next| next.starts_with('{'));
        let word = match variable {
            Some("slug") => continue,
            Some(_) if of_api.is_some() => continue,
            Some(variable) => variable.to_owned(),
            None if one && of_api.is_some() => singular(part),
            None => part.to_owned(),
        };
        words.push(word.replace(['-', '.'], "_"));
    }
    words.join("_")
}

fn singular(plural: &str) -> String {
    match plural.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => plural.strip_suffix('s').unwrap_or(plural).to_owned(),
    }
}

/// What is not under /api: calendars are the pages', the rest is the audience's and the stage's.
fn elsewhere(path: &str, operation: &mut Operation) {
    if path.contains("/whip") || path.contains("/whep") {
        if operation.request_body.is_some() {
            refuse(operation, "408", "The body did not come");
        }
        if path.ends_with("{session}") && operation.request_body.is_some() {
            refuse(operation, "428", "If-Match is missing");
        } else if operation.request_body.is_some() {
            refuse(operation, "410", "The conversation has ended");
            refuse(operation, "422", "The offer has no audio, no Opus, or the wrong direction");
        }
    } else if path.ends_with(".ics") {
        refuse(operation, "500", "The records cannot be reached");
        if path.contains('{') {
            refuse(operation, "401", "The API key does not hold");
        }
    } else {
        let moved = "At the pages' listener: Location is the same at the audience's";
        let response = ResponseBuilder::new().description(moved).build();
        operation.responses.responses.entry("307".to_owned()).or_insert_with(|| response.into());
    }
}

fn refuse(operation: &mut Operation, status: &str, text: &str) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(text).content("application/problem+json", content).build();
    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.into());
}

fn complete(method: &str, path: &str, operation: &mut Operation) {
    let Some(right) = rights::of(method, path) else { return };
    let anybody = right.may.contains(&Standing::Anybody);
    let mut security = Vec::new();
    if anybody {
        security.push(SecurityRequirement::default());
    }
    let one = |name: &str| SecurityRequirement::new(name, std::iter::empty::<String>());
    if path.contains("{slug}") {
        security.push(one("token"));
    }
    security.push(one("session"));
    let by_key = match needs(method, path) {
        Needs::Nothing => None,
        Needs::Scope(scope) => {
            security.push(one("key"));
            Some(format!("An API key needs the scope `{scope}`."))
        }
        Needs::Session => Some("No API key may do this.".to_owned()),
    };
    operation.security = Some(security);
    if let Some(by_key) = by_key {
        let text = operation.description.get_or_insert_default();
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&by_key);
    }
    let has_body = operation.request_body.is_some();
    let mut refuse = |status: &str, text: &str| refuse(operation, status, text);
    refuse("401", "Nobody is recognised who may do this, or the key does not hold");
    refuse("403", "Whoever asks may not do this, or their key has no scope for it");
    refuse("500", "The records cannot be reached");
    if path.contains('{') {
        refuse("400", "The path is not understood");
        refuse("404", "There is none of that name");
    }
    if has_body {
        refuse("400", "The body is not JSON");
        refuse("408", "The body did not come");
        refuse("413", "The body is too long");
        refuse("415", "The body is called something else than JSON");
        refuse("422", "A field is missing, unknown or wrong");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_method_and_path() {
        for (method, path, wanted) in [
            ("GET", "/api/v1/conversations", "get_conversations"),
            ("GET", "/api/v1/conversations/{slug}", "get_conversation"),
            ("POST", "/api/v1/conversations/{slug}/stage/seats/{seat}", "post_conversation_stage_seat"),
            ("DELETE", "/api/v1/me/sessions", "delete_me_sessions"),
            ("DELETE", "/api/v1/me/sessions/{session}", "delete_me_session"),
            ("GET", "/api/v1/audit.ndjson", "get_audit_ndjson"),
            ("POST", "/c/{slug}/whip", "post_c_whip"),
            ("PATCH", "/c/{slug}/whip/{session}", "patch_c_whip_session"),
            ("GET", "/c/{slug}/hls/{rendition}/index.m3u8", "get_c_hls_rendition_index_m3u8"),
        ] {
            assert_eq!(name(method, path), wanted);
        }
    }
}
