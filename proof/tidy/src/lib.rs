//! The rules of the house as facts: what the tests beside this file ask of every crate and every file.
//!
//! It reads `cargo metadata` and the source text, nothing else: no syntax tree, so a rule here is one that a line of
//! text can break. What needs types is clippy's (`clippy.toml`), what needs licences is cargo-deny's (`deny.toml`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("proof/tidy is two folders below the root").to_path_buf()
}

/// One crate of the workspace, as its manifest declares it.
#[derive(Debug)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its folder below the root, such as `core/mix`.
    pub folder: String,
    /// What it depends on at run time, members and others alike; what its tests and build scripts need is not here.
    pub dependencies: Vec<String>,
}

impl Crate {
    /// The first part of its folder: `core`, `codec`, `shell`, `bin` or `proof`.
    #[must_use]
    pub fn plane(&self) -> &str {
        self.folder.split('/').next().unwrap_or_default()
    }
}

/// Every crate that the workspace is built of by edges of these kinds: name, version and features.
///
/// # Panics
/// When cargo cannot be run.
#[must_use]
pub fn tree(edges: &str) -> BTreeSet<String> {
    let how = [
        "tree",
        "--workspace",
        "--offline",
        "--edges",
        edges,
        "--prefix",
        "none",
        "--format",
        "{p} {f}",
        "--no-dedupe",
    ];
    cargo(&how).lines().map(|line| line.trim_end_matches("(*)").trim().to_owned()).collect()
}

fn cargo(args: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(args).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// Every crate of the workspace.
///
/// # Panics
/// When cargo cannot be run or the workspace does not parse: then there is nothing to test.
#[must_use]
pub fn crates() -> Vec<Crate> {
    let printed = cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&printed).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages.iter().map(read).collect()
}

fn read(package: &serde_json::Value) -> Crate {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let manifest = PathBuf::from(text(&package["manifest_path"]));
    let folder = manifest.parent().and_then(|p| p.strip_prefix(root()).ok()).unwrap_or(Path::new(""));
    let dependencies = package["dependencies"].as_array().map_or(&[][..], Vec::as_slice);
    Crate {
        name: text(&package["name"]),
        folder: folder.to_string_lossy().into_owned(),
        dependencies: dependencies.iter().filter(|d| d["kind"].is_null()).map(|d| text(&d["name"])).collect(),
    }
}

/// One file of Rust.
#[derive(Debug)]
pub struct Source {
    /// Its path below the root.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

impl Source {
    /// Whether it holds tests alone.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("tests.rs")
    }

    /// The text above the tests that stand at its end.
    #[must_use]
    pub fn above_tests(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap_or_default()
    }

    /// Lines of code above its tests, with their numbers: neither blank nor a comment.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.above_tests().lines().enumerate().map(|(n, line)| (n + 1, line));
        lines.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
    }
}

/// Every file of Rust in the house, in the order of their paths.
///
/// # Panics
/// When a folder or a file cannot be read.
#[must_use]
pub fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["core", "codec", "shell", "bin", "proof", "fuzz"] {
        walk(&root().join(folder), &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && name != "node_modules" {
                walk(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let path = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            found.push(Source { path, text });
        }
    }
}

/// Fails with every breach, one a line, under the rule that was broken.
///
/// # Panics
/// When there is a breach.
pub fn uphold(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}\n  {}", breaches.join("\n  "));
}
