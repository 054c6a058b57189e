//! Two packets of a hundred are lost on the way to a WebRTC listener, who asks for them again and is given them.

use std::time::Duration;

use hustings_stories::{Filter, Server, Sound, Voice, node};

#[tokio::test]
async fn what_chromium_misses_is_sent_again() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let _loss = Filter::lose_udp_from(server.ports.audience_udp, 2);
    let output = server.file("heard.wav");
    let url = url.replace(&server.ports.public.to_string(), &server.ports.audience.to_string());
    let listener = node("whep.mjs").args(["--url", &url, "--nack", "1", "--seconds", "20", "--output", &output]);
    let outcome = listener.run(Duration::from_secs(60)).await.json();
    let resent = server.metric("hustings_whep_packets_total{fate=\"resent\"}").await.unwrap_or_default();
    assert!(resent >= 5.0, "{resent} packets were sent again; {outcome}");
    // Of a thousand packets twenty are lost, and of those that are sent again hardly one.
    assert!(outcome["packets_lost"].as_f64().is_some_and(|lost| lost <= 5.0), "{outcome}");
    let (found, score) = Sound::wav(&output).last(15.0).holds(Voice::Tenor).await;
    assert!(found, "the speaker in what was heard: {score}; {outcome}");
}
