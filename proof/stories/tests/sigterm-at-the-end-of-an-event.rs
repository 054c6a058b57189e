//! SIGTERM: streams end as their formats say, and the exit code is 0.

use std::time::Duration;

use hustings_stories::{Server, Voice};

const BOUND: Duration = Duration::from_secs(15);

/// The header type of the last Ogg page (RFC 3533, section 6).
fn last_page_flags(bytes: &[u8]) -> Option<u8> {
    let at = bytes.windows(4).rposition(|w| w == b"OggS")?;
    bytes.get(at + 5).copied()
}

async fn stream(server: &Server, path: &str) -> tokio::task::JoinHandle<(bool, Vec<u8>)> {
    let mut answer = reqwest::get(server.audience(path)).await.expect("the stream begins");
    assert_eq!(answer.status(), 200, "{path}");
    // Clean is an end that the transfer coding marks; a cut connection is an error here.
    tokio::spawn(async move {
        let mut bytes = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => return (true, bytes),
                Err(_) => return (false, bytes),
            }
        }
    })
}

#[tokio::test]
async fn streams_end_properly_and_the_exit_code_is_0() {
    let mut server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let ogg = stream(&server, "/c/talk/live.ogg").await;
    let mp4 = stream(&server, "/c/talk/live.mp4").await;
    let aac = stream(&server, "/c/talk/live.aac").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let outcome = server.stop("TERM", BOUND).await;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for (name, listener) in [("ogg", &mut { ogg }), ("mp4", &mut { mp4 }), ("aac", &mut { aac })] {
        let (clean, bytes) = listener.await.expect("the listener does not panic");
        assert!(clean, "{name} was cut");
        assert!(bytes.len() > 10_000, "{name}: {} bytes", bytes.len());
        if name == "ogg" {
            assert_eq!(last_page_flags(&bytes).map(|f| f & 4), Some(4), "the last page ends the stream");
        }
    }
}

#[tokio::test]
async fn a_playlist_of_an_event_that_ended_says_so() {
    let server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let playlist = async |name: &str| {
        let answer = server.http().get(server.audience(&format!("/c/talk/hls/{name}"))).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        answer.text().await.unwrap()
    };
    let multivariant = playlist("index.m3u8").await;
    let media = multivariant.lines().find(|l| !l.starts_with('#') && l.contains(".m3u8")).unwrap().to_owned();
    assert!(!playlist(&media).await.contains("EXT-X-ENDLIST"));
    server.command(&["conversation", "end", "talk"]).await.done();
    server.reaches("talk", "ended", Duration::from_secs(5)).await;
    assert!(playlist(&media).await.contains("EXT-X-ENDLIST"));
}
