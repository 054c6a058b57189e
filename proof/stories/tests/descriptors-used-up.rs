//! More listeners come than there are descriptors: they are told so at once and when to come again, those who are in keep
//! hearing, and who comes after somebody has left is let in.

use std::time::Duration;

use hustings_stories::{Server, Sound, Voice, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Of each process: an edge keeps 512 for what is no listener.
const DESCRIPTORS: usize = 700;
/// More than two processes can hold.
const COME: usize = 2 * DESCRIPTORS;

/// Asks for the stream; gives the connection and the head of the answer.
async fn listen(port: u16) -> (TcpStream, String) {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.expect("the backlog has room");
    // Who is turned away may be so before it has asked.
    let _ = socket.write_all(b"GET /c/talk/live.ogg?burst=0 HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    (socket, String::from_utf8_lossy(&head).into_owned())
}

#[tokio::test]
async fn edges_that_are_full_tell_who_comes_and_who_is_in_hears_on() {
    too_many_come(2).await;
}

#[tokio::test]
async fn one_process_that_is_full_tells_who_comes_and_who_is_in_hears_on() {
    too_many_come(0).await;
}

async fn too_many_come(edges: usize) {
    let server = Server::start_with_descriptors(DESCRIPTORS, edges).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let url = server.audience("/c/talk/live.ogg?burst=1");
    let heard = tokio::spawn(async move { Sound::read(&url, 14.0, Duration::from_secs(40)).await });
    until("the first listens", Duration::from_secs(10), async || server.listening("talk").await.filter(|n| *n >= 1))
        .await;

    let asking: Vec<_> = (0..COME).map(|_| tokio::spawn(listen(server.ports.audience))).collect();
    let (mut inside, mut refused) = (Vec::new(), 0);
    for one in asking {
        let answered = tokio::time::timeout(Duration::from_secs(20), one).await;
        let (socket, head) = answered.expect("everybody is answered").expect("and read");
        if head.starts_with("HTTP/1.1 200 ") {
            inside.push(socket);
        } else {
            assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("Retry-After: "), "{head:?}");
            refused += 1;
        }
    }
    assert!(inside.len() > 50 && refused > 50, "{} are in and {refused} are not", inside.len());

    let heard = heard.await.expect("who came first hears");
    let gaps = heard.last(12.0).gaps(Voice::Tenor).await;
    assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
    let first = inside.len();
    inside.truncate(first / 2);
    let again = until("there is room for another", Duration::from_secs(10), async || {
        let (socket, head) = listen(server.ports.audience).await;
        head.starts_with("HTTP/1.1 200 ").then_some(socket)
    });
    drop(again.await);
}
