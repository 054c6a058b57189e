//! Reports and cases, asked over HTTP: who may, what is refused, and what those concerned are not told.

use std::sync::Mutex;

use hustings_cases::{Category, Decision, State};
use hustings_link::accounts::Actor;
use hustings_link::cases::{
    Case, Cases, CasesError, Concerned, Deed, Pinned, PinnedTrack, Report, Reported, Ruled, Ruling, Settled, Subject,
    Wanted,
};
use hustings_vocab::AccountId;

use super::*;

/// One case, and what was asked of it.
#[derive(Default)]
pub(super) struct MemoryCases {
    reports: Mutex<Vec<Report>>,
    acts: Mutex<Vec<(String, Actor)>>,
    names: Mutex<Vec<String>>,
}

fn case() -> Case {
    let seat = "a-bo-id".parse().unwrap();
    let track = PinnedTrack { seat, name: "Bo".into() };
    let text = |text: &str| text.to_owned();
    let ruling = Ruling {
        decision: Decision::Removed,
        territory: Vec::new(),
        days: None,
        reasons: text("internal reasons"),
        statement: text("You were removed"),
    };
    Case {
        id: "c1".into(),
        slug: "evening".parse().unwrap(),
        subject: Subject::Speaker("a-bo-id".parse().unwrap()),
        name: "Bo".into(),
        account: Some("bo-id".parse().unwrap()),
        text: String::new(),
        moment_ms: 1_800_000_000_000,
        category: Category::Hate,
        reports: 3,
        state: State::Ruled,
        opened_ms: 1_800_000_000_000,
        pinned: Some(Pinned { from_ms: 1, until_ms: 2, tracks: vec![track] }),
        unpinned_ms: None,
        deeds: Vec::new(),
        ruled: Some(Ruled { ruling, by: text("account:mia"), at_ms: 1, ends_ms: None, appeal_until_ms: u64::MAX }),
        appeal: None,
    }
}

impl MemoryCases {
    fn one(&self, id: &str) -> Result<Case, CasesError> {
        if id == "c1" { Ok(case()) } else { Err(CasesError::Unknown("case of that name".into())) }
    }

    fn done(&self, what: String, by: Actor) {
        self.acts.lock().unwrap().push((what, by));
    }
}

impl Cases for MemoryCases {
    fn report(&self, report: Report) -> Settled<'_, ()> {
        Box::pin(async move {
            let mut all = self.reports.lock().unwrap();
            if all.len() == 2 {
                return Err(CasesError::Slow(60));
            }
            all.push(report);
            Ok(())
        })
    }

    fn list(&self, _: Wanted, _: u64) -> Settled<'_, Vec<Case>> {
        Box::pin(async { Ok(vec![case()]) })
    }

    fn find(&self, id: String) -> Settled<'_, (Case, Vec<Reported>)> {
        Box::pin(async move {
            Ok((self.one(&id)?, vec![Reported { category: Category::Hate, said: "He shouts".into(), at_ms: 1 }]))
        })
    }

    fn track(&self, id: String, number: usize, by: Actor) -> Settled<'_, Vec<u8>> {
        Box::pin(async move {
            self.one(&id)?;
            self.done(format!("track {number}"), by);
            Ok(b"OggS".to_vec())
        })
    }

    fn act(&self, id: String, deed: Deed, by: Actor) -> Settled<'_, Case> {
        Box::pin(async move {
            self.done(deed.name().into(), by);
            self.one(&id)
        })
    }

    fn rule(&self, id: String, ruling: Ruling, by: Actor) -> Settled<'_, (Case, String)> {
        Box::pin(async move {
            self.done(format!("{:?} {:?}", ruling.territory, ruling.days), by);
            Ok((self.one(&id)?, "secret".into()))
        })
    }

    fn decide(&self, id: String, _: bool, _: Actor) -> Settled<'_, Case> {
        Box::pin(async move { self.one(&id) })
    }

    fn concerning(&self, who: Concerned) -> Settled<'_, Vec<Case>> {
        let theirs = who == Concerned::Account("bo-id".parse().unwrap()) || who == Concerned::Secret("secret".into());
        Box::pin(async move { Ok(if theirs { vec![case()] } else { Vec::new() }) })
    }

    fn appeal(&self, _: Concerned, id: String, _: String) -> Settled<'_, Case> {
        Box::pin(async move { self.one(&id) })
    }

    fn blocked(&self, _: AccountId) -> Settled<'_, Vec<String>> {
        Box::pin(async { Ok(self.names.lock().unwrap().clone()) })
    }

    fn block(&self, _: AccountId, names: Vec<String>) -> Settled<'_, ()> {
        Box::pin(async move {
            *self.names.lock().unwrap() = names;
            Ok(())
        })
    }
}

const REPORTS: &str = "/api/v1/conversations/evening/reports";

impl Asker {
    async fn signed(&self, method: &str, path: &str, session: &str, json: &str) -> Answered {
        let request = Request::builder().method(method).uri(path).header("host", "hall.example:8080");
        let request = request.header("cookie", format!("hustings={session}"));
        let request = request.header("content-type", "application/json");
        self.send(request.body(Body::from(json.to_owned())).unwrap()).await
    }
}

#[tokio::test]
async fn anybody_reports_and_a_flood_is_asked_to_wait() {
    let asker = Asker::new();
    for (json, status) in [
        (r#"{"category":"hate","seat":"bo","line":3}"#, 422),
        (r#"{"category":"majority"}"#, 422),
        ("{\"category\":\"hate\",\"text\":\"a\u{202e}b\"}", 422),
        (r#"{"seat":"bo"}"#, 422),
        ("{", 400),
        (r#"{"category":"hate","seat":"bo","text":"He shouts","heard_ms":5}"#, 202),
        (r#"{"category":"other","line":7}"#, 202),
        (r#"{"category":"other"}"#, 429),
    ] {
        let answer = asker.post(REPORTS, "", json).await;
        assert_eq!(answer.status.as_u16(), status, "{json}: {}", answer.text);
        if status == 429 {
            assert_eq!(answer.header("retry-after"), "60");
        }
    }
    let unknown = asker.post("/api/v1/conversations/nowhere/reports", "", r#"{"category":"hate"}"#).await;
    unknown.problem(404);
}

#[tokio::test]
async fn moderators_alone_read_cases_and_hear_tracks() {
    let asker = Asker::new();
    for path in ["/api/v1/cases", "/api/v1/cases/c1", "/api/v1/cases/c1/tracks/0"] {
        asker.get(path).await.problem(401);
        asker.signed("GET", path, "bo-session", "").await.problem(403);
        assert_eq!(asker.signed("GET", path, "ann-session", "").await.status, 200, "{path}");
    }
    let file = asker.signed("GET", "/api/v1/cases/c1", "ann-session", "").await.json();
    assert_eq!(file["case"]["pinned"]["tracks"][0]["href"], "/api/v1/cases/c1/tracks/0");
    assert_eq!(file["reports"][0]["text"], "He shouts");
    let sound = asker.signed("GET", "/api/v1/cases/c1/tracks/0", "ann-session", "").await;
    assert_eq!((sound.header("content-type"), sound.header("cache-control")), ("audio/ogg", "no-store"));
    asker.signed("GET", "/api/v1/cases/c9", "ann-session", "").await.problem(404);
    asker.signed("GET", "/api/v1/cases/c1/tracks/x", "ann-session", "").await.problem(404);
}

#[tokio::test]
async fn a_ruling_is_checked_and_has_a_link_for_whom_it_concerns() {
    let asker = Asker::new();
    let path = "/api/v1/cases/c1/ruling";
    let whole = |more: &str| format!(r#"{{"decision":"removed","reasons":"R","statement":"S"{more}}}"#);
    for more in [r#","territory":["de"]"#, r#","territory":["DEU"]"#, r#","days":0"#, r#","days":731"#, r#","x":1"#] {
        asker.signed("POST", path, "ann-session", &whole(more)).await.problem(422);
    }
    let made = asker.signed("POST", path, "ann-session", &whole(r#","territory":["DE"],"days":7"#)).await.json();
    assert_eq!(made["link"], "http://hall.example:8080/cases#ruling=secret");
    let act = asker.signed("POST", "/api/v1/cases/c1/acts", "ann-session", r#"{"act":"remove","reason":" "}"#).await;
    act.problem(422);
    let act = asker.signed("POST", "/api/v1/cases/c1/acts", "ann-session", r#"{"act":"ban","reason":"x"}"#).await;
    act.problem(422);
}

#[tokio::test]
async fn whom_it_concerns_reads_the_statement_and_not_who_wrote_it() {
    let asker = Asker::new();
    let by_session = asker.signed("GET", "/api/v1/me/rulings", "bo-session", "").await;
    let by_link = asker.post("/api/v1/rulings/read", "", r#"{"secret":"secret"}"#).await;
    for answer in [by_session, by_link] {
        let one = &answer.json()["rulings"][0];
        assert_eq!(
            (one["may_appeal"].as_bool(), one["ruling"]["statement"].as_str()),
            (Some(true), Some("You were removed"))
        );
        for hidden in ["internal", "mia", "He shouts", "tracks", "\"reports\""] {
            assert!(!answer.text.contains(hidden), "{hidden} in {}", answer.text);
        }
    }
    let nobodys = asker.signed("GET", "/api/v1/me/rulings", "ann-session", "").await.json();
    assert_eq!(nobodys["rulings"], serde_json::json!([]));
    let path = "/api/v1/me/rulings/c1/appeal";
    assert_eq!(asker.signed("POST", path, "bo-session", r#"{"text":"It was not me"}"#).await.status, 200);
    asker.signed("POST", path, "bo-session", r#"{"text":""}"#).await.problem(422);
    asker.signed("POST", "/api/v1/me/rulings/c9/appeal", "bo-session", r#"{"text":"x"}"#).await.problem(404);
}

#[tokio::test]
async fn an_account_keeps_its_blocked_names() {
    let asker = Asker::new();
    let path = "/api/v1/me/blocked";
    asker.get(path).await.problem(401);
    let set = asker.signed("PUT", path, "bo-session", r#"{"names":[" Zoe "]}"#).await;
    assert_eq!(set.status, 200, "{}", set.text);
    assert_eq!(asker.signed("GET", path, "bo-session", "").await.json()["names"], serde_json::json!(["Zoe"]));
    let many = format!(r#"{{"names":{:?}}}"#, vec!["n"; 191]);
    asker.signed("PUT", path, "bo-session", &many).await.problem(422);
}
