//! `/c/{slug}/cover.jpg`: the picture of a conversation, in two sizes.
//!
//! Its address on pages names its tag, so that it can be kept for ever; without the tag it is asked for again. The picture of
//! what is for the invited is answered to them alone.

use std::sync::Arc;

use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hustings_vocab::plan::Visibility;
use serde::Deserialize;

use crate::Web;
use crate::escape::html;
use crate::links::Origins;
use crate::problem::{Document, Problem};
use crate::site::has;
use crate::view::ConversationView;
use crate::who::{Who, known};

/// Which cover.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    /// `small` for lists.
    #[serde(default)]
    size: String,
    /// The tag of the picture.
    #[serde(default)]
    v: String,
}

/// The cover of a conversation
#[utoipa::path(get, path = "/c/{slug}/cover.jpg", tag = "conversations", params(("slug" = String, Path, description = "Its name"), ("size" = Option<String>, Query, description = "`small`: neither side longer than 480 pixels; otherwise 1280"), ("v" = Option<String>, Query, description = "The picture's tag: with it the answer never changes")), responses(
    (status = 200, description = "A JPEG", body = String, content_type = "image/jpeg"),
    (status = 304, description = "As you have it"),
    (status = 400, description = "The query cannot be read", body = Document, content_type = "application/problem+json"),
    (status = 404, description = "There is none of that name, or it has no cover", body = Document, content_type = "application/problem+json"),
))]
pub(crate) async fn one(
    State(web): State<Arc<Web>>,
    Path(slug): Path<String>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    origins: Origins,
    request: Request,
) -> Result<Response, Problem> {
    let slug = known(&slug)?;
    let Query(asked) = asked.map_err(|e| Problem::bad_request(format!("the query cannot be read: {e}")))?;
    let (parts, _) = request.into_parts();
    let who = Who::of(&web, &parts, &origins, &slug).await?;
    let found = web.desk.find(slug.clone()).await?;
    who.must_see(&found)?;
    let cover = found.plan.cover.ok_or_else(|| Problem::not_found("it has no cover"))?;
    let (small, named) = (asked.size == "small", asked.v == cover.tag);
    let tag = format!("\"{}-{}\"", cover.tag, if small { "s" } else { "l" });
    let tag = HeaderValue::try_from(tag).map_err(|_| Problem::not_found("it has no cover"))?;
    let mut response = if has(&parts.headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let picture = web.production.cover(slug, cover, small).await?;
        ([(header::CONTENT_TYPE, "image/jpeg")], picture).into_response()
    };
    let keep = match (found.plan.visibility, named) {
        (Visibility::Invited, _) => "private, no-cache",
        (_, true) => "public, max-age=31536000, immutable",
        (_, false) => "no-cache",
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// The cover for those who show links; nothing where there is none.
pub(crate) fn shown(view: &ConversationView) -> String {
    let Some(cover) = &view.plan.cover else { return String::new() };
    let address = html(&format!("{}/cover.jpg?v={}", view.links.page, cover.tag)).into_owned();
    format!(
        "<meta property=\"og:image\" content=\"{address}\"><meta property=\"og:image:width\" content=\"{}\">\
         <meta property=\"og:image:height\" content=\"{}\">",
        cover.width, cover.height
    )
}
