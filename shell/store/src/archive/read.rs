//! Reading a backup that anybody may have made.
//!
//! It is gone through once, and what it holds is put aside meanwhile: only when the manifest has come and every entry was as it
//! says may anything be used. Bounds are of what is unpacked, so a small file that becomes a large one meets them.

use std::collections::HashSet;
use std::io::{self, BufReader, Read};

use flate2::read::GzDecoder;
use hustings_vocab::limits;

use super::write::Summed;
use super::{ArchiveError, FORMAT, Listed, Manifest, Mark, Name};

/// Goes through a backup and hands out its entries as they come. What was handed out is to be used only if all went well.
pub(crate) fn walk(
    file: impl Read,
    mut each: impl FnMut(&Mark, &Name, &mut dyn Read) -> Result<(), ArchiveError>,
) -> Result<Mark, ArchiveError> {
    let unreadable = ArchiveError::Unreadable;
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    // Raw: what would lengthen a name, or stretch a file, is an entry of a kind that is refused.
    let entries = archive.entries().map_err(unreadable)?.raw(true);
    let (mut mark, mut manifest) = (None::<Mark>, None::<Manifest>);
    let (mut seen, mut names, mut total) = (Vec::new(), HashSet::new(), 0_u64);
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let text = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
        let refused = |why: &str| ArchiveError::Refused { entry: format!("entry {shown:?}"), why: why.to_owned() };
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(refused("is no plain file"));
        }
        let name = Name::parse(&text).ok_or_else(|| refused("has a name that none has"))?;
        if manifest.is_some() {
            return Err(refused("comes after the end"));
        }
        if (name == Name::Mark) != mark.is_none() {
            return Err(refused("is not where it belongs"));
        }
        let most = match name {
            Name::Mark => limits::BODY_BYTES_MAX as u64,
            Name::Rows { .. } => limits::BACKUP_ROWS_BYTES_MAX as u64,
            Name::File(_) => limits::BACKUP_FILE_BYTES_MAX,
            Name::Manifest => limits::BACKUP_MANIFEST_BYTES_MAX,
        };
        let bytes = entry.size();
        total = total.saturating_add(bytes);
        if bytes > most || total > limits::BACKUP_BYTES_MAX || seen.len() >= limits::BACKUP_ENTRIES_MAX {
            return Err(refused("is larger than a backup's can be"));
        }
        if !names.insert(text.clone()) {
            return Err(refused("is there twice"));
        }
        let mut from = Summed::new(entry);
        match (&name, &mark) {
            (Name::Manifest, _) => {
                manifest = Some(serde_json::from_reader(&mut from).map_err(|_| refused("is none"))?);
            }
            (_, None) => mark = Some(marked(&mut from, &refused)?),
            (_, Some(mark)) => {
                each(mark, &name, &mut from)?;
                io::copy(&mut from, &mut io::sink()).map_err(unreadable)?;
                if from.bytes != bytes {
                    return Err(refused("is cut off"));
                }
            }
        }
        if name != Name::Manifest {
            seen.push(from.listed(&name));
        }
    }
    let cut_off = || ArchiveError::Unreadable(io::ErrorKind::UnexpectedEof.into());
    let (mark, manifest) = (mark.ok_or_else(cut_off)?, manifest.ok_or_else(cut_off)?);
    as_listed(&seen, &manifest)?;
    Ok(mark)
}

fn marked(from: &mut impl Read, refused: &impl Fn(&str) -> ArchiveError) -> Result<Mark, ArchiveError> {
    let mut text = Vec::new();
    from.read_to_end(&mut text).map_err(ArchiveError::Unreadable)?;
    // The number first: what else a later form has is not known.
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|_| refused("is none"))?;
    if value["format"].as_u64().is_none_or(|format| format > FORMAT.into()) {
        return Err(ArchiveError::Newer);
    }
    serde_json::from_value(value).map_err(|_| refused("is none"))
}

/// Whether every entry is as the manifest says.
fn as_listed(seen: &[Listed], manifest: &Manifest) -> Result<(), ArchiveError> {
    let odd = seen.iter().zip(&manifest.entries).find(|(seen, listed)| seen != listed);
    let refused = |entry: String, why: &str| Err(ArchiveError::Refused { entry, why: why.to_owned() });
    match odd {
        Some((entry, _)) => refused(format!("entry {:?}", entry.name), "is not the one that was saved"),
        None if seen.len() != manifest.entries.len() => refused("entries".into(), "are not those that were saved"),
        None => Ok(()),
    }
}
