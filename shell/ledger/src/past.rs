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
    let (mut open, mut over) = (BTreeMap::<String, Past>::new(), Vec::new());
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

fn tell(record: &Json, open: &mut BTreeMap<String, Past>, over: &mut Vec<Past>) {
    let slug = record.at("slug").and_then(Json::str).unwrap_or_default();
    match kind(record) {
        "opening" => {
            let announced = record.at("announced").and_then(Json::int).unwrap_or_default();
            let finding = String::new();
            let past = Past { slug: slug.to_owned(), announced, first_live: None, peak: 0, waited: 0, finding };
            open.insert(slug.to_owned(), past);
        }
        "minute" => {
            let Some(Json::Map(rooms)) = record.at("conversations") else { return };
            for (slug, room) in rooms {
                let Some(past) = open.get_mut(slug) else { continue };
                let int = |key| room.at(key).and_then(Json::int).unwrap_or_default();
                if room.at("phase").and_then(Json::str) == Some("live") {
                    past.first_live = past.first_live.or_else(|| record.at("minute").and_then(Json::int));
                }
                past.peak = past.peak.max(int("listening"));
                past.waited = past.waited.max(int("waiting"));
            }
        }
        "closing" => {
            let Some(mut past) = open.remove(slug) else { return };
            let finding = record.at("finding").and_then(|finding| finding.at("verdict")?.str());
            finding.unwrap_or_default().clone_into(&mut past.finding);
            over.push(past);
        }
        _ => {}
    }
}
