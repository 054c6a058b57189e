//! Programs of others: keys within their scopes, and webhooks that are seen by their owners alone.

use std::sync::Mutex;

use hustings_link::accounts::{AccountsError, Told};
use hustings_link::api_keys::{ApiKey, ApiKeys, Bearer, NewApiKey};
use hustings_link::people::Person;
use hustings_link::webhooks::{Delivery, Fate, NewWebhook, Owner, Webhook, Webhooks};
use hustings_vocab::{AccountId, Occasion, Scope, SiteRole};

use super::*;
use crate::rights::{RIGHTS, Standing};
use crate::scopes::{Needs, needs};

/// `hk_ann`, `hk_mo`, `hk_pat`, `hk_bo`: keys for everything, of an operator, a moderator, a host and a member; `hk_ann+stage` for that scope alone.
#[derive(Default)]
pub(super) struct MemoryPrograms {
    hooks: Mutex<Vec<Webhook>>,
}

fn bearer(secret: &str) -> Option<Bearer> {
    let rest = secret.strip_prefix("hk_")?;
    let (name, scopes) = rest.split_once('+').unwrap_or((rest, ""));
    let role = match name {
        "ann" => SiteRole::Operator,
        "bo" => SiteRole::Member,
        "pat" => SiteRole::Host,
        "mo" => SiteRole::Moderator,
        _ => return None,
    };
    let scopes = if scopes.is_empty() {
        Scope::ALL.to_vec()
    } else {
        scopes.split('+').map(|s| Scope::named(s).unwrap()).collect()
    };
    let person = Person { id: format!("{name}-id").parse().unwrap(), name: name.into(), role };
    Some(Bearer { person, key: "k".into(), scopes })
}

impl ApiKeys for MemoryPrograms {
    fn bearer(&self, secret: String) -> Told<'_, Option<Bearer>> {
        Box::pin(async move { Ok(bearer(&secret)) })
    }

    fn list(&self, _: AccountId) -> Told<'_, Vec<ApiKey>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn make(&self, account: AccountId, new: NewApiKey) -> Told<'_, (ApiKey, String)> {
        let NewApiKey { name, scopes, expires_s } = new;
        let expires_ms = expires_s.map(|s| s * 1000);
        let key = ApiKey { id: "k".into(), account, name, scopes, created_ms: 1, expires_ms, used_ms: None };
        Box::pin(async move { Ok((key, "hk_secret".into())) })
    }

    fn revoke(&self, _: AccountId, id: String) -> Told<'_, ()> {
        let known = id == "k";
        Box::pin(async move { if known { Ok(()) } else { Err(AccountsError::Unknown("key of that name".into())) } })
    }
}

fn message(id: &str) -> Delivery {
    Delivery {
        id: id.into(),
        occasion: Occasion::Test,
        body: "{\"type\":\"webhook.test\"}".into(),
        fate: Fate::Waiting,
        tries: 0,
        created_ms: 1,
        due_ms: Some(1),
        answer: None,
    }
}

impl Webhooks for MemoryPrograms {
    fn list(&self, owner: Owner) -> Told<'_, Vec<Webhook>> {
        let all = self.hooks.lock().unwrap().iter().filter(|w| w.owner == owner).cloned().collect();
        Box::pin(async move { Ok(all) })
    }

    fn make(&self, new: NewWebhook, _: String) -> Told<'_, (Webhook, String)> {
        let NewWebhook { owner, url, occasions } = new;
        let mut all = self.hooks.lock().unwrap();
        let id = format!("w{}", all.len());
        let made = Webhook { id, owner, url, occasions, created_ms: 1, waiting: 0, dropped: 0 };
        all.push(made.clone());
        Box::pin(async move { Ok((made, "whsec_x".into())) })
    }

    fn find(&self, id: String) -> Told<'_, Webhook> {
        let found = self.hooks.lock().unwrap().iter().find(|w| w.id == id).cloned();
        Box::pin(async move { found.ok_or(AccountsError::Unknown("webhook of that name".into())) })
    }

    fn remove(&self, id: String, _: String) -> Told<'_, ()> {
        self.hooks.lock().unwrap().retain(|w| w.id != id);
        Box::pin(async { Ok(()) })
    }

    fn deliveries(&self, _: String) -> Told<'_, Vec<Delivery>> {
        Box::pin(async { Ok(vec![message("m")]) })
    }

    fn again(&self, _: String, delivery: String) -> Told<'_, Delivery> {
        Box::pin(async move { Ok(message(&delivery)) })
    }

    fn test(&self, _: String) -> Told<'_, Delivery> {
        Box::pin(async { Ok(message("t")) })
    }
}

/// A path of the table with names in it.
fn path_of(right: &crate::rights::Right) -> String {
    let path = right.path.replace("{slug}", "evening");
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

/// Every operation by a key of each scope alone, of an account of each role: it is allowed exactly if the account has the
/// right and the scope is the one that the operation needs.
#[tokio::test]
async fn a_key_does_what_its_account_may_and_its_scope_names() {
    for right in RIGHTS {
        let path = path_of(right);
        for (name, role) in [
            ("ann", SiteRole::Operator),
            ("mo", SiteRole::Moderator),
            ("pat", SiteRole::Host),
            ("bo", SiteRole::Member),
        ] {
            for scope in Scope::ALL {
                let standings = Standing::of_site_role(role);
                let may = right.may.contains(&Standing::Anybody) || right.may.iter().any(|s| standings.contains(s));
                let named = match needs(right.method, right.path) {
                    Needs::Nothing => true,
                    Needs::Scope(needed) => needed == scope,
                    Needs::Session => false,
                };
                let secret = format!("hk_{name}+{scope}");
                let answer = Asker::new().method(right.method, &path, &secret, "{").await;
                let refused = matches!(answer.status.as_u16(), 401 | 403);
                let case = format!("{} {} by {secret}: {}", right.method, right.path, answer.text);
                assert_eq!(refused, !(may && named), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_does_not_hold_is_told_so_whatever_it_asks() {
    let asker = Asker::new();
    let path = "/api/v1/conversations";
    let answer = asker.ask(Method::GET, path, &[("authorization", "Bearer hk_nobody")]).await;
    assert!(answer.problem(401).contains("does not hold"));
    assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    let me = asker.ask(Method::GET, "/api/v1/me", &[("authorization", "bearer  hk_bo")]).await;
    assert_eq!(me.json()["account"]["handle"], "bo");
    let answer = asker.ask(Method::GET, "/api/v1/me", &[("authorization", "Bearer hk_bo+stage")]).await;
    assert!(answer.problem(403).contains("conversations:read"));
}

#[tokio::test]
async fn a_key_gives_nobody_more_than_it_has() {
    let asker = Asker::new();
    let give = async |secret: &str, role: &str| {
        let body = format!("{{\"role\":\"{role}\"}}");
        asker.post("/api/v1/conversations/evening/tokens", secret, &body).await.status.as_u16()
    };
    assert_eq!(give("hk_ann+invitations", "speaker").await, 201);
    assert_eq!(give("hk_ann+invitations", "host").await, 403);
    assert_eq!(give("hk_ann+invitations", "cohost").await, 403);
    assert_eq!(give("hk_ann+invitations+stage+floor+conversations:read+conversations:write", "host").await, 201);
    let invite = "{\"role\":\"cohost\",\"label\":\"x\"}";
    let answer = asker.post("/api/v1/conversations/evening/invitations", "hk_ann+invitations", invite).await;
    assert!(answer.problem(403).contains("no scope"));
}

async fn as_bo(asker: &Asker, method: &str, path: &str, json: &str) -> Answered {
    let request = Request::builder().method(method).uri(path).header("host", "hall.example:8080");
    let request = request.header("cookie", "hustings=bo-session").header("content-type", "application/json");
    asker.send(request.body(Body::from(json.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_key_is_made_with_a_name_and_scopes() {
    let asker = Asker::new();
    let made =
        as_bo(&asker, "POST", "/api/v1/me/keys", "{\"name\":\" Calendar \",\"scopes\":[\"stage\",\"stage\"]}").await;
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!((&made["secret"], &made["key"]["name"]), (&"hk_secret".into(), &"Calendar".into()));
    assert_eq!(made["key"]["scopes"], serde_json::json!(["stage"]));
    for (body, says) in [
        ("{\"name\":\"x\",\"scopes\":[]}", "without a scope"),
        ("{\"name\":\"x\",\"scopes\":[\"all\"]}", "unknown variant"),
        ("{\"name\":\"\",\"scopes\":[\"stage\"]}", "1 to 60"),
        ("{\"name\":\"x\",\"scopes\":[\"stage\"],\"expires_s\":0}", "leave it out"),
        ("{\"name\":\"x\",\"scopes\":[\"stage\"],\"expires_s\":18446744073709551615}", "leave it out"),
    ] {
        let refused = as_bo(&asker, "POST", "/api/v1/me/keys", body).await.problem(422);
        assert!(refused.contains(says), "{refused}");
    }
    assert_eq!(as_bo(&asker, "DELETE", "/api/v1/me/keys/k", "").await.status, 204);
    as_bo(&asker, "DELETE", "/api/v1/me/keys/other", "").await.problem(404);
}

#[tokio::test]
async fn a_webhook_is_seen_by_its_owner_alone() {
    let asker = Asker::new();
    let new = "{\"url\":\"https://talk.example/\",\"events\":[\"hand.raised\"]}";
    let made = asker.post("/api/v1/webhooks", "hk_bo+webhooks", new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json()["secret"], "whsec_x");
    asker.post("/api/v1/webhooks/site", "hk_bo+webhooks", new).await.problem(403);
    assert_eq!(asker.post("/api/v1/webhooks/site", "hk_ann+webhooks", new).await.status, 201);
    let mine = asker.method("GET", "/api/v1/webhooks", "hk_bo+webhooks", "").await.json();
    assert_eq!(mine["webhooks"].as_array().unwrap().len(), 1);
    for (path, method) in
        [("", "GET"), ("", "DELETE"), ("/test", "POST"), ("/deliveries", "GET"), ("/deliveries/m", "POST")]
    {
        let foreign = format!("/api/v1/webhooks/w1{path}");
        asker.method(method, &foreign, "hk_bo+webhooks", "").await.problem(404);
        let of_bo = format!("/api/v1/webhooks/w0{path}");
        asker.method(method, &of_bo, "hk_ann+webhooks", "").await.problem(404);
    }
    let told = asker.method("GET", "/api/v1/webhooks/w0/deliveries", "hk_bo", "").await.json();
    assert_eq!(told["deliveries"][0]["message"]["type"], "webhook.test");
    assert_eq!(asker.post("/api/v1/webhooks/w0/test", "hk_bo", "").await.status, 201);
    let nothing = asker.post("/api/v1/webhooks", "hk_bo", "{\"url\":\"https://x.example\",\"events\":[]}").await;
    assert!(nothing.problem(422).contains("hand.raised"));
    assert_eq!(asker.method("DELETE", "/api/v1/webhooks/w0", "hk_bo", "").await.status, 204);
}
