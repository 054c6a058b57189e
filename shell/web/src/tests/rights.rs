//! Every operation, tried as everybody: who may is the table's word alone.

use super::*;
use crate::rights::{RIGHTS, Standing};

/// Every operation that the description names for the API has a row, and every row is described.
#[test]
fn the_table_and_the_description_name_the_same_operations() {
    let described: Value = serde_json::from_str(&openapi()).unwrap();
    let mut named: Vec<String> = Vec::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        // Sound, events and what is the pages' are for everybody, or opened by tickets and tokens where they are served.
        let all = methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase()));
        let has_row = |row: &String| RIGHTS.iter().any(|right| *row == format!("{} {}", right.method, right.path));
        named.extend(all.filter(|row| path.starts_with("/api/") || has_row(row)));
    }
    let mut rows: Vec<_> = RIGHTS.iter().map(|right| format!("{} {}", right.method, right.path)).collect();
    rows.retain(|row| row != "GET /api/openapi.json");
    named.sort();
    rows.sort();
    assert_eq!(named, rows);
}

/// A refusal is one of the table's exactly if the table does not allow it: what a handler says after that (a body that is
/// missing, a seat that is not taken) has another status, or is its own 403.
#[tokio::test]
async fn nobody_does_what_the_table_does_not_allow() {
    for right in RIGHTS {
        let path = right.path.replace("{slug}", "evening");
        let path =
            path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/");
        for role in ["", "listener", "speaker", "producer", "cohost", "host"] {
            let standing = Standing::ALL.into_iter().find(|s| s.name().replace('-', "") == role);
            let allowed = right.may.contains(&Standing::Anybody)
                || (right.path.contains("{slug}") && standing.is_some_and(|s| right.may.contains(&s)));
            let token = if role.is_empty() { String::new() } else { format!("{role}@evening") };
            let answer = Asker::new().method(right.method, &path, &token, "{").await;
            let refused = matches!(answer.status.as_u16(), 401 | 403);
            assert_eq!(
                refused, !allowed,
                "{} {} as {role:?}: {} {}",
                right.method, right.path, answer.status, answer.text
            );
        }
    }
}

#[test]
fn the_table_prints_as_it_enforces() {
    let table = crate::rights::table();
    assert_eq!(table.lines().count(), 2 + RIGHTS.len());
    let start = table.lines().find(|line| line.contains("/start`")).unwrap();
    assert_eq!(start.matches('×').count(), 3, "{start}");
}
