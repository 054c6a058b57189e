//! The description of everything that answers at the public and the audience's listener (OpenAPI 3.1).
//!
//! What this crate serves is described beside its handlers; what other crates serve is described in [`planes`], because
//! shells do not know each other and a reader wants one document.

mod numbers;
mod planes;
mod whole;

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_vocab::Rendition;
use hustings_vocab::event::Event;
use utoipa::OpenApi;

use crate::api;
use crate::problem::Document;
use crate::site::{has, tag};
use numbers::Unsigned;
use whole::Whole;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hustings",
        description = "Live audio conversations: run them, speak in them, hear them. Times that end in _ms are \
                       milliseconds since 1970; media time is samples at 48 kHz since the lobby opened. Refusals are \
                       RFC 9457 problem documents.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        api::list, api::find, api::start, api::hold, api::resume, api::end, api::issue,
        api::room::room, api::seats::take, api::stage::me, api::stage::hand, api::stage::rules, api::stage::seat,
        api::signing::link, api::signing::mail, api::signing::password, api::signing::passkey_question, api::signing::passkey,
        api::identities::depart, api::identities::callback, api::identities::list, api::identities::link,
        api::identities::remove, api::signing::sign_out, api::me::me, api::me::sessions, api::me::end_session, api::me::end_other_sessions,
        api::me::passkeys, api::me::passkey_question, api::me::add_passkey, api::me::rename_passkey,
        api::me::remove_passkey, api::me::set_password, api::me::set_profile, api::accounts::list, api::accounts::find,
        api::accounts::create, api::accounts::set_role, api::accounts::suspend, api::accounts::reinstate,
        api::accounts::reset, api::audit::page, api::audit::lines, api::audit::verified,
        api::plans::create, api::plans::edit, api::plans::cancel, api::plans::open, api::plans::mine,
        api::invitations::list, api::invitations::invite, api::invitations::revoke, api::invitations::accept,
        api::production::clips, api::production::bring, api::production::rename, api::production::discard,
        api::production::play, api::production::stop, api::production::set_lobby_sound, api::production::cue,
        api::production::next_cue, api::production::set_cover, api::production::remove_cover, crate::cover::one,
        crate::calendar::one, crate::calendar::feed,
        api::keys::list, api::keys::make, api::keys::revoke, api::webhooks::list, api::webhooks::make_own,
        api::webhooks::make_sites, api::webhooks::find, api::webhooks::remove, api::webhooks::deliveries,
        api::webhooks::again, api::webhooks::test,
        api::floor::now, api::floor::set, api::floor::react, api::floor::say, api::floor::hide, api::floor::ask,
        api::floor::want, api::floor::judge, api::floor::open_poll, api::floor::choose, api::floor::close_poll,
        api::floor::pin,
        api::cases::report, api::cases::list, api::cases::find, api::cases::track, api::cases::act, api::cases::rule,
        api::cases::decide, api::cases::mine, api::cases::appeal, api::cases::read_by_link, api::cases::appeal_by_link,
        api::cases::blocked, api::cases::block,
        api::tickets::link, api::tickets::rehearse, crate::tickets::ask, crate::tickets::claim, crate::tickets::goodbye, crate::tickets::queue,
        crate::tickets::lottery, crate::evidence::json,
        planes::whip, planes::whip_trickle, planes::whip_end, planes::whep, planes::whep_trickle, planes::whep_end,
        planes::mp4, planes::ogg, planes::aac, planes::m3u, planes::hls_index, planes::hls_playlist, planes::hls_media,
        planes::events, planes::audience, planes::here, planes::here_report,
    ),
    components(schemas(Event, Rendition, Document<'_>)),
    modifiers(&Whole, &Unsigned),
    tags(
        (name = "conversations", description = "What is on, and running it"),
        (name = "accounts", description = "Signing in, and one's own account"),
        (name = "webhooks", description = "Being told by the server; each message is signed (Standard Webhooks)"),
        (name = "people", description = "Accounts and the log of acts, for operators"),
        (name = "invitations", description = "Inviting people by link, and accepting"),
        (name = "stage", description = "For those on stage; at the stage's own listener and at the public one"),
        (name = "production", description = "Clips, what a lobby sounds of, words to those on stage, and the cover"),
        (name = "floor", description = "Taking part: reactions, chat, questions, polls. What is taken is told once a second, in events"),
        (name = "cases", description = "Reports, what moderators decide about them, and appeals"),
        (name = "listen", description = "The program sound; at the audience's listener, to which the public one redirects"),
    )
)]
struct Description;

/// The document as JSON.
#[must_use]
pub fn document() -> String {
    let mut described = Description::openapi();
    described.info.version = env!("CARGO_PKG_VERSION").into();
    described.to_json().expect("a description is plain JSON")
}

static SERVED: LazyLock<(Bytes, HeaderValue)> = LazyLock::new(|| {
    let json = Bytes::from(document());
    let tag = tag(&json);
    (json, tag)
});

pub(crate) async fn serve(headers: HeaderMap) -> Response {
    let (json, tag) = &*SERVED;
    let mut response = if has(&headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], json.clone()).into_response()
    };
    response.headers_mut().insert(header::ETAG, tag.clone());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
