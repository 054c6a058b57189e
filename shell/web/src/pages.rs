//! The two pages. Each carries what it would ask for first, so that it can be drawn and heard without another request,
//! and plays without scripts.
//!
//! Deliberately absent: any state of the visitor. Two people who open an address at the same moment get the same bytes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_vocab::plan::Visibility;
use hustings_vocab::{Phase, Slug};
use serde_json::json;

use crate::Web;
use crate::escape::{html, json_in_script};
use crate::links::Origins;
use crate::missing::refusal;
use crate::problem::Problem;
use crate::site::{has, tag};
use crate::template::{Holes, Template};
use crate::view::{ConversationList, ConversationView};

/// `/`: what is on, what is coming, what was.
pub(crate) async fn index(State(web): State<Arc<Web>>, origins: Origins, headers: HeaderMap) -> Response {
    match web.plans.public().await {
        Err(e) => refusal(&web, &headers, e.into()),
        Ok(all) => {
            let list = ConversationList::new(all, &origins);
            let meta = about(&origins.public.to_string());
            let holes =
                Holes { title: "Hustings", boot: &boot(&list), meta: &meta, noscript: &listed(&list.conversations) };
            page(&headers, &web.site.index, &holes)
        }
    }
}

/// `/c/{slug}`: a conversation before, while and after it is live.
pub(crate) async fn conversation(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    origins: Origins,
    headers: HeaderMap,
) -> Response {
    let Ok(slug) = slug.parse::<Slug>() else {
        return refusal(&web, &headers, Problem::not_found("There is no such conversation. Is the link complete?"));
    };
    match web.desk.find(slug).await {
        Err(e) => refusal(&web, &headers, e.into()),
        Ok(found) if found.plan.visibility == Visibility::Invited => sealed(&web, &headers, &found.slug),
        Ok(found) => {
            let view = ConversationView::new(found, &origins);
            let meta = about(&view.links.page) + &described(&view.plan.description) + &crate::cover::shown(&view);
            let holes = Holes { title: &view.title, boot: &boot(&view), meta: &meta, noscript: &heard(&view) };
            page(&headers, &web.site.conversation, &holes)
        }
    }
}

/// `/account`: signing in, and one's own account. It is the same for everybody; who is signed in, its script asks.
pub(crate) async fn account(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let noscript = "<p>Signing in needs scripts. Listening does not.</p>";
    let providers: Vec<_> =
        web.accounts.providers().into_iter().map(|one| json!({ "id": one.id, "name": one.name })).collect();
    let facts = boot(&json!({ "mail": web.accounts.sends_mail(), "providers": providers }));
    page(&headers, &web.site.account, &Holes { title: "Hustings", boot: &facts, meta: NOT_LISTED, noscript })
}

/// `/people`: accounts and the log of acts, for operators.
pub(crate) async fn people(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let noscript = "<p>This page needs scripts. \"hustings account list\" on the server does not.</p>";
    page(&headers, &web.site.people, &Holes { title: "Hustings", boot: "", meta: NOT_LISTED, noscript })
}

/// `/offline`: what the service worker keeps, and shows in place of a page that cannot be fetched.
pub(crate) async fn offline(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let noscript = "<p>You are offline. Load the page again when there is a line.</p>";
    page(&headers, &web.site.offline, &Holes { title: "Hustings", boot: "", meta: NOT_LISTED, noscript })
}

/// `/cases`: reports and rulings, for moderators; for everybody else what was decided about them.
pub(crate) async fn cases(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let noscript = "<p>This page needs scripts.</p>";
    page(&headers, &web.site.cases, &Holes { title: "Hustings", boot: "", meta: NOT_LISTED, noscript })
}

const NOT_LISTED: &str = "<meta name=\"robots\" content=\"noindex\">";

/// A conversation for the invited: the page without any of it. Its script shows the token or the invitation that only it has
/// seen, and asks the API; everybody else reads the sentence.
fn sealed(web: &Web, headers: &HeaderMap, slug: &Slug) -> Response {
    const SENTENCE: &str = "This conversation is for invited guests.";
    let accept = headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Problem::not_found(SENTENCE).into_response();
    }
    let facts = json!({ "slug": slug, "sealed": true });
    let noscript = format!("<p>{SENTENCE}</p>");
    let holes = Holes { title: "Hustings", boot: &boot(&facts), meta: NOT_INDEXED, noscript: &noscript };
    let page = web.site.conversation.fill(&holes);
    let fields = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::NOT_FOUND, fields, page).into_response()
}

/// `/plan`: for those who plan. It asks the API who they are.
pub(crate) async fn plan(State(web): State<Arc<Web>>, headers: HeaderMap) -> Response {
    let noscript = "<p>Planning needs scripts. On the server, use: hustings conversation create</p>";
    let holes = Holes { title: "Plan", boot: "", meta: NOT_INDEXED, noscript };
    page(&headers, &web.site.plan, &holes)
}

/// The page, unless the asker has the same. It is asked for again each time, because what is on changes.
fn page(headers: &HeaderMap, template: &Template, holes: &Holes<'_>) -> Response {
    let page = template.fill(holes);
    let tag = tag(page.as_bytes());
    let mut response = if has(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
    };
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    fields.insert(header::ETAG, tag);
    response
}

/// The first facts, where the page's script finds them. A script of this type is never run, so the policy allows it.
fn boot(facts: &impl serde::Serialize) -> String {
    format!("<script type=\"application/json\" id=\"boot\">{}</script>", json_in_script(facts))
}

const NOT_INDEXED: &str = "<meta name=\"robots\" content=\"noindex\">";

/// The beginning of a description, for those who show links.
fn described(description: &str) -> String {
    let first: String = description.chars().take(200).map(|c| if c == '\n' { ' ' } else { c }).collect();
    if first.is_empty() {
        return first;
    }
    format!("<meta property=\"og:description\" content=\"{}\">", html(&first))
}

fn about(address: &str) -> String {
    let address = html(address);
    format!("<link rel=\"canonical\" href=\"{address}\"><meta property=\"og:url\" content=\"{address}\">")
}

/// The list without scripts.
fn listed(conversations: &[ConversationView]) -> String {
    let item = |c: &ConversationView| {
        format!("<li><a href=\"/c/{}\">{}</a> ({})</li>", c.slug, html(&c.title), c.phase.name())
    };
    format!("<ul>{}</ul>", conversations.iter().map(item).collect::<String>())
}

/// What everybody is told where scripts do not.
const KEPT: &str = "The last five minutes of every voice are kept encrypted on the server, for reports alone.";

/// The conversation without scripts.
fn heard(view: &ConversationView) -> String {
    let title = html(&view.title);
    let sentence = match view.phase {
        Phase::Scheduled if view.stranded => "The host's account is suspended.",
        Phase::Scheduled => "It has not begun. Open this page again then.",
        Phase::Ended => "It is over.",
        Phase::Cancelled => return format!("<h1>{title}</h1><p>It was called off. {}</p>", html(&view.plan.reason)),
        Phase::Lobby | Phase::Live | Phase::Held(_) => {
            let ogg = source(&view.links.ogg, "audio/ogg; codecs=opus");
            let aac = view.links.aac.as_deref().map(|a| source(a, "audio/aac")).unwrap_or_default();
            let m3u = html(&view.links.m3u);
            return format!(
                "<h1>{title}</h1><audio controls preload=\"none\">{ogg}{aac}</audio>\
                 <p><a href=\"{m3u}\">Open in a radio player</a></p><p>{KEPT}</p>"
            );
        }
    };
    format!("<h1>{title}</h1><p>{sentence}</p>")
}

fn source(address: &str, kind: &str) -> String {
    format!("<source src=\"{}\" type=\"{kind}\">", html(address))
}
