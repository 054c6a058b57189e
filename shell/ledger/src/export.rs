//! Reading a log's folder as anybody may who has it, while its server runs or not: single files, and bundles.

use std::path::Path;

use hustings_evidence::bundle::Manifest;
use hustings_evidence::json::Json;
use hustings_evidence::note::{Checkpoint, Note};
use hustings_evidence::record::{is_about, kind, scores};
use hustings_evidence::tar::{self, Files};
use hustings_evidence::tiles::{self, Tile, WIDTH};
use hustings_evidence::verdict::Scores;
use hustings_vocab::limits::evidence::{BUNDLE_BYTES_MAX, NOTE_BYTES_MAX};

use crate::log::{FILE_BYTES_MAX, checkpoints};
use crate::{LedgerError, disk};

/// What a log tells of a conversation, from its last opening on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The record of its opening.
    pub first: u64,
    /// The last record about it.
    pub last: u64,
    /// The minute in which it opened.
    pub opened: i64,
    /// Its last minute, if there is one.
    pub minute: Option<i64>,
    /// The scores of each minute.
    pub scores: Vec<Scores>,
    /// It was closed.
    pub is_closed: bool,
}

/// What the log in this folder tells of a conversation.
///
/// # Errors
/// [`LedgerError::Unknown`] if nothing.
pub fn story(folder: &Path, slug: &str) -> Result<Story, LedgerError> {
    let size = checkpoint(folder)?.1.size;
    let mut told: Option<Story> = None;
    for tile in Tile::of(None, size) {
        let bytes = file(folder, tile)?;
        for (index, entry) in (tile.number * WIDTH as u64..).zip(tiles::entries(&bytes).unwrap_or_default()) {
            let Some(record) = Json::decode(entry).ok().filter(|record| is_about(record, slug)) else { continue };
            let int = |key| record.at(key).and_then(Json::int);
            match (kind(&record), &mut told) {
                ("opening", _) => {
                    let opened = int("time").unwrap_or_default().div_euclid(60);
                    let scores = Vec::new();
                    told = Some(Story { first: index, last: index, opened, minute: None, scores, is_closed: false });
                }
                ("minute", Some(told)) => {
                    (told.last, told.minute) = (index, int("minute"));
                    told.scores.extend(record.at("finding").and_then(scores));
                }
                ("closing", Some(told)) => (told.last, told.is_closed) = (index, true),
                _ => {}
            }
        }
    }
    told.ok_or_else(|| LedgerError::Unknown(slug.to_owned()))
}

/// The bundle of a conversation.
///
/// # Errors
/// [`LedgerError`].
pub fn export(folder: &Path, slug: &str) -> Result<Vec<u8>, LedgerError> {
    let (note, checkpoint) = checkpoint(folder)?;
    let told = story(folder, slug)?;
    let last = if told.is_closed { told.last } else { checkpoint.size.saturating_sub(1) };
    let key = disk::read(&folder.join("key"), 4096)?.unwrap_or_default();
    let key = String::from_utf8_lossy(&key).trim_end().to_owned();
    let manifest = Manifest { slug: slug.to_owned(), key, first: told.first, last };
    let mut files =
        Files::from([("bundle.json".to_owned(), manifest.encode().into_bytes()), ("checkpoint".to_owned(), note)]);
    for tile in Tile::of(Some(0), checkpoint.size) {
        files.insert(tile.path(), file(folder, tile)?);
    }
    let width = WIDTH as u64;
    for tile in Tile::of(None, checkpoint.size) {
        if (told.first / width..=last / width).contains(&tile.number) {
            files.insert(tile.path(), file(folder, tile)?);
        }
    }
    for size in checkpoints(folder).into_iter().filter(|size| *size < checkpoint.size) {
        let path = format!("checkpoints/{size}");
        if let Some(bytes) = disk::read(&folder.join(&path), NOTE_BYTES_MAX as u64)? {
            files.insert(path, bytes);
        }
    }
    // Commitments may be many: what does not fit stays beside the log, where it is published.
    let mut room = (BUNDLE_BYTES_MAX / 2).saturating_sub(files.values().map(Vec::len).sum());
    for minute in told.opened..=told.minute.unwrap_or(told.opened) {
        let path = format!("receipts/{minute}");
        if let Some(bytes) = disk::read(&folder.join(&path), BUNDLE_BYTES_MAX as u64)?
            && bytes.len() + 1024 < room
        {
            room -= bytes.len() + 1024;
            files.insert(path, bytes);
        }
    }
    Ok(tar::write(&files))
}

/// A file of the log as it is published: `checkpoint`, `key`, a tile, also one narrower than there is by now, a checkpoint
/// that was cosigned, commitments of receipts. `None` for everything else.
///
/// # Errors
/// [`LedgerError`].
pub fn published(folder: &Path, path: &str) -> Result<Option<Vec<u8>>, LedgerError> {
    let numbered = |kind| path.strip_prefix(kind).and_then(hustings_evidence::bundle::number).is_some();
    if matches!(path, "checkpoint" | "key") || numbered("checkpoints/") || numbered("receipts/") {
        return disk::read(&folder.join(path), BUNDLE_BYTES_MAX as u64);
    }
    let Some(tile) = Tile::parse(path) else { return Ok(None) };
    let (_, checkpoint) = checkpoint(folder)?;
    let now = Tile::of(tile.level, checkpoint.size).find(|now| now.number == tile.number && now.width >= tile.width);
    let Some(now) = now else { return Ok(None) };
    let mut bytes = file(folder, now)?;
    if now.width > tile.width {
        bytes = narrower(&bytes, tile);
    }
    Ok(Some(bytes))
}

fn narrower(bytes: &[u8], tile: Tile) -> Vec<u8> {
    let width = usize::from(tile.width);
    if tile.level.is_some() {
        return bytes[..bytes.len().min(32 * width)].to_vec();
    }
    let mut out = Vec::new();
    tiles::entries(bytes)
        .unwrap_or_default()
        .into_iter()
        .take(width)
        .for_each(|entry| tiles::put_entry(entry, &mut out));
    out
}

pub(crate) fn checkpoint(folder: &Path) -> Result<(Vec<u8>, Checkpoint), LedgerError> {
    let path = folder.join("checkpoint");
    let bytes = disk::read(&path, NOTE_BYTES_MAX as u64)?;
    let edited = |what| LedgerError::Edited { path: path.clone(), what };
    let bytes = bytes.ok_or_else(|| edited("is not there"))?;
    let note = Note::parse(&bytes).map_err(|_| edited("is no signed note"))?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|_| edited("is no checkpoint"))?;
    Ok((bytes, checkpoint))
}

pub(crate) fn file(folder: &Path, tile: Tile) -> Result<Vec<u8>, LedgerError> {
    let path = folder.join(tile.path());
    disk::read(&path, FILE_BYTES_MAX)?.ok_or(LedgerError::Edited { path, what: "is gone" })
}
