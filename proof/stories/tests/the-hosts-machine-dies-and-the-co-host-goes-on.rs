//! The host's machine dies in the middle of an evening: the co-host leads, has every right, and the audience hears no gap.

use std::time::Duration;

use hustings_stories::{Running, Server, Sound, Voice, hustings, until};
use serde_json::{Value, json};

async fn on_stage(server: &Server, url: &str, role: &str, seat: &str, voice: Voice) -> (Running, String) {
    let token = server.token("talk", role, seat).await;
    let running = hustings().args(["speak", url, &voice.file().await, "--token", &token, "--loop"]).spawn();
    server.on_stage("talk", seat, true, Duration::from_secs(10)).await;
    (running, token)
}

async fn lead(server: &Server) -> Option<Value> {
    server.snapshot("talk").await.map(|mut snapshot| snapshot["roster"]["lead"].take())
}

#[tokio::test]
async fn the_conversation_goes_on_under_the_co_host() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let (mut host, _) = on_stage(&server, &url, "host", "hanna", Voice::Tenor).await;
    let (_carl, carl) = on_stage(&server, &url, "cohost", "carl", Voice::Alto).await;
    let guest = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    assert_eq!(lead(&server).await, Some(json!("hanna")));

    // Ten seconds of what the audience hears, in whose middle the host's machine dies.
    let program = server.audience("/c/talk/live.ogg?burst=0");
    let heard = tokio::spawn(async move { Sound::read(&program, 10.0, Duration::from_secs(30)).await });
    tokio::time::sleep(Duration::from_secs(4)).await;
    host.signal("KILL");
    let led = until("the co-host leads", Duration::from_secs(6), async || {
        assert_eq!(server.phase("talk").await, Some(json!("live")), "it is never held");
        lead(&server).await.filter(|seat| *seat == "carl")
    });
    led.await;
    let heard = heard.await.unwrap();
    assert!(heard.longest_silence() < 1.0, "{} s of silence", heard.longest_silence());
    let (found, score) = heard.last(5.0).holds(Voice::Alto).await;
    assert!(found, "the co-host is heard throughout: {score}");
    assert!(!host.is_running());

    // What the host could do the co-host can: somebody is removed, and does not come back by the same link.
    let orders = server.url("/api/v1/conversations/talk/stage/seats/guest");
    let removed =
        server.http().post(&orders).bearer_auth(&carl).json(&json!({"order": "remove"})).send().await.unwrap();
    assert_eq!(removed.status(), 200);
    server.on_stage("talk", "guest", false, Duration::from_secs(1)).await;
    drop(guest);
    let again = server.token("talk", "speaker", "guest").await;
    let refused = hustings().args(["speak", &url, &Voice::Tenor.file().await, "--token", &again]);
    let refused = refused.run(Duration::from_secs(20)).await;
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("removed"), "{}", refused.stderr);
    // But nobody decides about a host: not even while the host is away.
    let orders = server.url("/api/v1/conversations/talk/stage/seats/hanna");
    let above = server.http().post(&orders).bearer_auth(&carl).json(&json!({"order": "ban"})).send().await.unwrap();
    assert_eq!(above.status(), 409);
}
