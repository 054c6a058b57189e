//! An evening with listeners and a witness: its log is published, its bundle is exported, both verifiers recompute it and
//! agree, and both find a byte that was changed. The server is killed in the middle, and the log says so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

use std::time::Duration;

use hustings_stories::{Outcome, Program, Server, Voice, hustings, root, until};
use serde_json::Value;

/// A record comes once a minute, and a machine may be busy.
const TWO_MINUTES: Duration = Duration::from_secs(150);

async fn status(server: &Server) -> Option<Value> {
    server.http().get(server.url("/api/v1/status")).send().await.ok()?.json().await.ok()
}

async fn get(server: &Server, path: &str) -> Vec<u8> {
    let response = server.http().get(server.url(path)).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.bytes().await.unwrap().to_vec()
}

async fn second_opinion(bundle: &str) -> Outcome {
    let python = Program::new(root().join(".tools/venv/bin/python")).env("PYTHONDONTWRITEBYTECODE", "1");
    python.arg(root().join("proof/verify.py")).args([bundle, "--json"]).spawn().end(Duration::from_secs(30)).await
}

async fn verify(args: &[&str]) -> Outcome {
    hustings().arg("verify").args(args).spawn().end(Duration::from_secs(30)).await
}

#[tokio::test]
async fn an_evening_that_anyone_can_recompute() {
    let mut server = Server::start().await;
    let data = server.data();
    let key = server.command(&["evidence", "key"]).await.ok().stdout.trim().to_owned();
    let folder = server.file("witness");
    let mut witness = hustings()
        .args(["witness", "--listen", "127.0.0.1:0", "--data", &folder, "--name", "witness.example", "--log", &key])
        .spawn();
    let address = witness.line("witness ", Duration::from_secs(10)).await;
    let address = address.split_whitespace().last().unwrap().to_owned();
    let witness_key = witness.line("key ", Duration::from_secs(10)).await;
    let witness_key = witness_key.split_whitespace().last().unwrap().to_owned();
    server.stop("TERM", Duration::from_secs(20)).await.done();
    let file = server.file("hustings.toml");
    let configured = std::fs::read_to_string(&file).unwrap();
    let evidence = format!("[evidence]\nwitnesses = [\"{witness_key} {address}\"]\ncontact = \"ops@talk.example\"\n");
    std::fs::write(&file, format!("{configured}\n{evidence}")).unwrap();
    server.resume().await;

    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let listen = hustings().args(["listen", &server.url("/c/talk"), "--tier", "stream", "--listeners", "60"]);
    let _listeners = listen.args(["--seconds", "400", "--json"]).spawn();
    until("a receipt is given", Duration::from_secs(20), async || {
        let given = server.http().post(server.url("/c/talk/receipt")).send().await.ok()?;
        let receipt = given.error_for_status().ok()?.text().await.ok()?;
        std::fs::write(server.file("receipt.json"), receipt).ok()
    })
    .await;
    until("a minute is told", TWO_MINUTES, async || {
        status(&server).await.filter(|status| status["minutes"].as_array().is_some_and(|all| !all.is_empty()))
    })
    .await;
    let page = String::from_utf8(get(&server, "/status").await).unwrap();
    assert!(page.contains("ops@talk.example") && page.contains("Finding so far") && page.contains("<svg"), "{page}");
    assert_eq!(get(&server, "/evidence/key").await, format!("{key}\n").into_bytes());
    until("the witness has signed", Duration::from_secs(20), async || {
        let checkpoint = String::from_utf8(get(&server, "/evidence/checkpoint").await).unwrap();
        checkpoint.contains("— witness.example ").then_some(())
    })
    .await;
    server.command(&["conversation", "end", "talk"]).await.done();
    until("the conversation is closed in the log", TWO_MINUTES, async || {
        status(&server).await.filter(|status| status["past"][0]["slug"] == "talk")
    })
    .await;

    let (bundle, receipt) = (server.file("talk.tar"), server.file("receipt.json"));
    hustings()
        .args(["evidence", "export", "talk", &bundle, "--data", &data])
        .spawn()
        .end(Duration::from_secs(20))
        .await
        .done();
    let report =
        verify(&[&bundle, "--json", "--key", &key, "--witness", &witness_key, "--receipt", &receipt]).await.json();
    assert_eq!((&report["good"], &report["conversation"]), (&Value::from(1), &Value::from("talk")), "{report}");
    let facts = report["facts"].to_string();
    assert!(
        facts.contains("witness witness.example, whose key you gave") && facts.contains("receipt of minute"),
        "{facts}"
    );
    assert!(!report["cannot_prove"].as_array().unwrap().is_empty());
    let other = second_opinion(&bundle).await.json();
    assert_eq!((&other["good"], &other["finding"]), (&Value::from(1), &report["finding"]), "{other}");

    // One digit of one record.
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.windows(13).position(|part| part == b"\"connections\"").expect("the bundle has figures") + 14;
    bytes[at] = if bytes[at] == b'9' { b'8' } else { bytes[at] + 1 };
    std::fs::write(server.file("doctored.tar"), bytes).unwrap();
    let doctored = verify(&[&server.file("doctored.tar"), "--json"]).await;
    assert_eq!(doctored.code, Some(1), "{}", doctored.stdout);
    assert!(doctored.stdout.contains("\"altered\""), "{}", doctored.stdout);
    let other = second_opinion(&server.file("doctored.tar")).await;
    assert!(other.code == Some(1) && other.stdout.contains("\"altered\""), "{}", other.stdout);
    std::fs::write(server.file("cut.tar"), b"what is this").unwrap();
    assert_eq!(verify(&[&server.file("cut.tar")]).await.code, Some(2));
    assert_eq!(second_opinion(&server.file("cut.tar")).await.code, Some(2));

    // Killed, edited, started again: the evening goes on without its log, and the page says so.
    server.stop("KILL", Duration::from_secs(10)).await;
    let entries = format!("{data}/evidence/checkpoint");
    let good = std::fs::read_to_string(&entries).unwrap();
    std::fs::write(&entries, good.replacen("evidence", "Evidence", 1)).unwrap();
    server.resume().await;
    until("the page says why nothing is written", Duration::from_secs(10), async || {
        status(&server)
            .await
            .filter(|status| status["log"]["fault"].as_str().is_some_and(|why| why.contains("was changed")))
    })
    .await;
    server.live("again").await;
    server.stop("KILL", Duration::from_secs(10)).await;
    std::fs::write(&entries, good).unwrap();
    server.resume().await;
    until("it goes on where it was", Duration::from_secs(10), async || {
        status(&server).await.filter(|status| status["log"]["records"].as_u64().is_some_and(|n| n > 3))
    })
    .await;
}
