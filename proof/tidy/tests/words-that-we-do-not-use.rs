//! Words that hide what a thing is, marks of work left undone, and places that exist on one machine only.

use hustings_tidy::{sources, uphold};

/// Endings of a type's name that say nothing about it.
const EMPTY_NOUNS: [&str; 5] = ["Manager", "Helper", "Util", "Utils", "Info"];

/// Marks of something left undone. What is missing stands in an issue, with its reason.
const UNDONE: [&str; 5] = ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!("];

fn lines() -> Vec<(String, String)> {
    let others = sources().into_iter().filter(|s| !s.path.starts_with("proof/tidy/"));
    let numbered = others.flat_map(|s| {
        let lines = s.text.lines().enumerate().map(|(n, line)| (format!("{}:{}", s.path, n + 1), line.to_owned()));
        lines.collect::<Vec<_>>()
    });
    numbered.collect()
}

#[test]
fn a_type_is_named_by_what_it_is() {
    let mut found = Vec::new();
    for (place, line) in lines() {
        let declared = ["struct ", "enum ", "trait ", "type "].iter().find_map(|k| line.split_once(k));
        let Some((before, after)) = declared else { continue };
        if before.trim_start().starts_with("//") || before.contains('"') {
            continue;
        }
        let name: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
        if EMPTY_NOUNS.iter().any(|noun| name.ends_with(noun)) {
            found.push(format!("{place}: {name}"));
        }
    }
    uphold("a type has a noun of the field for its name", &found);
}

#[test]
fn nothing_is_left_undone_in_the_code() {
    let found = lines().into_iter().filter(|(_, line)| UNDONE.iter().any(|word| line.contains(word)));
    uphold("what is missing stands in an issue", &found.map(|(place, _)| place).collect::<Vec<_>>());
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    let found = lines().into_iter().filter(|(_, line)| ["/root/", "/home/", "/work/"].iter().any(|p| line.contains(p)));
    uphold("a path of one machine has no place in the code", &found.map(|(place, _)| place).collect::<Vec<_>>());
}
