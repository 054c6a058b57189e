//! Restoring a backup into a data folder and a database, of either kind.
//!
//! Everything is put beside its place first: rows into a database of their own (a hidden file, or a schema of PostgreSQL), files
//! into a hidden folder. Rows go into the schema that they were saved with, and what has changed since is brought up to date as
//! at any start. Only when the whole backup was read and found right does anything take its place. What was there before is
//! put aside and not removed. Deliberately absent: restoring a part, and restoring while a server runs, which its caller must
//! look after.

mod staged;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hustings_vocab::Place;
use tokio::sync::mpsc;

use crate::archive::{ArchiveError, Mark, Name, failed, walk};
use crate::audit::Broken;
use crate::error::StoreError;
use crate::folder::{self, FolderLock};
use staged::Staged;

/// Where files are put before they take their place.
const STAGED: &str = ".restoring";

/// What becomes of records that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// They stay, and nothing is restored.
    Stay,
    /// They are put aside.
    PutAside,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restoring {
    /// Rows of all tables.
    pub rows: u64,
    /// Files of the data folder.
    pub files: u64,
    /// When the backup was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// How many acts the log has, or where it is broken: it is restored as it was.
    pub acts: Result<u64, Broken>,
}

/// A piece of a backup on its way to the database.
struct Rows {
    mark: Mark,
    table: String,
    lines: String,
}

/// Restores what `from` holds into the data folder and the database at `place`.
///
/// # Errors
/// [`ArchiveError`]. What was there before is there still, unless the error is of the last step, which moves things.
pub async fn restore(
    from: &Path,
    data_dir: &Path,
    place: &Place,
    present: Present,
    now_ms: u64,
) -> Result<Restoring, ArchiveError> {
    let file = File::open(from).map_err(failed("read", from))?;
    folder::make(data_dir).map_err(StoreError::from)?;
    // A server that is started meanwhile waits until its records are whole.
    let _alone = FolderLock::take(data_dir).map_err(StoreError::from)?;
    let occupied = match present {
        Present::Stay if !seen(data_dir)?.is_empty() => {
            Some(format!("the data folder {} is not empty:", data_dir.display()))
        }
        Present::Stay if staged::holds_records(place).await? => Some(format!("{place} holds records:")),
        _ => None,
    };
    if let Some(what) = occupied {
        let remedy = "name an empty one, or put what is there aside with --force";
        return Err(ArchiveError::Occupied { what, remedy });
    }
    let stage = data_dir.join(STAGED);
    remove(&stage)?;
    private_folder(&stage)?;
    let mut database = Staged::begin(place).await?;
    let restored = fill(file, &stage, &mut database).await;
    let restored = match restored {
        Ok(restored) => restored,
        Err(error) => {
            database.give_up().await;
            remove(&stage)?;
            return Err(error);
        }
    };
    database.take_place(now_ms).await?;
    take_place(&stage, data_dir, now_ms)?;
    Ok(restored)
}

async fn fill(file: File, stage: &Path, database: &mut Staged) -> Result<Restoring, ArchiveError> {
    let (pieces, mut coming) = mpsc::channel(1);
    let folder = stage.to_owned();
    let walking = tokio::task::spawn_blocking(move || {
        let mut files = 0;
        let mark = walk(file, |mark, name, from| match name {
            Name::Rows { table, .. } => {
                let refused = |why: String| ArchiveError::Refused { entry: format!("table {table}"), why };
                let mut lines = String::new();
                from.read_to_string(&mut lines).map_err(|e| refused(format!("cannot be read ({e})")))?;
                let rows = Rows { mark: mark.clone(), table: table.clone(), lines };
                // Nobody takes it any more where the database has refused something: that is told.
                pieces.blocking_send(rows).map_err(|_| refused("was not taken".to_owned()))
            }
            Name::File(path) => {
                files += 1;
                staged_file(&folder, path, from)
            }
            Name::Mark | Name::Manifest => Ok(()),
        })?;
        Ok::<_, ArchiveError>((mark, files))
    });
    let mut rows = 0;
    while let Some(piece) = coming.recv().await {
        rows += database.take(&piece.mark, &piece.table, &piece.lines).await?;
    }
    let (mark, files) = walking.await.expect("reading a backup does not panic")?;
    database.finish(&mark).await?;
    Ok(Restoring { rows, files, made_ms: mark.made_ms, acts: database.verify().await? })
}

fn staged_file(stage: &Path, name: &str, from: &mut dyn Read) -> Result<(), ArchiveError> {
    let path = stage.join(name);
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let mut file = file.map_err(failed("create", &path))?;
    std::io::copy(from, &mut file).map_err(failed("write", &path))?;
    file.sync_all().map_err(failed("flush", &path))
}

fn private_folder(path: &Path) -> Result<(), ArchiveError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed("create the folder", path))
}

fn remove(folder: &Path) -> Result<(), ArchiveError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed("remove", folder)(error)),
        _ => Ok(()),
    }
}

/// What a folder holds that is neither hidden nor a socket.
fn seen(folder: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("list", folder))? {
        let entry = entry.map_err(failed("list", folder))?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let socket = entry.file_type().is_ok_and(|kind| kind.is_socket());
        if !hidden && !socket {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Moves staged files into the data folder, after what bears their names is put aside.
fn take_place(stage: &Path, data_dir: &Path, now_ms: u64) -> Result<(), ArchiveError> {
    let aside = data_dir.join(format!(".replaced-{now_ms}"));
    let moved = |from: &Path, to: &Path| {
        let Some(name) = from.file_name() else { return Ok(()) };
        fs::rename(from, to.join(name)).map_err(failed("move", from))
    };
    for path in seen(stage)? {
        let there = path.file_name().map(|name| data_dir.join(name)).filter(|there| there.symlink_metadata().is_ok());
        if let Some(there) = there {
            private_folder(&aside)?;
            moved(&there, &aside)?;
        }
        moved(&path, data_dir)?;
    }
    File::open(data_dir).and_then(|folder| folder.sync_all()).map_err(failed("flush", data_dir))?;
    remove(stage)
}
