//! Planning and inviting, asked as browsers ask it, before the desk in memory.

use hustings_link::desk::{Answer, Conversation, Desk, DeskError, NewConversation};
use hustings_link::plans::{Accepted, Boxed, Invitation, InviteError, NewInvitation, NewPlan, PlanError, Plans};
use hustings_schedule::edit::{Announced, Edit};
use hustings_vocab::plan::Visibility;
use hustings_vocab::{AccountId, Phase, Role, Slug};

use super::*;

const ONE: &str = "/api/v1/conversations/evening";

/// Announces in memory: one slug, no series, no keys.
impl Plans for MemoryDesk {
    fn public(&self) -> Answer<'_, Vec<Conversation>> {
        Box::pin(async move {
            let all = self.all()?.clone();
            Ok(all.into_iter().filter(|c| c.plan.visibility == Visibility::Public).collect())
        })
    }

    fn planned_by(&self, _: AccountId, _: Option<Slug>) -> Answer<'_, Vec<Conversation>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn plan(&self, new: NewPlan) -> Answer<'_, Conversation> {
        Box::pin(async move {
            let slug = new.slug.or_else(|| new.title.as_deref().map(hustings_schedule::slug::propose));
            let slug = slug.ok_or_else(|| DeskError::Invalid("a conversation needs a title or a slug".into()))?;
            let plain = NewConversation { slug: slug.clone(), title: new.title, starts_ms: new.starts_ms };
            self.create(plain).await?;
            self.at(slug, |c| {
                c.plan = hustings_vocab::plan::Plan { version: 1, ..new.plan };
                Ok(c.clone())
            })
        })
    }

    fn edit(&self, slug: Slug, version: u64, edit: Edit, _: bool) -> Boxed<'_, Conversation, PlanError> {
        Box::pin(async move {
            let edited = self.at(slug, |c| {
                if c.plan.version != version {
                    return Ok(Err(PlanError::Stale(Box::new(c.clone()))));
                }
                let was = Announced { title: c.title.clone(), starts_ms: c.starts_ms, plan: c.plan.clone() };
                let now = edit.of(&was).map_err(|e| DeskError::Invalid(e.to_string()))?;
                (c.title, c.starts_ms, c.plan) = (now.title, now.starts_ms, now.plan);
                c.plan.version += 1;
                Ok(Ok(c.clone()))
            });
            edited?
        })
    }

    fn call_off(&self, slug: Slug, _: Option<u64>, reason: String, _: bool) -> Boxed<'_, Conversation, PlanError> {
        Box::pin(async move {
            Ok(self.at(slug, |c| {
                c.phase = Phase::Cancelled;
                c.plan.reason = reason;
                c.plan.version += 1;
                Ok(c.clone())
            })?)
        })
    }

    fn open_now(&self, slug: Slug) -> Answer<'_, Conversation> {
        Box::pin(async move { self.at(slug, |c| Ok(c.clone())) })
    }

    fn own(&self, _: Slug, _: AccountId) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn invitations(&self, _: Slug) -> Answer<'_, Vec<Invitation>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn invite(&self, _: Slug, new: NewInvitation) -> Answer<'_, (Invitation, String)> {
        Box::pin(async move { Ok((of(new), "S3cret".into())) })
    }

    fn withdraw(&self, _: Slug, _: String) -> Boxed<'_, Invitation, InviteError> {
        Box::pin(async {
            let new = NewInvitation {
                role: Role::Speaker,
                label: String::new(),
                name: String::new(),
                uses_max: Some(1),
                expires_s: None,
                email: None,
                by: String::new(),
            };
            Ok(Invitation { revoked_ms: Some(5), ..of(new) })
        })
    }

    fn accept(&self, _: Slug, secret: String, name: Option<String>) -> Boxed<'_, Accepted, InviteError> {
        Box::pin(async move {
            match secret.as_str() {
                "withdrawn" => Err(InviteError::Over("a host has withdrawn this invitation; ask for a new link")),
                "right" => {
                    let name = name.ok_or(InviteError::Nameless)?;
                    let (token, seat) = ("speaker@evening".into(), "guest-1".parse().unwrap());
                    Ok(Accepted { token, seat, name, role: Role::Speaker })
                }
                _ => Err(InviteError::NoSuch),
            }
        })
    }
}

fn of(new: NewInvitation) -> Invitation {
    let NewInvitation { role, label, name, uses_max, .. } = new;
    Invitation {
        id: "i1".into(),
        role,
        label,
        name,
        uses_max,
        uses: 0,
        expires_ms: None,
        revoked_ms: None,
        created_ms: 1,
    }
}

async fn patch(asker: &Asker, tag: &str, json: &str) -> Answered {
    let request =
        Request::patch(ONE).header("host", "hall.example:8080").header("authorization", "Bearer host@evening");
    let mut request = request.header("content-type", "application/json");
    if !tag.is_empty() {
        request = request.header("if-match", tag);
    }
    asker.send(request.body(Body::from(json.to_owned())).unwrap()).await
}

#[tokio::test]
async fn what_is_planned_is_shown_as_it_is_meant() {
    let body = r#"{"title":"Wer zahlt für die Brücke?","starts_at":"2026-11-24T20:00","zone":"Europe/Berlin","length_min":90,
        "description":"One\r\nTwo","language":"de","tags":["bridges","bridges"],"visibility":"unlisted",
        "guests":[{"name":"Ada","affiliation":"A house","interests":"owns shares"}]}"#;
    let operator = Asker::operator();
    let made = operator.post("/api/v1/conversations", "", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("etag"), "\"1\"");
    let facts = made.json();
    assert_eq!(facts["slug"], "wer-zahlt-fuer-die-bruecke");
    assert_eq!(facts["starts_ms"], 1_795_546_800_000_u64);
    assert_eq!(facts["starts_at"], "2026-11-24T20:00+01:00");
    assert_eq!(facts["doors_ms"], 1_795_546_800_000_u64 - 900_000);
    assert_eq!((&facts["description"], &facts["tags"][0]), (&"One\nTwo".into(), &"bridges".into()));
    assert_eq!(facts["guests"][0]["interests"], "owns shares");
    assert!(!Asker { operator: false, ..operator }.get("/").await.text.contains("bruecke"), "it is not listed");
}

#[tokio::test]
async fn a_plan_that_cannot_be_is_refused_with_the_field() {
    let operator = Asker::operator();
    let long = "x".repeat(4001);
    let many: Vec<_> = (0..9).map(|n| n.to_string()).collect();
    for (body, named) in [
        (r#"{"title":"x","starts_at":"2026-03-29T02:30","zone":"Europe/Berlin"}"#.to_owned(), "01:59 or 03:00"),
        (r#"{"title":"x","starts_at":"2026-10-25T02:30","zone":"Europe/Berlin"}"#.into(), "2026-10-25T02:30+01:00"),
        (r#"{"title":"x","starts_at":"soon","zone":"Europe/Berlin"}"#.into(), "soon"),
        (r#"{"title":"x","starts_at":"2026-11-24T20:00","zone":"Berlin"}"#.into(), "IANA"),
        (r#"{"title":"x","starts_at":"2026-11-24T20:00","starts_ms":5}"#.into(), "starts_ms"),
        (r#"{"title":"a\u202Eb"}"#.into(), "title holds a character that turns"),
        (r#"{"title":"\u200B"}"#.into(), "title holds a character that cannot be seen"),
        (format!(r#"{{"title":"x","description":"{long}"}}"#), "4000"),
        (serde_json::json!({"title": "x", "tags": many}).to_string(), "8 tags"),
        (r#"{"title":"x","guests":[{"name":""}]}"#.into(), "guest's name"),
        (r#"{"title":"x","guests":[{"name":"a","cv":"b"}]}"#.into(), "cv"),
        (r#"{"title":"x","language":"english please"}"#.into(), "language"),
        (r#"{"title":"x","visibility":"secret"}"#.into(), "secret"),
        (r#"{"title":"x","length_min":1441}"#.into(), "length_min"),
        (r#"{"title":"x","repeats":{"every":"week","count":3}}"#.into(), "needs a start"),
        (r#"{"title":"x","starts_ms":5,"repeats":{"every":"week","count":53}}"#.into(), "count"),
        (r#"{"title":"x","starts_ms":5,"stays":true}"#.into(), "room"),
    ] {
        let detail = operator.post("/api/v1/conversations", "", &body).await.problem(422);
        assert!(detail.contains(named), "{body:.100}: {detail}");
    }
}

#[tokio::test]
async fn who_edits_what_somebody_else_has_changed_is_told_what_it_is_now() {
    let asker = Asker::new();
    assert_eq!(asker.get(ONE).await.header("etag"), "\"1\"");
    assert!(patch(&asker, "", "{}").await.problem(428).contains("If-Match"));
    let first = patch(&asker, "\"1\"", r#"{"title":"First"}"#).await;
    assert_eq!((first.status, first.header("etag")), (StatusCode::OK, "\"2\""), "{}", first.text);
    let late = patch(&asker, "\"1\"", r#"{"title":"Late"}"#).await;
    assert!(late.problem(412).contains("nothing was saved"));
    assert_eq!(late.json()["current"]["title"], "First");
    assert_eq!(late.json()["current"]["version"], 2);
    for wrong in ["*", "2", "W/\"2\"", "\"0\"", "\"x\""] {
        patch(&asker, wrong, "{}").await.problem(400);
    }
    patch(&asker, "\"2\"", r#"{"titel":"x"}"#).await.problem(422);
    assert_eq!(patch(&asker, "\"2\"", r#"{"tags":["a"]}"#).await.json()["title"], "First");
}

#[tokio::test]
async fn a_reason_is_given_or_not() {
    let off = Asker::new().post(&format!("{ONE}/cancel"), "host@evening", r#"{"reason":"The hall is flooded"}"#).await;
    assert_eq!((&off.json()["phase"], &off.json()["reason"]), (&"cancelled".into(), &"The hall is flooded".into()));
    assert_eq!(Asker::new().post(&format!("{ONE}/cancel"), "host@evening", "").await.status, StatusCode::OK);
    Asker::new().post(&format!("{ONE}/cancel"), "host@evening", "{").await.problem(400);
}

#[tokio::test]
async fn what_is_for_the_invited_is_not_there_for_others() {
    let asker = Asker::new();
    patch(&asker, "\"1\"", r#"{"visibility":"invited"}"#).await;
    asker.get(ONE).await.problem(404);
    asker.get("/c/evening/calendar.ics").await.problem(404);
    let page = asker.ask(Method::GET, "/c/evening", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("\"sealed\":true") && page.text.contains("for invited guests"), "{}", page.text);
    assert!(!page.text.contains("evening & more") && !page.text.contains("live.ogg"));
    for token in ["listener@evening", "producer@evening", "host@evening"] {
        let seen = asker.ask(Method::GET, ONE, &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!(seen.json()["slug"], "evening");
        assert_eq!(seen.json()["may_edit"] == true, token.starts_with("host"));
        assert_eq!(seen.json()["may_produce"] == true, token.starts_with("producer"));
    }
    asker.ask(Method::GET, ONE, &[("authorization", "Bearer host@later")]).await.problem(404);
    let listed = asker.get("/api/v1/conversations").await.json();
    assert_eq!(listed["conversations"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_invitation_is_a_link_whose_secret_no_server_sees() {
    let asker = Asker::new();
    let path = format!("{ONE}/invitations");
    let made = asker.post(&path, "cohost@evening", r#"{"role":"speaker","label":"Ada"}"#).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json()["link"], "http://hall.example:8080/c/evening#i=S3cret");
    assert_eq!(made.json()["uses_max"], 1);
    asker.post(&path, "cohost@evening", r#"{"role":"host"}"#).await.problem(403);
    let shared = asker.post(&path, "host@evening", r#"{"role":"host","uses_max":0}"#).await;
    assert_eq!(shared.json().get("uses_max"), None);
    for (body, named) in
        [(r#"{"role":"speaker","uses_max":1001}"#, "uses_max"), (r#"{"role":"speaker","name":"a\nb"}"#, "name")]
    {
        assert!(asker.post(&path, "host@evening", body).await.problem(422).contains(named));
    }
    assert_eq!(asker.post(&format!("{path}/i1/revoke"), "host@evening", "").await.json()["revoked_ms"], 5);
}

#[tokio::test]
async fn who_accepts_says_a_name_and_who_guesses_waits() {
    let asker = Asker::new();
    let path = format!("{ONE}/invitations/accept");
    assert!(asker.post(&path, "", r#"{"secret":"right"}"#).await.problem(422).contains("name"));
    let accepted = asker.post(&path, "", r#"{"secret":"right","name":" Ada "}"#).await.json();
    assert_eq!((&accepted["name"], &accepted["role"]), (&"Ada".into(), &"speaker".into()));
    asker.post(&path, "", r#"{"secret":"withdrawn","name":"Ada"}"#).await.problem(410);
    asker.post(&path, "", r#"{"secret":"right","name":"a\u202Eb"}"#).await.problem(422);
    for _ in 0..hustings_vocab::limits::GUESSES_PER_MINUTE_MAX {
        asker.post(&path, "", r#"{"secret":"wrong","name":"Eve"}"#).await.problem(404);
    }
    let wait = asker.post(&path, "", r#"{"secret":"right","name":"Eve"}"#).await;
    wait.problem(429);
    assert!(!wait.header("retry-after").is_empty());
}

#[tokio::test]
async fn calendars_follow() {
    let asker = Asker::new();
    let entry = asker.get("/c/evening/calendar.ics").await;
    assert_eq!(entry.header("content-type"), "text/calendar; charset=utf-8");
    assert!(entry.text.contains("UID:evening@hall.example\r\n"), "{}", entry.text);
    assert!(entry.text.contains("SEQUENCE:0\r\n"));
    asker.post(&format!("{ONE}/cancel"), "host@evening", r#"{"reason":"Flooded"}"#).await;
    let feed = asker.get("/calendar.ics").await.text;
    assert_eq!(feed.matches("BEGIN:VEVENT").count(), 3);
    assert!(feed.contains("STATUS:CANCELLED\r\n") && feed.contains("SEQUENCE:1\r\n"), "{feed}");
    asker.get("/c/nowhere/calendar.ics").await.problem(404);
}
