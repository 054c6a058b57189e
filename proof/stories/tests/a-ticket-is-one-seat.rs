//! Tickets: whoever uses one first has its seat, a repetition costs nothing, nobody else comes in by it, whatever happens to
//! the process in between; a place in the queue is the same place after a SIGKILL; the order that was drawn can be recomputed.

use std::time::Duration;

use hustings_stories::{Program, Server, Voice, root, until};
use reqwest::StatusCode;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(10);

fn secret(n: usize) -> String {
    format!("secret-of-somebody-{n:04}")
}

async fn ask(server: &Server, body: &Value) -> (StatusCode, Value) {
    let url = server.url("/c/talk/tickets");
    let answer = server.http().post(url).json(body).send().await.expect("the server answers");
    let status = answer.status();
    (status, answer.json().await.unwrap_or_default())
}

/// Hears the first bytes of an address, and goes on hearing until it is dropped.
async fn hear(url: &str) -> Result<reqwest::Response, StatusCode> {
    let mut answer = reqwest::get(url).await.expect("the audience's listener answers");
    if answer.status() != StatusCode::OK {
        return Err(answer.status());
    }
    let first = tokio::time::timeout(SOON, answer.chunk()).await.expect("sound comes").expect("sound comes");
    assert!(first.is_some_and(|bytes| !bytes.is_empty()));
    Ok(answer)
}

async fn unclaimed(server: &Server) -> String {
    let host = server.token("talk", "host", "host").await;
    let url = server.url("/api/v1/conversations/talk/tickets");
    let answer = server.http().post(url).bearer_auth(host).send().await.expect("the server answers");
    assert_eq!(answer.status(), StatusCode::CREATED);
    let told: Value = answer.json().await.expect("it answers in JSON");
    told["ticket"].as_str().expect("it gives a ticket").to_owned()
}

#[tokio::test]
async fn sixty_four_who_use_one_ticket_at_once_seat_one() {
    let mut server = Server::start_with_a_gate(500, 500).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let ticket = unclaimed(&server).await;
    let claims: Vec<_> = (0..64)
        .map(|n| {
            let (http, url) = (server.http().clone(), server.url("/c/talk/tickets"));
            let body = json!({ "ticket": ticket, "secret": secret(n) });
            tokio::spawn(async move { (n, http.post(url).json(&body).send().await.unwrap()) })
        })
        .collect();
    let mut seated = Vec::new();
    for claim in claims {
        let (n, answer) = claim.await.unwrap();
        match answer.status() {
            StatusCode::OK => seated.push((n, answer.json::<Value>().await.unwrap())),
            status => assert_eq!(status, StatusCode::FORBIDDEN),
        }
    }
    let [(owner, told)] = &seated[..] else { panic!("{} were seated", seated.len()) };
    let address = told["address"].as_str().unwrap();
    let hears = hear(address).await.expect("the holder hears");

    // Whoever has the ticket without its secret, or with another, hears nothing.
    let bound = told["ticket"].as_str().unwrap();
    for forged in [format!("ticket={bound}"), format!("ticket={bound}&secret={}", secret(99)), "ticket=x".to_owned()] {
        let refused = hear(&server.audience(&format!("/c/talk/live.mp4?{forged}"))).await;
        assert_eq!(refused.err(), Some(StatusCode::FORBIDDEN), "{forged}");
    }
    // For another conversation it is no ticket.
    server.live("other").await;
    let query = address.split_once('?').unwrap().1;
    assert_eq!(hear(&server.audience(&format!("/c/other/live.mp4?{query}"))).await.err(), Some(StatusCode::FORBIDDEN));

    // The server is killed and starts again: the seat is the same person's, and nobody else's.
    drop(hears);
    server.stop("KILL", Duration::from_secs(5)).await;
    server.resume().await;
    server.reaches("talk", "held", SOON).await;
    let again = ask(&server, &json!({ "ticket": ticket, "secret": secret(*owner) })).await;
    assert_eq!(again.0, StatusCode::OK, "{}", again.1);
    for n in (0..64).filter(|n| n != owner) {
        let (status, told) = ask(&server, &json!({ "ticket": ticket, "secret": secret(n) })).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
    }
    // From another address, on another connection: the seat is kept.
    let elsewhere = reqwest::Client::builder().local_address("127.0.0.3".parse().ok()).no_proxy().build().unwrap();
    let mut answer = elsewhere.get(again.1["address"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.chunk().await.unwrap().is_some());
}

#[tokio::test]
async fn a_player_that_was_given_an_address_is_let_in_once() {
    let server = Server::start_with_a_gate(500, 500).await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let ticket = unclaimed(&server).await;
    let address = server.audience(&format!("/c/talk/live.ogg?ticket={ticket}"));
    // Players follow redirects, as curl and mpv do.
    let _hears = hear(&address).await.expect("the first is let in");
    assert_eq!(hear(&address).await.err(), Some(StatusCode::FORBIDDEN), "and the second is not");
}

/// Everybody comes before the start to a house of two. The order is drawn, published and recomputed in Python; a place
/// survives a SIGKILL; whoever leaves makes room for the next.
#[tokio::test]
async fn a_place_is_kept_and_its_order_can_be_recomputed() {
    let mut server = Server::start_with_a_gate(2, 50).await;
    server.command(&["conversation", "create", "talk", "--title", "A story"]).await.done();
    server.reaches("talk", "lobby", SOON).await;
    let mut inside = Vec::new();
    for n in 0..2 {
        let (status, told) = ask(&server, &json!({ "secret": secret(n) })).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        inside.push((n, told));
    }
    let mut places = Vec::new();
    for n in 2..12 {
        let (status, told) = ask(&server, &json!({ "secret": secret(n) })).await;
        assert_eq!(
            (status, told.get("number")),
            (StatusCode::ACCEPTED, None),
            "no place is shown before the draw: {told}"
        );
        places.push((n, told["place"].as_str().unwrap().to_owned()));
    }
    let lottery = |server: &Server| server.http().get(server.url("/c/talk/lottery.json")).send();
    let before: Value = lottery(&server).await.unwrap().json().await.unwrap();
    assert!(before["seed"].is_null() && before["places"].as_array().unwrap().is_empty(), "{before}");

    server.stop("KILL", Duration::from_secs(5)).await;
    server.resume().await;
    server.command(&["conversation", "start", "talk"]).await.done();
    let queue =
        || async { server.http().get(server.url("/c/talk/queue.json")).send().await.ok()?.json::<Value>().await.ok() };
    until("the order is drawn", SOON, async || queue().await.filter(|queue| queue["drawn"] == true)).await;

    let after: Value = lottery(&server).await.unwrap().json().await.unwrap();
    assert_eq!(after["commitment"], before["commitment"], "the seed is the one that was committed to");
    let file = server.file("lottery.json");
    std::fs::write(&file, after.to_string()).unwrap();
    let recomputed = Program::new("python3")
        .args([root().join("proof/lottery.py").to_str().unwrap(), &file])
        .run(SOON)
        .await
        .ok()
        .stdout;
    let ranks: Vec<u64> = recomputed.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(ranks.len(), places.len());
    for (at, (n, place)) in places.iter().enumerate() {
        let (status, told) = ask(&server, &json!({ "secret": secret(*n), "place": place })).await;
        assert_eq!(status, StatusCode::ACCEPTED, "nobody has left yet: {told}");
        assert_eq!(told["number"], ranks[at] + 1, "the place that Python finds");
    }

    // One of those inside says goodbye: the first in order comes in, and nobody else.
    let (n, told) = &inside[0];
    let goodbye = json!({ "ticket": told["ticket"], "secret": secret(*n) });
    let said = server.http().post(server.url("/c/talk/tickets/goodbye")).json(&goodbye).send().await.unwrap();
    assert_eq!(said.status(), StatusCode::NO_CONTENT);
    until("somebody is called", SOON, async || queue().await.filter(|queue| queue["admitting_below"] == 1)).await;
    for (at, (n, place)) in places.iter().enumerate() {
        let (status, told) = ask(&server, &json!({ "secret": secret(*n), "place": place })).await;
        let expected = if ranks[at] == 0 { StatusCode::OK } else { StatusCode::ACCEPTED };
        assert_eq!(status, expected, "{told}");
    }
}
