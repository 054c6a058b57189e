//! Bad connections to the audience's listener: heads of 64 kB, requests that never end, connections on which nothing is ever
//! said, many requests at once. Each is answered or ended in its time, and who listens beside them misses nothing.

use std::time::Duration;

use hustings_stories::{Running, Server, Sound, Voice, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A connection may take so long to ask: ten seconds, looked at twice a second, on a busy machine.
const ENDED_WITHIN: Duration = Duration::from_secs(20);

async fn live() -> (Server, Running) {
    let server = Server::start().await;
    server.live("talk").await;
    let speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    (server, speaker)
}

/// Listens for so long, and says afterwards that nothing was missing.
fn beside(server: &Server, seconds: f64) -> JoinHandle<()> {
    let url = server.audience("/c/talk/live.ogg?burst=1");
    tokio::spawn(async move {
        let heard = Sound::read(&url, seconds, Duration::from_secs_f64(2.0 * seconds + 10.0)).await;
        let gaps = heard.last(seconds - 2.0).gaps(Voice::Tenor).await;
        assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
    })
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(("127.0.0.1", server.ports.audience)).await.expect("somebody listens")
}

/// What comes until the server ends the connection.
async fn rest(mut socket: TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    let read = async { socket.read_to_end(&mut answer).await };
    // A connection that was reset is ended, too.
    let _ = within("the server ends the connection", ENDED_WITHIN, read).await;
    answer
}

#[tokio::test]
async fn a_head_of_64_kb_is_refused_in_one_piece_and_in_many() {
    let (server, _speaker) = live().await;
    let listening = beside(&server, 8.0);
    let head = format!("GET /c/talk/live.mp4 HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "a".repeat(64 * 1024));
    for piece in [head.len(), 1000] {
        let mut socket = connect(&server).await;
        for part in head.as_bytes().chunks(piece) {
            // The server may close before it has read it all.
            if socket.write_all(part).await.is_err() {
                break;
            }
        }
        let answer = rest(socket).await;
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
    }
    listening.await.expect("nothing is missing");
}

#[tokio::test]
async fn requests_that_never_end_and_connections_without_one_are_ended() {
    let (server, _speaker) = live().await;
    let listening = beside(&server, 16.0);
    let mut open = Vec::new();
    for n in 0..200 {
        let mut socket = connect(&server).await;
        let never = async move {
            // Every other one says nothing at all.
            while n % 2 == 0 && socket.write_all(b"GET /c/talk/live.mp4?x").await.is_ok() {
                let mut end = [0];
                if let Ok(Ok(0) | Err(_)) = tokio::time::timeout(Duration::from_secs(1), socket.read(&mut end)).await {
                    return;
                }
            }
            rest(socket).await;
        };
        open.push(tokio::spawn(never));
    }
    for one in open {
        within("it is ended", 2 * ENDED_WITHIN, one).await.expect("it is ended");
    }
    listening.await.expect("nothing is missing");
}

#[tokio::test]
async fn many_requests_at_once_are_answered_one_after_the_other_and_the_stream_last() {
    let (server, _speaker) = live().await;
    let mut socket = connect(&server).await;
    let count = "GET /c/talk/audience HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20);
    let stream = "GET /c/talk/live.ogg HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2);
    socket.write_all(format!("{count}{stream}").as_bytes()).await.expect("it is taken");
    let mut heard = Vec::new();
    let sound = async {
        // Twenty answers, and one stream: it has no end, so what was asked after it is never answered.
        while !heard.windows(8).any(|w| w == b"OpusHead") || heard.len() < 20_000 {
            assert!(socket.read_buf(&mut heard).await.expect("the line stands") > 0, "the stream has no end");
        }
    };
    within("twenty answers and sound", Duration::from_secs(30), sound).await;
    let all = String::from_utf8_lossy(&heard);
    assert_eq!(all.matches("HTTP/1.1 200 OK").count(), 21);
    assert_eq!(all.matches("OpusHead").count(), 1);
    let first = all.find("OpusHead").expect("it was waited for");
    assert_eq!(all[first..].matches("HTTP/1.1").count(), 0, "nothing is answered in the middle of a stream");
}
