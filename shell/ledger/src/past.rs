//! Earlier openings as the log tells them, for the status page.

use std::collections::BTreeMap;
use std::path::Path;

use hustings_evidence::json::Json;
use hustings_evidence::record::kind;
use hustings_evidence::status::Past;
use hustings_evidence::tiles::{self, Tile};

use crate::LedgerError;
use crate::export::{checkpoint, file};

/// Openings that are shown.
const SHOWN: usize = 50;

/// The last openings that were closed, the newest first, and conversations that were opened and not closed.
///
/// # Errors
/// [`LedgerError`].
pub fn past(folder: &Path) -> Result<(Vec<Past>, Vec<String>), LedgerError> {
    let size = checkpoint(folder)?.1.size;
    let (mut open, mut over) = (BTreeMap::<String, (Past, i64)>::new(), Vec::new());
    for tile in Tile::of(None, size) {
        let bytes = file(folder, tile)?;
        for entry in tiles::entries(&bytes).unwrap_or_default() {
            if let Ok(record) = Json::decode(entry) {
                tell(&record, &mut open, &mut over);
            }
        }
    }
    over.reverse();
    over.truncate(SHOWN);
    Ok((over, open.into_keys().collect()))
}

/// Takes up one record. Beside each opening that is not over stands how many had come in by its last minute, as the server that was
/// running then counted from its own beginning.
fn tell(record: &Json, open: &mut BTreeMap<String, (Past, i64)>, over: &mut Vec<Past>) {
    let slug = record.at("slug").and_then(Json::str).unwrap_or_default();
    match kind(record) {
        "opening" => {
            let announced = record.at("announced").and_then(Json::int).unwrap_or_default();
            let finding = String::new();
            let past =
                Past { slug: slug.to_owned(), announced, first_live: None, admitted: 0, peak: 0, waited: 0, finding };
            open.insert(slug.to_owned(), (past, 0));
        }
        "minute" => {
            let Some(Json::Map(rooms)) = record.at("conversations") else { return };
            for (slug, room) in rooms {
                let Some((past, came)) = open.get_mut(slug) else { continue };
                let int = |key| room.at(key).and_then(Json::int).unwrap_or_default();
                if room.at("phase").and_then(Json::str) == Some("live") {
                    past.first_live = past.first_live.or_else(|| record.at("minute").and_then(Json::int));
                }
                past.peak = past.peak.max(int("listening"));
                past.waited = past.waited.max(int("waiting"));
                let now = int("came");
                past.admitted =
                    past.admitted.saturating_add(if now >= *came { now.saturating_sub(*came) } else { now });
                *came = now;
            }
        }
        "closing" => {
            let Some((mut past, _)) = open.remove(slug) else { return };
            let finding = record.at("finding").and_then(|finding| finding.at("verdict")?.str());
            finding.unwrap_or_default().clone_into(&mut past.finding);
            over.push(past);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_in_is_added_up_over_a_restart_of_the_server() {
        let (mut open, mut over) = (BTreeMap::new(), Vec::new());
        let mut say = |text: String| tell(&Json::decode(text.as_bytes()).unwrap(), &mut open, &mut over);
        say(r#"{"announced":600,"kind":"opening","slug":"talk","v":1}"#.to_owned());
        for (minute, phase, listening, waiting, came) in
            [(10, "lobby", 3, 0, 3), (11, "live", 90, 40, 95), (13, "live", 60, 7, 62), (14, "ended", 0, 0, 70)]
        {
            say(format!(
                r#"{{"conversations":{{"talk":{{"came":{came},"listening":{listening},"phase":"{phase}","refused":0,"waiting":{waiting}}}}},"kind":"minute","minute":{minute},"v":1}}"#
            ));
        }
        say(r#"{"finding":{"verdict":"crowd"},"kind":"closing","slug":"talk","v":1}"#.to_owned());
        let told = over.pop().unwrap();
        assert_eq!((told.announced, told.first_live, told.admitted), (600, Some(11), 95 + 70));
        assert_eq!((told.peak, told.waited, told.finding.as_str()), (90, 40, "crowd"));
    }
}
