//! `hustings evidence`: what is taken out of the log, whether the server runs or not.

use std::io::Write;
use std::path::Path;

use hustings_ledger::published;

use crate::args::EvidenceAction;
use crate::evidence::FOLDER;
use crate::failure::Failure;

/// Runs the command.
pub(crate) fn run(action: EvidenceAction) -> Result<(), Failure> {
    match action {
        EvidenceAction::Export { slug, file, data } => {
            let bundle = hustings_ledger::export(&data.join(FOLDER), slug.as_str())?;
            write(&file, &bundle).map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
            crate::say(&format!("{}: {} bytes; check it with: hustings verify {0}", file.display(), bundle.len()));
            Ok(())
        }
        EvidenceAction::Key { data } => {
            let key = published(&data.join(FOLDER), "key")?;
            let key = key.ok_or_else(|| Failure::failed(format!("{}: there is no evidence log", data.display())))?;
            crate::say(String::from_utf8_lossy(&key).trim_end());
            Ok(())
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
