//! Where programs are: our own binaries beside the test, the programs of others where `make setup` put them.

use std::path::{Path, PathBuf};

use crate::Program;

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("proof/stories is two folders below the root").to_path_buf()
}

/// The server's binary: `$STORIES_HUSTINGS`, or the one that was built with this test.
#[must_use]
pub fn hustings() -> Program {
    own("hustings", "STORIES_HUSTINGS")
}

/// The measuring program: `$STORIES_MEASURE`, or the one that was built with this test.
#[must_use]
pub fn measure() -> Program {
    own("measure", "STORIES_MEASURE")
}

/// `target/debug/deps/story-…` is this test; what it was built with stands one folder up.
fn own(name: &str, variable: &str) -> Program {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let beside = || {
        let this = std::env::current_exe().ok()?;
        let folder = this.parent()?.parent()?;
        Some(folder.join(name))
    };
    let path = named.or_else(beside).filter(|p| p.exists());
    match path {
        Some(path) => Program::new(path),
        None => panic!("{name} is not built: run `cargo build --workspace --bins`, or name it in ${variable}"),
    }
}

/// A script of `proof/clients` in Node.
#[must_use]
pub fn node(script: &str) -> Program {
    Program::new("node").arg(root().join("proof/clients").join(script))
}

/// A script of `proof/clients` in Python.
#[must_use]
pub fn python(script: &str) -> Program {
    Program::new(root().join(".tools/venv/bin/python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(root().join("proof/clients").join(script))
}

/// Debian's ffmpeg, quiet but for errors.
#[must_use]
pub fn ffmpeg() -> Program {
    Program::new("ffmpeg").args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
}

/// ffmpeg 9 as a speaker over WHIP, sending a file in a loop for so many seconds.
#[must_use]
pub fn ffmpeg9_whip(url: &str, token: &str, file: &str, seconds: u32) -> Program {
    Program::new(root().join("proof/clients/ffmpeg_whip")).args([url, token, file, &seconds.to_string()])
}
