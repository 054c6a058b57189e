//! Muting is the seat's, not the line's: a guest who is muted and comes back over a new line is still muted.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice};

#[tokio::test]
async fn a_new_line_of_a_muted_seat_is_silent_until_it_is_opened() {
    let server = Server::start().await;
    server.live("talk").await;
    let voice = Voice::Tenor.file().await;
    let first = server.speaker("talk", "guest", &voice).await;
    let token = server.token("talk", "speaker", "guest").await;
    let mute = async |muted: bool| {
        let body = serde_json::json!({ "muted": muted });
        let request =
            server.http().post(server.url("/api/v1/conversations/talk/stage/me")).bearer_auth(&token).json(&body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
    };
    mute(true).await;
    first.signal("KILL");
    server.on_stage("talk", "guest", false, Duration::from_secs(10)).await;
    let _second = server.speaker("talk", "guest", &voice).await;
    let address = server.audience("/c/talk/live.ogg?burst=1");
    let heard = Sound::read(&address, 5.0, Duration::from_secs(15)).await;
    assert!(heard.last(3.0).loud_seconds() < 0.1, "muted: {:.1} s are loud", heard.last(3.0).loud_seconds());
    mute(false).await;
    let heard = Sound::read(&address, 9.0, Duration::from_secs(20)).await;
    assert!(heard.last(6.0).holds(Voice::Tenor).await.0, "open again");
}
