//! Languages that an operator has given: files of texts, checked when the server starts, offered by every page.
//!
//! A file is a flat JSON object of keys such as `page.listen`, as `/languages/en.json` has them, and texts, or a text for
//! each plural form. Pages write them as text, so there is nothing in them to escape. What is unknown is said and left out, what is
//! missing is said in English: a file of last year is still better than none. Deliberately absent: any other check of what the
//! texts say, and reading folders.

use std::collections::BTreeMap;

use hustings_vocab::limits;
use serde::Deserialize;

/// One text, or one for each plural form (CLDR's `one`, `few`, `many`…).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Forms(BTreeMap<String, String>),
}

/// A language that is a file, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    name: String,
    texts: BTreeMap<String, Text>,
}

/// What was found in a file beside texts that are used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Keys that no page asks for.
    pub unknown: Vec<String>,
    /// Keys for which English stands in.
    pub missing: Vec<String>,
}

/// Why a file is no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLanguage {
    /// It is named after no language.
    #[error(
        "\"{0}\" names no language; name the file by the two or three small letters of its language, such as fr.json"
    )]
    Name(String),
    /// It stands for a language that is built in.
    #[error("\"{0}\" is built in and cannot be replaced; name the file by another language")]
    BuiltIn(String),
    /// It is too long.
    #[error("it has {0} bytes; at most {max} are read", max = limits::LANGUAGE_FILE_BYTES_MAX)]
    Long(usize),
    /// It is not what a language's file is.
    #[error("it is no JSON object of texts, as /languages/en.json is one: {0}")]
    Form(String),
}

const BUILT_IN: [&str; 2] = ["en", "de"];
const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

impl Language {
    /// Reads the file of a language, and says what of it is not as it should be.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(name: &str, bytes: &[u8]) -> Result<(Self, Findings), BadLanguage> {
        Self::against(&known(), name, bytes)
    }

    fn against(known: &BTreeMap<String, Text>, name: &str, bytes: &[u8]) -> Result<(Self, Findings), BadLanguage> {
        if !(2..=3).contains(&name.len()) || !name.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(BadLanguage::Name(name.chars().take(40).collect()));
        }
        if BUILT_IN.contains(&name) {
            return Err(BadLanguage::BuiltIn(name.to_owned()));
        }
        if bytes.len() > limits::LANGUAGE_FILE_BYTES_MAX {
            return Err(BadLanguage::Long(bytes.len()));
        }
        let read = |e: serde_json::Error| BadLanguage::Form(e.to_string());
        let mut texts: BTreeMap<String, Text> = serde_json::from_slice(bytes).map_err(read)?;
        let mut unknown = Vec::new();
        texts.retain(|key, text| {
            let plurals = match text {
                Text::Plain(_) => true,
                Text::Forms(forms) => forms.keys().all(|form| PLURALS.contains(&form.as_str())),
            };
            let kept = known.contains_key(key) && plurals;
            if !kept {
                unknown.push(key.chars().take(80).collect());
            }
            kept
        });
        let missing = known.keys().filter(|key| !texts.contains_key(*key)).cloned().collect();
        Ok((Self { name: name.to_owned(), texts }, Findings { unknown, missing }))
    }

    /// The two or three letters that it is asked for by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        serde_json::to_vec(&self.texts).unwrap_or_default()
    }
}

/// What pages say, in English; empty where the pages were not built.
fn known() -> BTreeMap<String, Text> {
    crate::site::english().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// What every document says of the languages that there are beside the built-in ones.
pub(crate) fn meta(languages: &[Language]) -> String {
    let names: Vec<_> = languages.iter().map(Language::name).collect();
    // Small letters alone: nothing to escape.
    if names.is_empty() { String::new() } else { format!("<meta name=\"languages\" content=\"{}\">", names.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> BTreeMap<String, Text> {
        serde_json::from_str(
            r#"{"page.listen":"Listen","page.days":{"one":"1 day","other":"{0} days"},"page.end":"End"}"#,
        )
        .unwrap()
    }

    fn read(name: &str, text: &str) -> Result<(Language, Findings), BadLanguage> {
        Language::against(&english(), name, text.as_bytes())
    }

    #[test]
    fn what_is_unknown_is_left_out_and_what_is_missing_is_named() {
        let (language, found) = read(
            "fr",
            r#"{"page.listen":"<b>Écouter","page.days":{"one":"1 jour","other":"{0} jours"},"page.bell":"Ding"}"#,
        )
        .unwrap();
        assert_eq!((found.unknown, found.missing), (vec!["page.bell".to_owned()], vec!["page.end".to_owned()]));
        let file = String::from_utf8(language.file()).unwrap();
        assert!(file.contains("<b>Écouter") && !file.contains("bell"), "{file}");
        assert_eq!(meta(&[language]), r#"<meta name="languages" content="fr">"#);
        assert_eq!(meta(&[]), "");
    }

    #[test]
    fn what_is_no_language_is_refused_with_the_remedy() {
        for (name, text, said) in [
            ("../x", "{}", "such as fr.json"),
            ("francais", "{}", "such as fr.json"),
            ("de", "{}", "built in"),
            ("fr", "[]", "no JSON object"),
            ("fr", r#"{"page.listen":7}"#, "no JSON object"),
            ("fr", r#"{"page.listen""#, "no JSON object"),
            ("fr", &" ".repeat(limits::LANGUAGE_FILE_BYTES_MAX + 1), "bytes"),
        ] {
            let refused = read(name, text).unwrap_err().to_string();
            assert!(refused.contains(said), "{name}: {refused}");
        }
        let (_, found) = read("fr", r#"{"page.days":{"one":"1","viele":"2"}}"#).unwrap();
        assert_eq!(found.unknown, ["page.days"]);
    }
}
