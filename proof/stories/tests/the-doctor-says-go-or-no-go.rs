//! The doctor looks at a machine before an event: what is well is go, what would spoil the evening is no-go with a remedy, and
//! the exit code says which.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

use std::time::Duration;

use hustings_stories::{Outcome, Server, hustings};
use serde_json::Value;

async fn doctor(server: &Server, more: &[&str]) -> (Outcome, Value) {
    let program =
        hustings().args(["doctor", "--config", &server.file("hustings.toml"), "--data", &server.data(), "--json"]);
    let outcome = program.args(more).run(Duration::from_secs(30)).await;
    let found = serde_json::from_str(&outcome.stdout).expect("it prints JSON");
    (outcome, found)
}

fn of<'a>(found: &'a Value, about: &str) -> Vec<&'a Value> {
    found["findings"].as_array().expect("a list").iter().filter(|f| f["about"] == about).collect()
}

#[tokio::test]
async fn a_server_that_runs_is_go_and_too_large_an_audience_is_not() {
    let mut server = Server::start().await;
    let (outcome, found) = doctor(&server, &["--audience", "200"]).await;
    assert_eq!((outcome.code, &found["go"]), (Some(0), &true.into()), "{found:#}");
    // Its own ports are not taken by somebody else, and what nobody measured is not claimed.
    assert!(of(&found, "ports").iter().all(|f| f["verdict"] == "go"), "{found:#}");
    assert_eq!(of(&found, "capacity")[0]["verdict"], "unknown");
    for finding in found["findings"].as_array().unwrap() {
        assert!(finding["verdict"] == "go" || finding["remedy"].as_str().is_some_and(|r| r.len() > 5), "{finding}");
    }

    let (outcome, found) = doctor(&server, &["--audience", "40000000"]).await;
    assert_eq!((outcome.code, &found["go"]), (Some(1), &false.into()), "{found:#}");
    assert!(outcome.stderr.starts_with("hustings: no-go"), "{}", outcome.stderr);

    // A capacity of another machine is none.
    let model = r#"{"version":1,"measured_ms":1,"program":"0.1.0","machine":{"cpu":"another","cores_percent":100,"memory_mib":1,
        "descriptors":1},"tiers":{"stream":{"cpu_us_per_listener_second":10.0,"cpu_us_per_join":1.0,"joins_per_second_at_knee":1.0,
        "listeners_at_knee":1,"line_bits_per_listener":1.0}}}"#;
    std::fs::write(format!("{}/capacity.json", server.data()), model).unwrap();
    let (outcome, found) = doctor(&server, &[]).await;
    assert_eq!(outcome.code, Some(1));
    let says = of(&found, "capacity")[0]["says"].as_str().unwrap();
    assert!(says.contains("another machine"), "{says}");
    std::fs::remove_file(format!("{}/capacity.json", server.data())).unwrap();

    // With the server gone its ports are free; with somebody else on one of them they are not.
    server.stop("TERM", Duration::from_secs(15)).await.done();
    let taken = std::net::TcpListener::bind(("127.0.0.1", server.ports.audience)).unwrap();
    let (outcome, found) = doctor(&server, &[]).await;
    assert_eq!(outcome.code, Some(1), "{found:#}");
    let ports = of(&found, "ports");
    assert!(ports.iter().any(|f| f["verdict"] == "no-go" && f["says"].as_str().unwrap().contains("somebody else")));
    drop(taken);
    assert_eq!(doctor(&server, &[]).await.0.code, Some(0));
}

#[tokio::test]
async fn a_wrong_command_line_is_neither() {
    let outcome = hustings().args(["doctor", "--audience", "many"]).run(Duration::from_secs(10)).await;
    assert_eq!(outcome.code, Some(2));
    let outcome = hustings().args(["doctor", "--config", "no-such-file.toml"]).run(Duration::from_secs(10)).await;
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
}
