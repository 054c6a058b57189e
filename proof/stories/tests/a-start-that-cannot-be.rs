//! A start that cannot be: a port in use, a data folder that is none, a key that does not exist. One line says what to do.

use std::time::Duration;

use hustings_stories::{Folder, Outcome, Ports, Program, Server, hustings};

const BOUND: Duration = Duration::from_secs(10);

/// One line on stderr, no panic, and a code that is not 0.
fn says(outcome: &Outcome, part: &str) {
    let lines = outcome.stderr.lines().filter(|l| !l.trim().is_empty()).count();
    assert!(matches!(outcome.code, Some(1..=100)), "{outcome:?}");
    assert_eq!(lines, 1, "one line: {}", outcome.stderr);
    assert!(outcome.stderr.contains(part), "{part:?} in {}", outcome.stderr);
}

fn serve(folder: &Folder, config: &str) -> Program {
    let path = folder.file("hustings.toml");
    std::fs::write(&path, config).expect("the folder can be written");
    hustings().args(["serve", "--config", &path, "--data", &folder.file("data")])
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let server = Server::start().await;
    let folder = Folder::fresh();
    let config = Ports { public: server.ports.public, ..Ports::free() }.configuration();
    says(&serve(&folder, &config).run(BOUND).await, &server.ports.public.to_string());
    let config = Ports { stage_udp: server.ports.stage_udp, ..Ports::free() }.configuration();
    says(&serve(&folder, &config).run(BOUND).await, &server.ports.stage_udp.to_string());
}

#[tokio::test]
async fn a_data_folder_that_is_a_file_is_named() {
    let folder = Folder::fresh();
    std::fs::write(folder.path().join("data"), "not a folder").unwrap();
    says(&serve(&folder, &Ports::free().configuration()).run(BOUND).await, "data");
}

#[tokio::test]
async fn an_unknown_key_is_named_with_its_line_and_the_nearest_one() {
    let folder = Folder::fresh();
    let config = "listen = \"127.0.0.1:0\"\n[stage]\nlisen = \"127.0.0.1:0\"\n";
    let outcome = serve(&folder, config).run(BOUND).await;
    says(&outcome, "line 3");
    assert!(outcome.stderr.contains("listen"), "{}", outcome.stderr);
}

#[tokio::test]
async fn a_public_origin_without_tls_is_refused() {
    let folder = Folder::fresh();
    let config = Ports::free().configuration() + "[public]\norigin = \"http://talk.example\"\n";
    says(&serve(&folder, &config).run(BOUND).await, "HTTPS");
}

#[tokio::test]
async fn commands_say_what_is_wrong_with_their_input() {
    let server = Server::start().await;
    says(&server.command(&["conversation", "start", "nowhere"]).await, "nowhere");
    says(&server.command(&["token", "nowhere", "--role", "speaker"]).await, "nowhere");
    let missing = hustings().args(["speak", &server.url("/c/talk"), "no-such-file.wav"]).run(BOUND).await;
    says(&missing, "no-such-file.wav");
    let nobody = hustings().args(["listen", "http://127.0.0.1:9/c/talk", "--seconds", "1"]).run(BOUND).await;
    says(&nobody, "127.0.0.1:9");
}
