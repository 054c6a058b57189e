//! Bad input at the stage's door: each has one clear answer, a problem document with the reason, and harms nobody.

use std::time::Duration;

use hustings_stories::{Server, Voice, until};

/// A browser's audio offer, without what does not matter here.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n\
a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\n\
a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=ssrc:1 cname:x\r\n";

struct Door {
    server: Server,
}

impl Door {
    async fn open() -> Self {
        let server = Server::start().await;
        server.live("talk").await;
        Self { server }
    }

    /// POSTs an offer; gives the status and the problem's detail.
    async fn knock(&self, slug: &str, token: Option<&str>, offer: &str) -> (u16, String) {
        let mut request = self.server.http().post(self.server.url(&format!("/c/{slug}/whip")));
        request = request.header("Content-Type", "application/sdp").body(offer.to_owned());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("the door answers");
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").map(|v| v.to_str().unwrap_or_default().to_owned());
        let text = answer.text().await.expect("the answer has a body");
        if status < 300 {
            return (status, text);
        }
        assert_eq!(kind.as_deref(), Some("application/problem+json"), "{status} {text}");
        let problem: serde_json::Value = serde_json::from_str(&text).expect("a problem is JSON");
        assert_eq!(problem["status"], status, "{text}");
        (status, problem["detail"].as_str().expect("a problem has a detail").to_owned())
    }
}

#[tokio::test]
async fn a_token_that_is_wrong_expired_foreign_or_missing_is_refused_with_the_reason() {
    let door = Door::open().await;
    let other = "elsewhere";
    door.server.live(other).await;
    assert_eq!(door.knock("talk", None, OFFER).await.0, 401);
    assert_eq!(door.knock("talk", Some("nonsense"), OFFER).await.0, 401);
    assert_eq!(door.knock("talk", Some(&"x".repeat(10_000)), OFFER).await.0, 401);

    let good = door.server.token("talk", "speaker", "guest").await;
    let (body, signature) = good.rsplit_once('.').expect("a JWT has three parts");
    let forged = format!("{body}.{}", signature.chars().rev().collect::<String>());
    assert_eq!(door.knock("talk", Some(&forged), OFFER).await.0, 401);

    let foreign = door.server.token(other, "speaker", "guest").await;
    assert_eq!(door.knock("talk", Some(&foreign), OFFER).await.0, 403);
    let listener = door.server.token("talk", "listener", "guest").await;
    assert_eq!(door.knock("talk", Some(&listener), OFFER).await.0, 403);

    let brief = door.server.command(&["token", "talk", "--role", "speaker", "--expires", "1s"]).await.ok();
    let brief = brief.stdout.trim().to_owned();
    let detail = until("the token expires", Duration::from_secs(70), async || {
        let (status, detail) = door.knock("talk", Some(&brief), OFFER).await;
        (status == 401).then_some(detail)
    });
    let detail = detail.await;
    assert!(detail.contains("expired"), "{detail}");
}

#[tokio::test]
async fn an_offer_that_cannot_be_met_is_refused_with_the_reason() {
    let door = Door::open().await;
    let token = door.server.token("talk", "speaker", "guest").await;
    let knock = async |offer: &str| door.knock("talk", Some(&token), offer).await;
    assert_eq!(knock("").await.0, 400);
    assert_eq!(knock("hello").await.0, 400);
    let truncated = knock(&OFFER[..OFFER.len() / 2]).await;
    assert!(matches!(truncated.0, 400 | 422), "{truncated:?}");
    let video = OFFER.replace("m=audio", "m=video").replace("opus/48000/2", "VP8/90000");
    assert_eq!(knock(&video).await.0, 422);
    let other = OFFER.replace("opus/48000/2", "PCMU/8000");
    let (status, detail) = knock(&other).await;
    assert_eq!(status, 422);
    assert!(detail.to_lowercase().contains("opus"), "{detail}");
    let large = format!("{OFFER}{}", "a=x-filler:0123456789\r\n".repeat(50_000));
    assert_eq!(knock(&large).await.0, 413);
    assert_eq!(knock(OFFER).await.0, 201, "and a good one is taken");
}

#[tokio::test]
async fn a_conversation_that_is_unknown_or_over_has_no_stage() {
    let door = Door::open().await;
    let token = door.server.token("talk", "speaker", "guest").await;
    let unknown = door.knock("nowhere", Some(&token), OFFER).await;
    assert!(matches!(unknown.0, 403 | 404), "{unknown:?}");
    assert_eq!(door.knock("NOT%20A%20SLUG", Some(&token), OFFER).await.0, 404);
    door.server.command(&["conversation", "end", "talk"]).await.done();
    door.server.reaches("talk", "ended", Duration::from_secs(5)).await;
    assert_eq!(door.knock("talk", Some(&token), OFFER).await.0, 410);
}

#[tokio::test]
async fn a_session_belongs_to_its_token() {
    let door = Door::open().await;
    let url = door.server.url("/c/talk/whip");
    let token = door.server.token("talk", "speaker", "guest").await;
    let http = door.server.http();
    let answer = http.post(&url).bearer_auth(&token).header("Content-Type", "application/sdp").body(OFFER);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let session = answer.url().join(&location).unwrap();
    assert_eq!(http.delete(session.clone()).send().await.unwrap().status(), 401);
    let other = door.server.token("talk", "speaker", "somebody-else").await;
    let status = http.delete(session.clone()).bearer_auth(&other).send().await.unwrap().status().as_u16();
    assert!(matches!(status, 401 | 403), "{status}");
    assert!(http.delete(session.clone()).bearer_auth(&token).send().await.unwrap().status().is_success());
    assert_eq!(http.delete(session).bearer_auth(&token).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn refusals_leave_everybody_elses_sound_unharmed() {
    let door = Door::open().await;
    let _speaker = door.server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let url = door.server.audience("/c/talk/live.ogg?burst=1");
    let listener =
        tokio::spawn(async move { hustings_stories::Sound::read(&url, 12.0, Duration::from_secs(30)).await });
    let token = door.server.token("talk", "speaker", "intruder").await;
    let large = "a=x-filler:0123456789\r\n".repeat(50_000);
    for round in 0..100 {
        let offer = [&OFFER[..OFFER.len() / 2], "", large.as_str()][round % 3];
        door.knock("talk", Some(&token), offer).await;
    }
    let gaps = listener.await.unwrap().last(10.0).gaps(Voice::Tenor).await;
    assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
}
