//! The only speaker's network dies: the conversation is held, nobody in the audience is sent away, and it goes on.

use std::time::Duration;

use hustings_stories::{Filter, Server, Sound, Voice, until};

#[tokio::test]
async fn it_is_held_within_three_seconds_and_goes_on_within_two_of_the_return() {
    let server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    server.reaches("talk", "live", Duration::from_secs(5)).await;
    let url = server.audience("/c/talk/live.ogg?burst=1");
    let listener = tokio::spawn(async move { Sound::read(&url, 30.0, Duration::from_secs(45)).await });
    until("the listener is counted", Duration::from_secs(5), async || {
        server.listening("talk").await.filter(|n| *n == 1)
    })
    .await;
    tokio::time::sleep(Duration::from_secs(3)).await;

    let network = Filter::dead_udp(server.ports.stage_udp);
    server.reaches("talk", "held", Duration::from_secs(3)).await;
    assert_eq!(server.listening("talk").await, Some(1), "the listener stays");
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(network);
    server.reaches("talk", "live", Duration::from_secs(2)).await;

    // One response from the first second to the last, and the voice is back in it.
    let heard = listener.await.expect("the listener is never sent away");
    assert!(heard.seconds() > 29.5, "{}", heard.seconds());
    let (back, score) = heard.last(8.0).holds(Voice::Tenor).await;
    assert!(back, "the voice is back: {score}, {:.1} s of the last 8 are loud", heard.last(8.0).loud_seconds());
}
