//! Schemathesis asks every operation of the API what its description promises, as nobody and as an account of each role, by a
//! session and by a key, on both databases: no 5xx, no status or content type that is not described, no body that is not as
//! described, and no malformed request that is taken.
//!
//! `SCHEMA_SECONDS` is the time for each database. `make test` takes a sample; `make schema` takes as long as it is told.
//! Left out are sound and events, which have no end to look at, and the doors of WebRTC, whose offers Schemathesis cannot make.

#![allow(clippy::print_stdout, reason = "how much was asked is told")]

use std::time::Duration;

use hustings_stories::{Postgres, Program, Server, root};
use serde_json::{Value, json};

/// Of each database, for all who ask.
const SAMPLE_SECONDS: u64 = 45;

const SCOPES: [&str; 8] = [
    "conversations:read",
    "conversations:write",
    "invitations",
    "stage",
    "floor",
    "webhooks",
    "people:read",
    "people:write",
];

/// All of the API, calendars, counts, lists, and coming in.
const PATHS: &str = "^/(api/|calendar|c/.*/(calendar|audience|live.m3u|tickets$|tickets/goodbye|queue|lottery))";

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
     response_schema_conformance,unsupported_method,allow_header_conformance";

fn seconds() -> u64 {
    std::env::var("SCHEMA_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SAMPLE_SECONDS)
}

/// Who asks.
struct Asker {
    name: &'static str,
    header: Option<String>,
    /// A webhook of theirs.
    webhook: String,
    /// Asks by a session, which signing out would end, so that nothing else would be asked.
    by_session: bool,
}

/// Asks for so many seconds, and fails with all that Schemathesis has found.
async fn asks(server: &Server, asker: Asker, seconds: u64) {
    let Asker { name, header, webhook, by_session } = asker;
    let config = server.file("schemathesis.toml");
    // Names that lead somewhere; the rest are invented.
    let values = format!(
        "[cache]\nenabled = false\n[dictionaries]\n\
         slugs = {{ values = [\"evening\", \"later\", \"talk\", \"nosuch\"] }}\n\
         people = {{ values = [\"vic\", \"nobody-else\", \"0123456789abcdef\"] }}\n\
         webhooks = {{ values = [\"{webhook}\", \"0123456789abcdef\"] }}\n\
         numbers = {{ values = [0, 1, 2, 9007199254740993] }}\n\
         [parameters]\n\
         \"path.slug\" = {{ dictionary = \"slugs\", probability = 0.9 }}\n\
         \"path.account\" = {{ dictionary = \"people\", probability = 0.7 }}\n\
         \"path.webhook\" = {{ dictionary = \"webhooks\", probability = 0.7 }}\n\
         \"path.id\" = {{ dictionary = \"numbers\", probability = 0.5 }}\n"
    );
    std::fs::write(&config, values).expect("the folder can be written");
    // With a session it tries what it takes for a request without one, and sends the session all the same.
    let checks = if by_session { CHECKS.to_owned() } else { format!("{CHECKS},negative_data_rejection") };
    let mut program = Program::new(root().join(".tools/venv/bin/st"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("HYPOTHESIS_STORAGE_DIRECTORY", &server.file("hypothesis"))
        .args(["--no-color", "--config-file", &config, "run", &server.url("/api/openapi.json")])
        .args(["--phases", "coverage,fuzzing", "--max-time", &seconds.to_string(), "--no-shrink", "-c", &checks])
        .args(["--include-path-regex", PATHS, "--request-timeout", "10", "--warnings", "off"])
        // It is answered when there is a word for somebody, which takes longer than anybody waits here.
        .args(["--exclude-path", "/api/v1/conversations/{slug}/stage/cue"]);
    if let Some(header) = header {
        program = program.args(["-H", &header]);
    }
    if by_session {
        program = program.args(["--exclude-path", "/api/v1/sign-out"]);
    }
    let outcome = program.run(Duration::from_secs(seconds + 60)).await;
    let asked = outcome.stdout.lines().find(|line| line.contains(" generated")).unwrap_or_default().trim();
    println!("{name}: {asked}");
    assert_eq!(outcome.code, Some(0), "as {name}:\n{}\n{}", outcome.stdout, outcome.stderr);
    assert!(!asked.is_empty(), "as {name} nothing was asked:\n{}", outcome.stdout);
}

async fn post(server: &Server, path: &str, key: &str, body: Value) -> Value {
    let request = server.http().post(server.url(path)).bearer_auth(key).json(&body);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 201, "{path}");
    answer.json().await.expect("JSON")
}

async fn everybody_asks(server: &Server) {
    // Somebody to act on, and conversations in three phases.
    server.somebody("vic", "member").await;
    server.command(&["conversation", "create", "evening", "--title", "Evening"]).await.done();
    server.command(&["conversation", "create", "later", "--title", "Later", "--starts", "+2h"]).await.done();
    let each = seconds() / 5;
    asks(server, Asker { name: "nobody", header: None, webhook: "none".into(), by_session: false }, each).await;
    for (role, by_session) in [("member", true), ("host", false), ("moderator", false), ("operator", true)] {
        let somebody = server.somebody(role, role).await;
        let key = server.api_key(&somebody, &SCOPES).await;
        let hook = json!({ "url": "https://talk.example/told", "events": ["conversation.ended"] });
        let made = post(server, "/api/v1/webhooks", &key, hook).await;
        if role == "host" {
            let room = json!({ "slug": "talk", "title": "A talk", "stays": true });
            post(server, "/api/v1/conversations", &key, room).await;
        }
        let header =
            if by_session { format!("Cookie: {}", somebody.cookie) } else { format!("Authorization: Bearer {key}") };
        let webhook = made["webhook"]["id"].as_str().expect("a name").to_owned();
        asks(server, Asker { name: role, header: Some(header), webhook, by_session }, each).await;
    }
    let list = server.command(&["account", "list"]).await.ok().stdout;
    assert!(list.contains("operator\toperator"), "the server still works: {list}");
}

#[tokio::test]
async fn on_sqlite() {
    let server = Server::start().await;
    everybody_asks(&server).await;
}

#[tokio::test]
async fn on_postgresql() {
    let postgres = Postgres::start().await.expect("PostgreSQL is installed: run `make setup`");
    let mut server = Server::on_records(Some(postgres.url()));
    server.resume().await;
    everybody_asks(&server).await;
}
