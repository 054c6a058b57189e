//! Where the system forbids io_uring, as container runtimes do, everything is heard all the same.

use std::time::Duration;

use hustings_stories::{Server, Voice, hustings};

#[tokio::test]
async fn a_server_without_io_uring_says_so_and_is_heard_without_a_gap() {
    let mut server = Server::start_without_io_uring().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let listen = hustings().args(["listen", &server.url("/c/talk"), "--tier", "stream", "--seconds", "5", "--json"]);
    let heard = listen.run(Duration::from_secs(20)).await.json();
    assert_eq!(heard["gaps"], 0, "{heard}");
    let outcome = server.stop("TERM", Duration::from_secs(15)).await;
    assert!(outcome.stderr.contains("without io_uring"), "{}", outcome.stderr);
}
