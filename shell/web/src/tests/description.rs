//! The OpenAPI document: it parses, it is whole, and it lists what there is.

use std::collections::BTreeSet;

use super::*;

/// Every path that the project promises, with its methods.
const PROMISED: &[(&str, &[&str])] = &[
    ("/c/{slug}/calendar.ics", &["get"]),
    ("/c/{slug}/cover.jpg", &["get"]),
    ("/calendar.ics", &["get"]),
    ("/c/{slug}/whip", &["post"]),
    ("/c/{slug}/whip/{session}", &["patch", "delete"]),
    ("/c/{slug}/whep", &["post"]),
    ("/c/{slug}/whep/{session}", &["patch", "delete"]),
    ("/c/{slug}/live.mp4", &["get"]),
    ("/c/{slug}/live.ogg", &["get"]),
    ("/c/{slug}/live.aac", &["get"]),
    ("/c/{slug}/live.m3u", &["get"]),
    ("/c/{slug}/hls/index.m3u8", &["get"]),
    ("/c/{slug}/hls/{rendition}/index.m3u8", &["get"]),
    ("/c/{slug}/hls/{rendition}/{file}", &["get"]),
    ("/c/{slug}/events", &["get"]),
    ("/c/{slug}/audience", &["get"]),
    ("/c/{slug}/here", &["get", "post"]),
    ("/c/{slug}/tickets", &["post"]),
    ("/c/{slug}/tickets/claim", &["get"]),
    ("/c/{slug}/tickets/goodbye", &["post"]),
    ("/c/{slug}/queue.json", &["get"]),
    ("/c/{slug}/lottery.json", &["get"]),
];

async fn document() -> Value {
    let answer = Asker::new().get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    answer.json()
}

#[tokio::test]
async fn it_lists_every_path_and_no_other() {
    let document = document().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let listed: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|m| (path.clone(), m.clone())))
        // Those of the API are held against the table of rights.
        .filter(|(path, _)| !path.starts_with("/api/"))
        .collect();
    let promised = PROMISED.iter().flat_map(|(p, ms)| ms.iter().map(|m| ((*p).to_owned(), (*m).to_owned())));
    assert_eq!(listed, promised.collect());
}

#[tokio::test]
async fn what_it_says_of_the_api_is_served() {
    let asker = Asker::operator();
    for right in crate::rights::RIGHTS {
        let path = right.path.replace("{slug}", "evening");
        let answer = asker.ask(right.method.parse().unwrap(), &path, &[]).await;
        // Another router's, of the evidence.
        let served = path == "/api/v1/status";
        // Here is no gate that gives tickets.
        let served = served || answer.text.contains("nobody is asked for a ticket here");
        // What has another name in its path may have no such thing.
        let served = served || path.contains('{') || ![404, 405].contains(&answer.status.as_u16());
        assert!(served, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn every_event_has_its_schema_and_every_reference_its_target() {
    let document = document().await;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in [
        "Event",
        "What",
        "Snapshot",
        "State",
        "Roster",
        "Speaker",
        "Levels",
        "VoiceLevels",
        "Count",
        "Phase",
        "HeldReason",
        "Role",
        "Problem",
        "ConversationView",
    ] {
        assert!(schemas.contains_key(name), "{name} is not among {:?}", schemas.keys());
    }
    let of_the_floor = ["reactions", "chat", "questions", "poll", "pinned", "floor"];
    for name in ["snapshot", "state", "roster", "levels", "count"].into_iter().chain(of_the_floor) {
        assert!(schemas["What"].to_string().contains(&format!("\"{name}\"")), "{name}");
    }
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|v| collect(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| collect(v, found)),
        _ => {}
    }
}
