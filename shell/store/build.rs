//! Lists the migrations for `src/migrations.rs`. The macro of sqlx that does this is built with all of sqlx and SQLite for the
//! machine that builds, too.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=migrations");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("migrations");
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let (version, what) = name.split_once('_').ok_or("migrations are named NUMBER_WHAT.sql")?;
        let (version, what): (i64, _) = (version.parse()?, what.replace('_', " "));
        all.push((version, format!("({version}, {what:?}, include_str!({path:?}))")));
    }
    all.sort();
    let lines: Vec<String> = all.into_iter().map(|(_, line)| line).collect();
    let into = Path::new(&env::var("OUT_DIR")?).join("migrations.rs");
    Ok(fs::write(into, format!("[\n{}\n]", lines.join(",\n")))?)
}
