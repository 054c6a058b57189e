//! The pages pass axe-core at 360 and 1440 px, in light and dark, and do not scroll sideways.

use std::time::Duration;

use hustings_stories::{Server, Voice, node};

#[tokio::test]
async fn axe_finds_nothing_on_the_pages() {
    let server = Server::start().await;
    let url = server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    for address in [server.url("/"), url] {
        node("axe.mjs").args(["--url", &address]).run(Duration::from_secs(90)).await.done();
    }
}
