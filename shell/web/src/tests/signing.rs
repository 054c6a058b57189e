//! Signing in and what it lets one do: cookies, other sites' requests, and what an operator is asked for.

use super::*;

const JSON: (&str, &str) = ("content-type", "application/json");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn ask(asker: &Asker, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answered {
    let mut request = Request::builder().method(method).uri(path).header("host", "hall.example:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    asker.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

fn over_tls() -> Asker {
    let known = |port: u16| Address::Known(format!("https://hall.example:{port}").parse().unwrap());
    Asker::with(LinkConfig {
        scheme: Scheme::Https,
        public: Address::Known("https://hall.example".parse().unwrap()),
        stage: known(8081),
        audience: known(8083),
        aac: true,
        tickets: false,
    })
}

const RIGHT: &str = r#"{"handle":"bo","password":"right"}"#;

#[tokio::test]
async fn a_sign_in_brings_a_fresh_cookie_that_no_script_reads() {
    let asker = Asker::new();
    let first = ask(&asker, "POST", "/api/v1/sign-in/password", &[JSON, OURS], RIGHT).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let cookie = first.header("set-cookie").to_owned();
    assert!(cookie.starts_with("hustings=fresh-2; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000"), "{cookie}");
    assert!(!cookie.contains("Secure") && !first.text.contains("fresh-2"), "{cookie} {}", first.text);
    assert_eq!(first.header("cache-control"), "no-store");
    let again = [JSON, OURS, ("cookie", "hustings=fresh-2")];
    let second = ask(&asker, "POST", "/api/v1/sign-in/link", &again, r#"{"secret":"good"}"#).await;
    assert!(second.header("set-cookie").starts_with("hustings=fresh-3"), "{}", second.header("set-cookie"));
    let me = ask(&asker, "GET", "/api/v1/me", &[("cookie", "hustings=fresh-2")], "").await;
    assert_eq!(me.json(), serde_json::json!({}), "the session before it has ended");
    let me = ask(&asker, "GET", "/api/v1/me", &[("cookie", "a=b; hustings=fresh-3")], "").await;
    assert_eq!(me.json()["account"]["handle"], "bo");
    let out = ask(&asker, "POST", "/api/v1/sign-out", &[OURS, ("cookie", "hustings=fresh-3")], "").await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let me = ask(&asker, "GET", "/api/v1/me", &[("cookie", "hustings=fresh-3")], "").await;
    assert_eq!(me.json(), serde_json::json!({}));
}

#[tokio::test]
async fn over_tls_only_the_cookie_counts_that_nobody_else_can_set() {
    let asker = over_tls();
    let done = ask(&asker, "POST", "/api/v1/sign-in/password", &[JSON, OURS], RIGHT).await;
    let cookie = done.header("set-cookie");
    assert!(cookie.starts_with("__Host-hustings=fresh-2; Path=/;") && cookie.ends_with("; Secure"), "{cookie}");
    for (cookie, known) in [("__Host-hustings=bo-session", true), ("hustings=bo-session", false)] {
        let answer = ask(&asker, "GET", "/api/v1/me/sessions", &[("cookie", cookie)], "").await;
        assert_eq!(answer.status == StatusCode::OK, known, "{cookie}");
    }
}

#[tokio::test]
async fn another_site_signs_nobody_in_and_does_nothing_in_ones_name() {
    let asker = Asker::new();
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    for from in elsewhere {
        let with = |more: &[(&'static str, &'static str)]| [from, more].concat();
        let answer = ask(&asker, "POST", "/api/v1/sign-in/password", &with(&[JSON]), RIGHT).await;
        answer.problem(403);
        assert_eq!(answer.header("set-cookie"), "");
        let cookie = ("cookie", "hustings=ann-session");
        ask(&asker, "POST", "/api/v1/sign-out", &with(&[cookie]), "").await.problem(403);
        let because = r#"{"reason":"x"}"#;
        ask(&asker, "POST", "/api/v1/accounts/bo/suspend", &with(&[JSON, cookie]), because).await.problem(401);
        ask(&asker, "DELETE", "/api/v1/me/sessions", &with(&[cookie]), "").await.problem(401);
    }
    for ours in [&[OURS][..], &[("origin", "http://hall.example:8080")], &[]] {
        let with = [ours, &[JSON, ("cookie", "hustings=ann-session")]].concat();
        let answer = ask(&asker, "POST", "/api/v1/accounts/bo/suspend", &with, r#"{"reason":"x"}"#).await;
        assert_eq!(answer.status, StatusCode::OK, "{ours:?} {}", answer.text);
    }
    // A form of another site can send text, but not JSON.
    let form = [("content-type", "text/plain"), OURS];
    ask(&asker, "POST", "/api/v1/sign-in/password", &form, RIGHT).await.problem(415);
}

#[tokio::test]
async fn who_is_refused_hears_the_same_and_who_is_slowed_down_when_to_come() {
    let asker = Asker::new();
    let sign_in = async |body: &str| ask(&asker, "POST", "/api/v1/sign-in/password", &[JSON, OURS], body).await;
    let wrong = sign_in(r#"{"handle":"bo","password":"wrong"}"#).await;
    let nobody = sign_in(r#"{"handle":"nobody","password":"wrong"}"#).await;
    assert_eq!((wrong.status.as_u16(), &wrong.text), (401, &nobody.text));
    let slow = sign_in(r#"{"handle":"slow","password":"x"}"#).await;
    assert!(slow.problem(429).contains("7 s"));
    assert_eq!(slow.header("retry-after"), "7");
    assert_eq!(sign_in(r#"{"handle":"busy","password":"x"}"#).await.header("retry-after"), "2");
    sign_in(r#"{"handle":"bo"}"#).await.problem(422);
    sign_in(r#"{"handle":"bo","password":"right","next":"//evil.example"}"#).await.problem(422);
    let long = format!(r#"{{"handle":"bo","password":"{}"}}"#, "x".repeat(70_000));
    sign_in(&long).await.problem(413);
}

#[tokio::test]
async fn an_operator_gives_a_reason_and_leaves_their_own_account_alone() {
    let asker = Asker::new();
    let post = async |who: &str, path: &str, body: &str| {
        let cookie = format!("hustings={who}-session");
        ask(&asker, "POST", &format!("/api/v1/accounts{path}"), &[JSON, OURS, ("cookie", &cookie)], body).await
    };
    post("bo", "/ann/suspend", r#"{"reason":"x"}"#).await.problem(403);
    for bad in [r#"{}"#, r#"{"reason":" "}"#, "{\"reason\":\"a\u{202e}b\"}", "{\"reason\":\"a\\u0000b\"}"] {
        post("ann", "/bo/suspend", bad).await.problem(422);
    }
    post("ann", "/bo/suspend", &format!(r#"{{"reason":"{}"}}"#, "x".repeat(501))).await.problem(422);
    post("ann", "/nobody/suspend", r#"{"reason":"x"}"#).await.problem(404);
    for (path, body) in [("/ann/suspend", r#"{"reason":"x"}"#), ("/ann-id/role", r#"{"role":"member"}"#)] {
        assert!(post("ann", path, body).await.problem(409).contains("your own account"));
    }
    let done = post("ann", "/bo/suspend", r#"{"reason":" abuse "}"#).await;
    assert_eq!(done.json()["suspended"]["reason"], "abuse");
    let (act, actor) = asker.accounts.acts.lock().unwrap().last().cloned().unwrap();
    assert_eq!((act.as_str(), actor.name.as_str(), actor.reason.as_str()), ("suspend", "account:ann-id", "abuse"));
    let made = post("ann", "", r#"{"handle":"cem","role":"host"}"#).await;
    assert_eq!(made.json()["link"], "http://hall.example:8080/account#link=LINK");
    for bad in [
        r#"{"handle":"Cem"}"#,
        r#"{"handle":""}"#,
        r#"{"handle":"cem","email":"x"}"#,
        r#"{"handle":"cem","role":"king"}"#,
    ] {
        post("ann", "", bad).await.problem(422);
    }
}

#[tokio::test]
async fn the_log_comes_as_pages_and_as_lines() {
    let asker = Asker::new();
    let cookie = [("cookie", "hustings=ann-session")];
    let page = ask(&asker, "GET", "/api/v1/audit?act=account.create", &cookie, "").await.json();
    assert_eq!((&page["acts"][0]["details"]["role"], page.get("next")), (&"member".into(), None));
    ask(&asker, "GET", "/api/v1/audit?until=now", &cookie, "").await.problem(400);
    let lines = ask(&asker, "GET", "/api/v1/audit.ndjson?after=0", &cookie, "").await;
    assert_eq!((lines.text.lines().count(), lines.header("content-type")), (1, "application/x-ndjson"));
    assert_eq!(ask(&asker, "GET", "/api/v1/audit/verified", &cookie, "").await.json()["whole"], true);
    ask(&asker, "GET", "/api/v1/audit", &[("cookie", "hustings=bo-session")], "").await.problem(403);
    let none = ask(&asker, "GET", "/api/v1/accounts?prefix=%3Cscript%3E", &cookie, "").await;
    assert_eq!(none.json(), serde_json::json!({ "accounts": [] }));
}

#[tokio::test]
async fn a_profile_and_a_passkey_have_names_that_can_be_read() {
    let asker = Asker::new();
    let with = [JSON, OURS, ("cookie", "hustings=bo-session")];
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(81));
    for bad in [r#"{"name":""}"#, "{\"name\":\"a\u{200b}\"}", &long, r#"{"name":"Bo","role":"operator"}"#] {
        ask(&asker, "PUT", "/api/v1/me/profile", &with, bad).await.problem(422);
    }
    let done = ask(&asker, "PUT", "/api/v1/me/profile", &with, r#"{"name":" Bo Lee ","affiliation":""}"#).await;
    assert_eq!(done.json()["name"], "Bo Lee");
    let key = r#"{"ceremony":"c","name":"Phone","answer":{}}"#;
    let made = ask(&asker, "POST", "/api/v1/me/passkeys", &with, key).await;
    assert!(made.status == StatusCode::CREATED && !made.text.contains("SECRET"), "{}", made.text);
    let question = ask(&asker, "POST", "/api/v1/sign-in/passkey/question", &[OURS], "").await;
    assert_eq!(question.json()["options"]["origin"], "http://hall.example:8080");
}

#[tokio::test]
async fn the_pages_are_the_same_for_everybody() {
    let asker = Asker::new();
    for path in ["/account", "/people"] {
        let nobody = asker.get(path).await;
        let ann = ask(&asker, "GET", path, &[("cookie", "hustings=ann-session")], "").await;
        assert_eq!((nobody.status, &nobody.text), (StatusCode::OK, &ann.text));
        assert_eq!(nobody.header("referrer-policy"), "no-referrer");
    }
}
