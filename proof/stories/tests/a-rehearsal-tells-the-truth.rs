//! A rehearsal says what the server's own counter says, can be stopped and still reports, and is refused where it would load
//! somebody else's machine: there it needs a flag and a sign-in of that server's operator.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on fails, with what it saw")]

use std::net::{IpAddr, UdpSocket};
use std::time::Duration;

use hustings_stories::{Server, Voice, hustings, until};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

const BOUND: Duration = Duration::from_secs(60);

fn rehearse(url: &str, more: &[&str]) -> hustings_stories::Program {
    hustings().args(["rehearse", url]).args(more)
}

async fn talk() -> (Server, hustings_stories::Running) {
    let server = Server::start().await;
    server.live("talk").await;
    let speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    (server, speaker)
}

#[tokio::test]
async fn its_figures_are_those_of_the_server() {
    let (server, _speaker) = talk().await;
    let url = server.url("/c/talk");
    let folder = server.file("report");
    let more =
        ["--listeners", "200", "--ramp", "2s", "--hold", "8s", "--tier", "stream:8,hls:1,whep:1", "--processes", "2"];
    let running = rehearse(&url, &more).args(["--json", "--report", &folder]).spawn();
    // Two hundred are inside by the server's own counter, by whichever tiers they came.
    let said = until("two hundred are counted", Duration::from_secs(20), async || {
        let said = server.count("talk").await?;
        (said["listening"] == 200).then_some(said)
    })
    .await;
    let report = running.end(BOUND).await.json();
    let all = &report["summary"]["all"];
    assert_eq!(report["kind"], "tested");
    assert_eq!((&all["offered"], &all["admitted"], &all["hearing"]), (&200.into(), &200.into(), &200.into()), "{all}");
    assert_eq!((&all["refused"], &all["lost"]), (&0.into(), &0.into()), "{all}");
    for tier in report["summary"]["tiers"].as_array().unwrap() {
        let name = tier["tier"].as_str().unwrap();
        assert_eq!(tier["hearing"], said["by_tier"][name], "{name}: {tier} and {said}");
        assert_eq!(tier["first_audio_ms"]["count"], tier["offered"], "{name}: {tier}");
    }
    // It is the same in the folder, and as a page that needs nothing else.
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(format!("{folder}/report.json")).unwrap()).unwrap();
    assert_eq!(kept, report);
    let page = std::fs::read_to_string(format!("{folder}/report.html")).unwrap();
    assert!(page.contains("Tested with real clients") && page.contains("<svg") && page.contains("<table"));
    assert!(!page.contains("<script") && !page.contains("src="));
    until("everybody has left", Duration::from_secs(20), async || server.listening("talk").await.filter(|n| *n == 0))
        .await;
}

#[tokio::test]
async fn who_stops_it_gets_what_was_met_so_far() {
    let (server, _speaker) = talk().await;
    let more = ["--listeners", "40", "--ramp", "1s", "--hold", "10m", "--json"];
    let running = rehearse(&server.url("/c/talk"), &more).spawn();
    until("forty are counted", Duration::from_secs(20), async || server.listening("talk").await.filter(|n| *n == 40))
        .await;
    running.signal("INT");
    let report = running.end(Duration::from_secs(15)).await.json();
    assert_eq!(report["stopped"], true);
    assert_eq!(report["summary"]["all"]["offered"], 40);
    until("everybody has left", Duration::from_secs(10), async || server.listening("talk").await.filter(|n| *n == 0))
        .await;
}

#[tokio::test]
async fn a_machine_that_is_not_ours_is_not_loaded() {
    // Of TEST-NET-3 (RFC 5737), where nobody is: nothing is even asked there.
    let foreign = "http://203.0.113.9/c/talk";
    let outcome = rehearse(foreign, &["--listeners", "5"]).run(Duration::from_secs(5)).await;
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("--yes-this-is-mine") && outcome.stderr.lines().count() == 1, "{}", outcome.stderr);
    let outcome = rehearse(foreign, &["--yes-this-is-mine"]).run(Duration::from_secs(5)).await;
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("--token"), "{}", outcome.stderr);
}

/// An address of this machine that is not loopback, if it has one.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("203.0.113.9:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

/// Passes connections to `ip` on to the same port of loopback, where the server is.
async fn relay(ip: IpAddr, port: u16) {
    let listener = TcpListener::bind((ip, port)).await.expect("the port is free there");
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(mut to) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
            });
        }
    });
}

#[tokio::test]
async fn its_operator_says_so_to_the_server() {
    let (server, _speaker) = talk().await;
    // A machine that has nothing but loopback cannot be reached by another address either.
    let Some(ip) = own_address() else { return };
    relay(ip, server.ports.public).await;
    relay(ip, server.ports.audience).await;
    let url = format!("http://{ip}:{}/c/talk", server.ports.public);
    let more = ["--listeners", "20", "--ramp", "1s", "--hold", "3s", "--yes-this-is-mine", "--json", "--token"];
    let link = async |handle: &str, role: &str| {
        let made = server.command(&["account", "create", handle, "--role", role, "--json"]).await.ok();
        let made: Value = serde_json::from_str(&made.stdout).expect("JSON");
        made["link"].as_str().expect("a link").to_owned()
    };
    let outcome = rehearse(&url, &more).arg("nobody").run(Duration::from_secs(10)).await;
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("no session"), "{}", outcome.stderr);
    let host = link("hostess", "host").await;
    let outcome = rehearse(&url, &more).arg(&host).run(Duration::from_secs(10)).await;
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("only an operator"), "{}", outcome.stderr);
    assert_eq!(server.listening("talk").await, Some(0), "nobody came");
    let operator = link("operator", "operator").await;
    let report = rehearse(&url, &more).arg(&operator).run(BOUND).await.json();
    assert_eq!(report["summary"]["all"]["hearing"], 20, "{}", report["summary"]);
    // A link holds once.
    let outcome = rehearse(&url, &more).arg(&operator).run(Duration::from_secs(10)).await;
    assert!(outcome.code == Some(1) && outcome.stderr.contains("once"), "{}", outcome.stderr);
}
