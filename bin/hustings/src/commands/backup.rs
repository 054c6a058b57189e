//! `hustings backup` and `hustings restore`: the records in one file, from and into either database.
//!
//! Saving reads the database beside the server that writes it; restoring needs the data folder for itself. Deliberately absent:
//! a backup over the network, which would put the keys of every token within reach of a stolen session.

use std::path::Path;

use hustings_store::Present;
use hustings_vocab::Place;
use serde_json::json;

use crate::args::{Backup, Database, Restore};
use crate::failure::Failure;
use crate::serve::CONTROL_SOCKET;
use crate::times::now_ms;

/// Saves.
pub(crate) async fn save(args: Backup) -> Result<(), Failure> {
    let place = place(&args.place)?;
    let saved = hustings_store::backup(&args.place.data, &place, &args.file, now_ms()).await?;
    let bytes = args.file.metadata()?.len();
    if args.place.json {
        let told = json!({ "rows": saved.rows, "tables": saved.tables, "files": saved.files, "bytes": bytes });
        crate::say(&told.to_string());
    } else {
        let file = args.file.display();
        let (rows, tables, files) = (saved.rows, saved.tables, saved.files);
        crate::say(&format!("{file}: {rows} rows of {tables} tables and {files} files, {bytes} bytes"));
    }
    Ok(())
}

/// Restores.
pub(crate) async fn restore(args: Restore) -> Result<(), Failure> {
    let place = place(&args.place)?;
    let data = &args.place.data;
    if runs(data).await {
        return Err(Failure::failed(format!("a server runs on {}: stop it first", data.display())));
    }
    let present = if args.force { Present::PutAside } else { Present::Stay };
    let restored = hustings_store::restore(&args.file, data, &place, present, now_ms()).await?;
    let (rows, files) = (restored.rows, restored.files);
    if args.place.json {
        let acts = restored.acts.as_ref().ok();
        let told = json!({ "rows": rows, "files": files, "made_ms": restored.made_ms, "acts": acts });
        crate::say(&told.to_string());
    } else {
        crate::say(&format!("restored {rows} rows and {files} files into {} and {place}", data.display()));
    }
    match restored.acts {
        Ok(acts) if !args.place.json => crate::say(&format!("the audit log holds: {acts} acts")),
        Ok(_) => {}
        Err(broken) => return Err(Failure::failed(format!("restored as it was saved, but {broken}"))),
    }
    Ok(())
}

fn place(of: &Database) -> Result<Place, Failure> {
    of.store.as_ref().map_or_else(|| Ok(Place::in_folder(&of.data)), |url| url.parse().map_err(Failure::usage))
}

async fn runs(data: &Path) -> bool {
    tokio::net::UnixStream::connect(data.join(CONTROL_SOCKET)).await.is_ok()
}
