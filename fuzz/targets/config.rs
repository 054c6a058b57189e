//! The configuration file, and one variable laid over it.
//!
//! The module is compiled in from the binary, which has no library. Input: a variable `NAME=VALUE`, a line feed, the file.
#![no_main]

use std::collections::BTreeMap;

use hustings::config::{Config, Raw};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the binary uses the rest")]
#[path = "../../bin/hustings/src"]
mod hustings {
    pub(crate) mod config;
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (variable, file) = text.split_once('\n').unwrap_or(("", text));
    let table = match Raw::parse(file, "fuzz.toml") {
        Ok(table) => table,
        Err(e) => return assert!(!e.to_string().contains('\n'), "a refusal is one line"),
    };
    let variables: BTreeMap<_, _> =
        variable.split_once('=').map(|(name, value)| (format!("HUSTINGS_{name}"), value.to_owned())).into_iter().collect();
    let config = Raw::overlay(table, &variables).and_then(Raw::from_table).and_then(|raw| Config::resolve(raw, None));
    if let Err(e) = config {
        assert!(!e.to_string().is_empty());
    }
});
