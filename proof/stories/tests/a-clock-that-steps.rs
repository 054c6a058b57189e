//! The machine's wall clock is set while people talk: two hours forward in two steps, then three back. Ticks and
//! timestamps follow the monotonic clock, so nobody hears it; and the evidence of the evening, whose minutes follow it too, says that
//! it was set and by how much.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, hustings, until};

/// The hour on the server's clock, by the date that its answers carry (RFC 9110, section 6.6.1).
async fn hour(server: &Server) -> String {
    let answer = server.http().get(server.private("/healthz")).send().await.expect("an answer");
    let date = answer.headers()["date"].to_str().expect("a date is text").to_owned();
    date.get(17..19).expect("an IMF-fixdate").to_owned()
}

#[tokio::test]
async fn a_step_of_the_wall_clock_is_not_heard() {
    let (mut server, clock) = Server::start_with_a_clock().await;
    server.live("talk").await;
    let mut speaker = server.speaker("talk", "guest", &Voice::Real.file().await).await;
    let url = server.audience("/c/talk/live.ogg?burst=1");
    let listener = tokio::spawn(async move { Sound::read(&url, 24.0, Duration::from_secs(45)).await });
    for offset in ["+3600", "+7200"] {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let before = hour(&server).await;
        clock.set(offset);
        // The library looks into its file once in a second or two.
        let set = async || Some(hour(&server).await).filter(|hour| *hour != before);
        until("the clock was set", Duration::from_secs(5), set).await;
    }
    // The HTTP library keeps a date until the clock is past it, so the way back does not show there, but in the evidence below.
    tokio::time::sleep(Duration::from_secs(3)).await;
    clock.set("-3600");
    let heard = listener.await.expect("the listener hears");
    let gaps = heard.last(21.0).gaps(Voice::Real).await;
    assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
    assert!(speaker.is_running());
    assert_eq!(server.phase("talk").await.expect("a phase"), "live");
    assert_eq!(server.metric("hustings_ticks_skipped_total").await, Some(0.0));
    server.stop("TERM", Duration::from_secs(20)).await;
    let (bundle, data) = (server.file("talk.tar"), server.data());
    let patience = Duration::from_secs(20);
    hustings().args(["evidence", "export", "talk", &bundle, "--data", &data]).spawn().end(patience).await.done();
    let report = hustings().args(["verify", &bundle, "--json"]).spawn().end(patience).await.json();
    assert_eq!(report["good"], 1, "no minute is there twice, and none goes back: {report}");
    let text = String::from_utf8_lossy(&std::fs::read(&bundle).expect("the bundle")).into_owned();
    let steps = text.split("\"clock_step_ms\":").skip(1);
    let steps = steps.filter_map(|rest| rest.split([',', '}']).next()?.parse::<u64>().ok());
    assert!(steps.max() >= Some(3_600_000), "an hour or more at once: {report}");
}
