//! Addresses and methods that lead nowhere: a page for people, a problem document for programs.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, Uri, header};

use crate::Web;
use crate::problem::Problem;

/// 404 for an address that nothing has.
pub(crate) async fn address(State(web): State<Arc<Web>>, uri: Uri, headers: HeaderMap) -> Response {
    if uri.path().starts_with("/api/") {
        return Problem::not_found("there is no such address; /api/openapi.json lists those there are").into_response();
    }
    refusal(&web, &headers, Problem::not_found("There is nothing at this address. Is the link complete?"))
}

/// 405 for a method that the address does not know. (The `Allow` header is axum's.)
pub(crate) async fn method(method: Method, uri: Uri) -> Problem {
    // A method is a token (RFC 9110, section 5.6.2), so it can be repeated.
    let mut name = method.to_string();
    name.truncate(32);
    let where_to = if uri.path().starts_with("/api/") { "; /api/openapi.json lists what can be done" } else { "" };
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{name} is not possible here{where_to}"))
}

/// A refusal in the form that was asked for.
pub(crate) fn refusal(web: &Web, headers: &HeaderMap, problem: Problem) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return problem.into_response();
    }
    let page = web.site.plain(problem.detail());
    let fields = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (problem.status(), fields, page).into_response()
}
