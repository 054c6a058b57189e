//! Every page, in every state that a person meets, passes axe-core at 360 px in light and 1440 px in dark, does not scroll
//! sideways, and writes no error (`make axe` looks at both in both). The states are the rows of `proof/clients/tour/states.mjs`.

use std::time::Duration;

use hustings_stories::{Server, Voice, hustings, node, root};

#[tokio::test]
async fn axe_finds_nothing_on_any_page_in_any_state() {
    let server = Server::start().await;
    // Both are made where they are not there yet.
    let (tenor, _) = (Voice::Tenor.file().await, Voice::Alto.file().await);
    let sounds = root().join(".tools/sounds");
    let url = server.url("").replace("127.0.0.1", "localhost");
    let binary = hustings().path();
    let data = server.data();
    let pictures = std::env::var("STORIES_PICTURES").unwrap_or_default();
    assert!(tenor.starts_with(&*sounds.to_string_lossy()));
    let tour = node("tour.mjs").args(["--url", &url, "--audience", &server.audience(""), "--data", &data]);
    let tour = tour.args(["--hustings", &binary, "--sounds", &sounds.to_string_lossy()]);
    let tour = tour.args(["--axe", "1", "--half", "1", "--widths", "360,1440", "--shots", &pictures]);
    let said = tour.run(Duration::from_secs(520)).await.json();
    assert!(said["states"].as_u64().is_some_and(|states| states > 50), "{said}");
}
