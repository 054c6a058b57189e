//! Dependencies point one way: shells on cores, the binary on everything, nothing on the binary or the proofs.
//!
//! A folder says what its code may know. A new name in one of these lists is a decision: write its reason down here.

use hustings_tidy::{Crate, crates, uphold};

/// What a core may use beside std and other cores: plain data, plain bytes, nothing that can wait, draw or look at a
/// clock. `flate2` compresses bytes to bytes; the ciphers of TLS and SRTP are functions of a key, a nonce and a text; ring's
/// generator of random numbers is not used in a core. `utoipa` only derives the schema of documents and is optional. `jiff`
/// without `std` is a calendar and a table of time zones, `deunicode` a table of letters. `sha2`, `ed25519-dalek` and `base64`
/// are hashes, signatures and texts of bytes; keys are arguments.
const PURE: [&str; 15] = [
    "aes",
    "base64",
    "bytes",
    "ctr",
    "deunicode",
    "ed25519-dalek",
    "flate2",
    "hmac",
    "jiff",
    "ring",
    "serde",
    "sha1",
    "sha2",
    "thiserror",
    "utoipa",
];

/// What would make a core or a codec impure, whatever else is allowed.
const IMPURE: [&str; 10] =
    ["tokio", "str0m", "hyper", "axum", "reqwest", "rand", "sqlx", "socket2", "rustls", "futures-util"];

fn breaches(allowed: impl Fn(&Crate, &Crate) -> bool) -> Vec<String> {
    let all = crates();
    let mut found = Vec::new();
    for from in &all {
        for to in from.dependencies.iter().filter_map(|name| all.iter().find(|c| c.name == *name)) {
            if !allowed(from, to) {
                found.push(format!("{} depends on {}", from.folder, to.folder));
            }
        }
    }
    found
}

#[test]
fn members_depend_only_on_what_is_below_them() {
    let found = breaches(|from, to| match from.plane() {
        "core" | "codec" => to.plane() == "core",
        "shell" => matches!(to.plane(), "core" | "codec") || (to.folder == "shell/link" && from.folder != "shell/link"),
        "bin" => to.plane() != "proof",
        "proof" => true,
        _ => false,
    });
    uphold("core and codec know only core; a shell knows core, codec and the link; nobody knows the proofs", &found);
}

#[test]
fn nothing_depends_on_the_binary() {
    uphold("the binary is the top", &breaches(|_, to| to.plane() != "bin"));
}

#[test]
fn a_core_uses_nothing_that_can_wait_draw_or_look_at_a_clock() {
    let all = crates();
    let members: Vec<_> = all.iter().map(|c| c.name.as_str()).collect();
    let mut found = Vec::new();
    for core in all.iter().filter(|c| c.plane() == "core") {
        let foreign = core.dependencies.iter().filter(|d| !members.contains(&d.as_str()));
        found.extend(foreign.filter(|d| !PURE.contains(&d.as_str())).map(|d| format!("{} uses {d}", core.folder)));
    }
    uphold("a core uses only the pure crates that are listed in this test", &found);
}

#[test]
fn the_codecs_know_no_runtime_and_no_socket() {
    let all = crates();
    let codec = all.iter().find(|c| c.folder == "codec").expect("there is a codec crate");
    let found: Vec<_> = codec.dependencies.iter().filter(|d| IMPURE.contains(&d.as_str())).cloned().collect();
    uphold("a codec is a function of its input", &found);
}

#[test]
fn every_folder_of_the_workspace_has_its_rule() {
    let known = ["core", "codec", "shell", "bin", "proof"];
    let found: Vec<_> = crates().into_iter().filter(|c| !known.contains(&c.plane())).map(|c| c.folder).collect();
    uphold("a crate outside the known folders needs a rule in this test", &found);
}
