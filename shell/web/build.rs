//! The built pages are embedded from `ui/dist`. They may be absent (`cargo check` without Node): then the folder is made
//! empty, and the server says on its pages that they were not built.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    std::fs::create_dir_all(&dist)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    Ok(())
}
