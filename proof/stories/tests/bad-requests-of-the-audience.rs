//! Bad requests of listeners: parts of the far future and the past, unknown names, a request line of a megabyte, and
//! readers that do not read.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn status(server: &Server, path: &str) -> u16 {
    server.http().get(server.audience(path)).send().await.expect("the server answers").status().as_u16()
}

async fn live() -> (Server, hustings_stories::Running) {
    let server = Server::start().await;
    server.live("talk").await;
    let speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    (server, speaker)
}

#[tokio::test]
async fn hls_requests_for_what_is_not_there_get_the_answers_of_the_rfc() {
    let (server, _speaker) = live().await;
    let text = |path: String| {
        let request = server.http().get(server.audience(&path));
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    let multivariant = text("/c/talk/hls/index.m3u8".into()).await;
    let media = multivariant.lines().find(|l| !l.starts_with('#') && l.contains(".m3u8")).unwrap();
    let media = format!("/c/talk/hls/{media}");
    assert_eq!(status(&server, &media).await, 200);
    // RFC 8216bis, 6.2.5.2: further ahead than two segments, 400.
    assert_eq!(status(&server, &format!("{media}?_HLS_msn=1000000")).await, 400);
    assert_eq!(status(&server, &format!("{media}?_HLS_part=1")).await, 400);
    assert_eq!(status(&server, &format!("{media}?_HLS_msn=-1")).await, 400);
    assert_eq!(status(&server, &format!("{media}?_HLS_msn=99999999999999999999999")).await, 400);
    let folder = media.rsplit_once('/').unwrap().0;
    for gone in ["opus-96/99999999.m4s", "opus-96/99999999.0.m4s", "opus-96/nothing", "opus-12/1.m4s", "nothing.m3u8"] {
        let status = status(&server, &format!("{folder}/{gone}")).await;
        assert!(matches!(status, 404 | 410), "{gone}: {status}");
    }
}

#[tokio::test]
async fn a_part_that_has_left_the_window_is_gone() {
    let (server, _speaker) = live().await;
    let answer = async |path: &str| status(&server, &format!("/c/talk/hls/{path}")).await;
    assert_eq!(answer("opus-96.m3u8").await, 200);
    assert_eq!(answer("opus-96/1.0.m4s").await, 200);
    // The window is 30 s, and listeners hold it open by asking for the playlist.
    let status = until("the first part leaves the window", Duration::from_secs(60), async || {
        answer("opus-96.m3u8").await;
        Some(answer("opus-96/1.0.m4s").await).filter(|s| *s != 200)
    });
    assert!(matches!(status.await, 404 | 410));
}

#[tokio::test]
async fn names_that_are_nothing_are_not_found() {
    let (server, _speaker) = live().await;
    for path in ["/c/nowhere/live.ogg", "/c/nowhere/hls/index.m3u8", "/c/nowhere/events", "/c/nowhere/audience"] {
        assert_eq!(status(&server, path).await, 404, "{path}");
    }
    for path in ["/c/talk/live.ogg?rendition=flac-9000", "/c/talk/live.ogg?burst=forever"] {
        let status = status(&server, path).await;
        assert!(matches!(status, 400 | 404 | 422), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_request_line_of_a_megabyte_is_refused_on_every_listener() {
    let (server, _speaker) = live().await;
    for port in [server.ports.public, server.ports.audience, server.ports.stage, server.ports.private] {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let line = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(1 << 20));
        // The server may close before it has read it all.
        let _ = socket.write_all(line.as_bytes()).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "port {port} ends the connection");
        let answer = String::from_utf8_lossy(&answer);
        let refused = answer.is_empty() || ["HTTP/1.1 4"].iter().any(|s| answer.starts_with(s));
        assert!(refused, "port {port}: {answer:.60}");
    }
    assert_eq!(status(&server, "/c/talk/audience").await, 200);
}

#[tokio::test]
async fn readers_that_do_not_read_harm_nobody() {
    let (server, _speaker) = live().await;
    let mut slow = Vec::new();
    for n in 0..100 {
        let path = ["live.ogg", "live.mp4", "live.aac", "events"][n % 4];
        let mut socket = TcpStream::connect(("127.0.0.1", server.ports.audience)).await.unwrap();
        let request = format!("GET /c/talk/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        slow.push(socket);
    }
    let heard = Sound::read(&server.audience("/c/talk/live.ogg?burst=1"), 14.0, Duration::from_secs(30)).await;
    let gaps = heard.last(12.0).gaps(Voice::Tenor).await;
    assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
    drop(slow);
}
