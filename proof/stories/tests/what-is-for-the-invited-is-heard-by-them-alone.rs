//! A conversation for the invited, tried by nobody, by a stranger with an account and by a guest: its sound, its playlists, its events
//! and its counts are not there for who was not invited, by whatever address; a guest is given tickets and hears it at every tier, and
//! what caches may keep lies in a folder whose name is signed. An edge that dies opens nothing.
#![allow(clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

use std::time::Duration;

use hustings_stories::{Server, Voice, until};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(10);

/// Everything that tells or sounds of a conversation, at the audience's listener.
const ADDRESSES: [&str; 16] = [
    "live.mp4",
    "live.ogg",
    "live.aac",
    "live.m3u",
    "live.mp4?ticket=x&secret=y",
    "live.ogg?rendition=opus-48&burst=0",
    "events",
    "events?last_event_id=1.1",
    "audience",
    "here",
    "hls/index.m3u8",
    "hls/opus-96.m3u8",
    "hls/opus-96/init.mp4",
    "hls/opus-96/4.m4s",
    "hls/~AAAA/index.m3u8",
    "hls/~AAAA/opus-96/4.m4s",
];

async fn status(server: &Server, path: &str) -> StatusCode {
    let answer = server.http().get(server.audience(path)).send().await.expect("the audience's listener answers");
    answer.status()
}

/// That nothing is there for whoever shows nothing.
async fn nothing_is_there(server: &Server, slug: &str) {
    for address in ADDRESSES {
        let found = status(server, &format!("/c/{slug}/{address}")).await;
        assert!(matches!(found.as_u16(), 403 | 404), "{address}: {found}");
        // The pages' listener sends them there, and knows no more.
        let found = server.http().get(server.url(&format!("/c/{slug}/{address}"))).send().await.expect("an answer");
        assert!(matches!(found.status().as_u16(), 403 | 404), "{address} by the pages: {}", found.status());
    }
    let offer = server.http().post(server.audience(&format!("/c/{slug}/whep"))).body("v=0");
    let offer = offer.header("content-type", "application/sdp").send().await.expect("an answer");
    assert_eq!(offer.status(), 404, "whep");
}

async fn ask(server: &Server, method: Method, path: &str, cookie: Option<&str>, token: Option<&str>) -> Response {
    let mut request = server.http().request(method.clone(), server.url(path));
    if method == Method::POST {
        request = request.json(&json!({ "name": "Somebody", "text": "Let me in" }));
    }
    if path.ends_with("/tickets") {
        request = server.http().post(server.url(path)).json(&json!({ "tier": "stream" }));
    }
    let request = cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie));
    token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth).send().await.expect("an answer")
}

/// That nothing of the API lets an outsider in.
async fn nobody_gets_in(server: &Server, slug: &str, cookie: Option<&str>) {
    let api = format!("/api/v1/conversations/{slug}");
    for (method, path) in [
        (Method::POST, format!("/c/{slug}/tickets")),
        (Method::GET, format!("/c/{slug}/queue.json")),
        (Method::GET, format!("/c/{slug}/lottery.json")),
        (Method::GET, api.clone()),
        (Method::GET, format!("{api}/floor")),
        (Method::POST, format!("{api}/seats")),
        (Method::POST, format!("{api}/reports")),
        (Method::GET, format!("/c/{slug}")),
        (Method::GET, format!("/c/{slug}/calendar.ics")),
    ] {
        let found = ask(server, method, &path, cookie, None).await;
        assert_eq!(found.status(), 404, "{path} with {cookie:?}: {}", found.text().await.unwrap_or_default());
    }
}

/// The first bytes of an address, following whatever redirects come; and where it was at last.
async fn hears(address: &str) -> (String, Vec<u8>) {
    let mut answer = reqwest::get(address).await.expect("the audience's listener answers");
    let (found, url) = (answer.status(), answer.url().to_string());
    assert_eq!(found, 200, "{address}: {}", answer.text().await.unwrap_or_default());
    let first = tokio::time::timeout(SOON, answer.chunk()).await.expect("it comes").expect("it comes");
    (url, first.expect("bytes").to_vec())
}

async fn ticket(server: &Server, slug: &str, token: &str, tier: &str) -> String {
    let asked = server.http().post(server.url(&format!("/c/{slug}/tickets"))).bearer_auth(token);
    let answer = asked.json(&json!({ "tier": tier })).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "a guest gets a ticket");
    let told: Value = answer.json().await.expect("JSON");
    told["address"].as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn whatever_the_others_try() {
    let mut server = Server::start_with_edges(2).await;
    let host = server.somebody("hanna", "host").await;
    let plan = json!({ "slug": "closed", "title": "Between us", "visibility": "invited", "stays": true });
    let made = server.http().post(server.url("/api/v1/conversations")).header("cookie", &host.cookie).json(&plan);
    let made = made.send().await.expect("an answer");
    assert_eq!(made.status(), 201, "{}", made.text().await.unwrap_or_default());
    let open = ask(&server, Method::POST, "/api/v1/conversations/closed/open", Some(&host.cookie), None).await;
    assert!(open.status().is_success(), "{}", open.text().await.unwrap_or_default());
    server.command(&["conversation", "start", "closed"]).await.done();
    let token = server.token("closed", "speaker", "guest").await;
    let file = Voice::Tenor.file().await;
    let url = server.url("/c/closed");
    let _speaker = hustings_stories::hustings().args(["speak", &url, &file, "--token", &token, "--loop"]).spawn();

    nothing_is_there(&server, "closed").await;
    nobody_gets_in(&server, "closed", None).await;
    let stranger = server.somebody("stan", "host").await;
    nobody_gets_in(&server, "closed", Some(&stranger.cookie)).await;

    // A guest, who has the token that an invitation gives, is let in at every tier.
    let guest = server.token("closed", "listener", "gus").await;
    let stream = ticket(&server, "closed", &guest, "stream").await;
    until("the guest hears", SOON, async || {
        (reqwest::get(&stream).await.ok()?.status() == StatusCode::OK).then_some(())
    })
    .await;
    let (_, sound) = hears(&stream).await;
    assert_eq!(&sound[4..8], b"ftyp");
    let events = stream.replace("live.mp4", "events");
    assert!(hears(&events).await.1.starts_with(b"retry") || !hears(&events).await.1.is_empty());
    let (folder, playlist) = hears(&ticket(&server, "closed", &guest, "hls").await).await;
    assert!(folder.contains("/hls/~") && !folder.contains("ticket="), "{folder}");
    assert!(String::from_utf8_lossy(&playlist).contains("#EXTM3U"));
    let listed = String::from_utf8_lossy(&playlist).into_owned();
    let first = listed.lines().find(|line| line.ends_with(".m3u8") && !line.starts_with('#')).expect("a rendition");
    let media = folder.replace("index.m3u8", first);
    let (_, media_playlist) = hears(&media).await;
    let text = String::from_utf8_lossy(&media_playlist).into_owned();
    let segment = text.lines().find(|line| line.ends_with(".m4s") && !line.starts_with('#')).expect("a segment");
    let at = media.rsplit_once('/').expect("a folder").0;
    hears(&format!("{at}/{segment}")).await;
    // The folder is the same for the next guest, so that a cache has it once; it is of this conversation alone.
    let other = server.token("closed", "listener", "ole").await;
    assert_eq!(hears(&ticket(&server, "closed", &other, "hls").await).await.0, folder);
    server.live("open").await;
    let (_, elsewhere) = folder.split_once("/hls/").expect("a folder");
    assert_eq!(status(&server, &format!("/c/open/hls/{elsewhere}")).await, 404);
    // Whoever has a ticket but not its holder's secret is nobody.
    let stolen = stream.split("&secret=").next().expect("a ticket").to_owned();
    assert_eq!(reqwest::get(&stolen).await.expect("an answer").status(), 403);

    // Edges that are started again have been told before they serve, and so has a server that was killed.
    let edge = server.edges()[0];
    let killed = std::process::Command::new("kill").args(["-KILL", &edge.to_string()]).status();
    assert!(killed.expect("kill runs").success());
    for _ in 0..40 {
        if let Ok(answer) = server.http().get(server.audience("/c/closed/live.mp4")).send().await {
            assert!(matches!(answer.status().as_u16(), 404 | 503), "an edge that has just begun: {}", answer.status());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    server.stop("KILL", Duration::from_secs(5)).await;
    server.resume().await;
    nothing_is_there(&server, "closed").await;

    // Its host lets everybody in, and out again: the next who comes is told so.
    let edit = async |visibility: &str, version: u64| {
        let path = server.url("/api/v1/conversations/closed");
        let edit =
            server.http().patch(path).header("cookie", &host.cookie).header("if-match", format!("\"{version}\""));
        let edited = edit.json(&json!({ "visibility": visibility })).send().await.expect("an answer");
        assert_eq!(edited.status(), 200, "{}", edited.text().await.unwrap_or_default());
    };
    let found = ask(&server, Method::GET, "/api/v1/conversations/closed", Some(&host.cookie), None).await;
    let found: Value = found.json().await.expect("JSON");
    let version = found["version"].as_u64().expect("a version");
    edit("unlisted", version).await;
    until("everybody may look", SOON, async || (status(&server, "/c/closed/audience").await == 200).then_some(()))
        .await;
    edit("invited", version + 1).await;
    until("nobody may look", SOON, async || (status(&server, "/c/closed/audience").await == 404).then_some(())).await;
    nothing_is_there(&server, "closed").await;
}
