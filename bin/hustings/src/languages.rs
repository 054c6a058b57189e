//! The languages of a site beside English and German: the files of `DATA/languages`, read when the server starts.
//!
//! A file that cannot be used is said and left out: nobody's evening fails for a comma. Deliberately absent: looking again while
//! the server runs.

use std::io::{ErrorKind, Read};
use std::path::Path;

use hustings_vocab::limits;
use hustings_web::Language;

/// So many keys are named in one line of the log.
const NAMED_MAX: usize = 8;

/// Reads every language of a folder, and says what is wrong with each.
pub(crate) fn read(folder: &Path) -> Vec<Language> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error, "the languages of this site cannot be read");
            return Vec::new();
        }
    };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    if files.len() > limits::LANGUAGES_MAX {
        tracing::warn!(
            files = files.len(),
            max = limits::LANGUAGES_MAX,
            "there are too many languages; the first are offered"
        );
        files.truncate(limits::LANGUAGES_MAX);
    }
    files.iter().filter_map(|path| one(path)).collect()
}

fn one(path: &Path) -> Option<Language> {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut bytes = Vec::new();
    // One byte more than is taken: what is longer is refused and not cut.
    let most = limits::LANGUAGE_FILE_BYTES_MAX as u64 + 1;
    if let Err(error) = std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        tracing::warn!(file = %path.display(), %error, "a language cannot be read");
        return None;
    }
    match Language::read(&name, &bytes) {
        Ok((language, found)) => {
            if !found.unknown.is_empty() {
                tracing::warn!(language = name, keys = %some(&found.unknown), "a language has keys that no page asks for");
            }
            if !found.missing.is_empty() {
                tracing::warn!(language = name, keys = %some(&found.missing), "a language is not complete; English stands in");
            }
            Some(language)
        }
        Err(error) => {
            tracing::warn!(file = %path.display(), %error, "a file is no language");
            None
        }
    }
}

/// The first of some keys, and how many more there are.
fn some(keys: &[String]) -> String {
    let first = keys.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = keys.len().saturating_sub(NAMED_MAX);
    if more == 0 { first } else { format!("{first} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_and_what_is_no_language_is_left_out() {
        let folder = std::env::temp_dir().join(format!("hustings-languages-{}", std::process::id()));
        assert!(read(&folder).is_empty());
        std::fs::create_dir_all(&folder).unwrap();
        for (file, text) in [("fr.json", "{}"), ("pl.json", "no"), ("de.json", "{}"), ("notes.txt", "{}")] {
            std::fs::write(folder.join(file), text).unwrap();
        }
        let found = read(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.iter().map(Language::name).collect::<Vec<_>>(), ["fr"]);
    }

    #[test]
    fn many_keys_are_counted_and_not_all_named() {
        let keys: Vec<_> = (0..10).map(|n| n.to_string()).collect();
        assert_eq!(some(&keys), "0, 1, 2, 3, 4, 5, 6, 7 and 2 more");
        assert_eq!(some(&keys[..2]), "0, 1");
    }
}
