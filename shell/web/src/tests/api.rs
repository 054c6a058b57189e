//! The API: who may do what, and what is answered to what cannot be done.

use super::*;

const ONE: &str = "/api/v1/conversations/evening";

#[tokio::test]
async fn anybody_may_read() {
    let asker = Asker::new();
    let list = asker.get("/api/v1/conversations").await;
    assert_eq!(list.json()["conversations"].as_array().unwrap().len(), 3);
    assert_eq!(list.header("cache-control"), "no-store");
    let one = asker.ask(Method::GET, ONE, &[("origin", "https://other.example")]).await;
    assert_eq!(one.json()["links"]["events"], "http://hall.example:8083/c/evening/events");
    assert_eq!(one.header("access-control-allow-origin"), "*");
    asker.get("/api/v1/conversations/nowhere").await.problem(404);
    asker.get("/api/v1/conversations/No%20Name").await.problem(404);
}

#[tokio::test]
async fn only_the_operator_makes_conversations_and_calls_them_off() {
    let operator = Asker::operator();
    let made = operator.post("/api/v1/conversations", "", r#"{"slug":"new","title":" New ","starts_ms":5}"#).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("location"), "/api/v1/conversations/new");
    assert_eq!((&made.json()["title"], &made.json()["phase"]), (&"New".into(), &"scheduled".into()));
    assert_eq!(operator.post("/api/v1/conversations/new/cancel", "", "").await.json()["phase"], "cancelled");
    operator.post("/api/v1/conversations", "", r#"{"slug":"evening"}"#).await.problem(409);
    let stranger = Asker::new();
    let detail = stranger.post("/api/v1/conversations", "", r#"{"slug":"new"}"#).await.problem(401);
    assert!(detail.contains("hustings conversation create"), "{detail}");
    for token in ["host@evening", "listener@evening"] {
        stranger.post("/api/v1/conversations", token, r#"{"slug":"new"}"#).await.problem(403);
    }
    stranger.post("/api/v1/conversations/evening/cancel", "", "").await.problem(401);
    stranger.post("/api/v1/conversations/evening/cancel", "listener@evening", "").await.problem(403);
    assert_eq!(stranger.get(ONE).await.json()["phase"], "lobby");
}

#[tokio::test]
async fn the_host_runs_the_conversation() {
    let asker = Asker::new();
    for (verb, phase) in [
        ("start", Value::from("live")),
        ("hold", serde_json::json!({"held": "break"})),
        ("resume", Value::from("live")),
        ("end", Value::from("ended")),
    ] {
        let answer = asker.post(&format!("{ONE}/{verb}"), "host@evening", "").await;
        assert_eq!(answer.json()["phase"], phase, "{verb}");
    }
    assert_eq!(asker.post(&format!("{ONE}/start"), "host@evening", "").await.problem(409), "it is over");
    let operator = Asker::operator();
    assert_eq!(operator.post(&format!("{ONE}/start"), "", "").await.json()["phase"], "live");
}

#[tokio::test]
async fn nobody_else_does() {
    let asker = Asker::new();
    for verb in ["start", "hold", "resume", "end", "tokens"] {
        let path = format!("{ONE}/{verb}");
        let nobody = asker.post(&path, "", "{}").await;
        nobody.problem(401);
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        let forged = asker.post(&path, "forged", "{}").await;
        forged.problem(401);
        assert_eq!(forged.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        assert!(asker.post(&path, "old@evening", "{}").await.problem(401).contains("expired"));
        assert!(asker.post(&path, "host@later", "{}").await.problem(403).contains("another conversation"));
        for role in ["speaker", "producer", "listener"] {
            asker.post(&path, &format!("{role}@evening"), "{}").await.problem(403);
        }
        let basic = [("authorization", "Basic aG9zdDpob3N0")];
        asker.ask(Method::POST, &path, &basic).await.problem(401);
    }
    assert_eq!(asker.get(ONE).await.json()["phase"], "lobby");
}

#[tokio::test]
async fn a_token_comes_with_a_link_whose_fragment_no_server_sees() {
    let body = r#"{"role":"speaker","name":"Anna","seat":"anna","expires_s":60}"#;
    let answer = Asker::new().post(&format!("{ONE}/tokens"), "host@evening", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(answer.json()["link"], format!("http://hall.example:8080/c/evening#t={token}"));
}

#[tokio::test]
async fn everybody_on_stage_mutes_themselves() {
    let asker = Asker::new();
    let path = format!("{ONE}/stage/me");
    for role in ["host", "speaker", "producer"] {
        let answer = asker.post(&path, &format!("{role}@evening"), r#"{"muted":true}"#).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    asker.post(&path, "listener@evening", r#"{"muted":true}"#).await.problem(403);
    asker.post(&path, "", r#"{"muted":true}"#).await.problem(401);
    Asker::operator().post(&path, "", r#"{"muted":true}"#).await.problem(401);
}

#[tokio::test]
async fn a_body_that_cannot_be_used_is_refused_with_the_field() {
    let operator = Asker::operator();
    let path = "/api/v1/conversations";
    let long = "x".repeat(201);
    for (body, named) in [
        (r#"{"slug":"a","strats_ms":5}"#.to_owned(), "strats_ms"),
        ("{}".into(), "slug"),
        (r#"{"slug":"A b"}"#.into(), "slug"),
        (r#"{"slug":5}"#.into(), "string"),
        (r#"{"slug":"a","starts_ms":-1}"#.into(), "-1"),
        (r#"{"slug":"a","starts_ms":1e15}"#.into(), "1000000000000000"),
        (r#"{"slug":"a","starts_ms":999999999999999}"#.into(), "starts_ms"),
        (r#"{"slug":"a","title":" "}"#.into(), "title"),
        (r#"{"slug":"a","title":"two\nlines"}"#.into(), "title"),
        (format!(r#"{{"slug":"a","title":"{long}"}}"#), "title"),
        (r#"["a",null,null]"#.into(), "object"),
        ("5".into(), "5"),
    ] {
        let detail = operator.post(path, "", &body).await.problem(422);
        assert!(detail.contains(named), "{body}: {detail}");
    }
    for no_json in ["", "{", "slug=a", "{\"slug\":\"a\"} trailing", "\u{1f600}"] {
        operator.post(path, "", no_json).await.problem(400);
    }
    for (body, named) in [
        (r#"{"role":"emperor"}"#.to_owned(), "emperor"),
        (r#"{"role":"host","seat":"a b"}"#.into(), "seat"),
        (r#"{"role":"host","expires_s":0}"#.into(), "expires_s"),
        (r#"{"role":"host","expires_s":31622401}"#.into(), "expires_s"),
        (format!(r#"{{"role":"host","name":"{}"}}"#, "x".repeat(81)), "name"),
    ] {
        let detail = operator.post(&format!("{ONE}/tokens"), "", &body).await.problem(422);
        assert!(detail.contains(named), "{body}: {detail}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_or_called_something_else_is_not_read() {
    let operator = Asker::operator();
    let long = format!(r#"{{"slug":"a","title":"{}"}}"#, "x".repeat(100_000));
    operator.post("/api/v1/conversations", "", &long).await.problem(413);
    for kind in ["text/plain", "application/jsonp", ""] {
        let request = Request::post("/api/v1/conversations").header("host", "a").header("content-type", kind);
        operator.send(request.body(Body::from("{\"slug\":\"a\"}")).unwrap()).await.problem(415);
    }
    let request = Request::post("/api/v1/conversations").header("host", "a").body(Body::from("{}")).unwrap();
    operator.send(request).await.problem(415);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let operator = Asker::operator();
    let never = Body::new(http_body_util::StreamBody::new(Silence));
    let request = Request::post("/api/v1/conversations").header("host", "a").header("content-type", "application/json");
    operator.send(request.body(never).unwrap()).await.problem(408);
}

/// A sender that says nothing.
struct Silence;

impl futures_util::Stream for Silence {
    type Item = Result<http_body::Frame<bytes::Bytes>, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there_are_problem_documents() {
    let asker = Asker::new();
    for path in ["/api", "/api/", "/api/v2", "/api/v1/conversations/evening/dance"] {
        asker.get(path).await.problem(404);
    }
    for (method, path) in [
        ("DELETE", ONE),
        ("PUT", "/api/v1/conversations"),
        ("GET", "/api/v1/conversations/evening/end"),
        ("POST", "/"),
        ("POST", "/assets/player.js"),
    ] {
        let answer = asker.ask(method.parse().unwrap(), path, &[]).await;
        assert!(answer.problem(405).contains(method), "{path}");
        assert!(!answer.header("allow").is_empty(), "{path}: {:?}", answer.headers);
    }
}

#[tokio::test]
async fn another_site_may_ask_first() {
    let preflight = [
        ("origin", "https://other.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let answer = Asker::new().ask(Method::OPTIONS, &format!("{ONE}/stage/me"), &preflight).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}
