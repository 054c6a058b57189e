//! Making a backup while the server runs.
//!
//! All tables are read in one transaction that sees one moment of the database and makes nobody wait; the files of the data folder
//! come after it, because a record is written when its file is there. Nothing is changed: the schema is left as it is, and a
//! database of a newer version is refused. The backup is written beside its place and moved there when it is whole and on the
//! disk. Deliberately absent: what is no record, which are sockets, locks, drafts (names that begin with a dot) and the
//! database's own file.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use hustings_vocab::{Place, limits};
use sqlx::{AnyConnection, AssertSqlSafe, Executor, Row};

use crate::archive::{ArchiveError, FORMAT, Mark, Name, Writer, failed, is_plain};
use crate::error::StoreError;
use crate::migrations::newest;
use crate::store::{Store, begin_here};
use crate::tables::{Table, tables};

/// When rows of a table become an entry: what is in memory at once.
const ENTRY_BYTES: usize = 4 * 1024 * 1024;

/// What a backup holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saving {
    /// Rows of all tables.
    pub rows: u64,
    /// Tables.
    pub tables: u64,
    /// Files of the data folder.
    pub files: u64,
}

/// Saves the records at `place` and the files of the data folder into a new file.
///
/// # Errors
/// [`ArchiveError`]; nothing is left behind then.
pub async fn backup(data_dir: &Path, place: &Place, to: &Path, now_ms: u64) -> Result<Saving, ArchiveError> {
    if to.symlink_metadata().is_ok() {
        let what = format!("{} is there already:", to.display());
        return Err(ArchiveError::Occupied { what, remedy: "name another file" });
    }
    let draft = beside(to, "partial");
    // What a backup that was ended left there is no backup.
    let _ = fs::remove_file(&draft);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let file = file.map_err(failed("create", &draft))?;
    let saved = save(data_dir, place, (file, &draft), now_ms).await;
    let saved = saved.and_then(|saving| {
        // A link is refused where there is something by now; a renamed file would replace it.
        fs::hard_link(&draft, to).map_err(failed("create", to))?;
        Ok(saving)
    });
    let _ = fs::remove_file(&draft);
    saved
}

/// A hidden file beside another one.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or(OsStr::new("hustings")).to_string_lossy();
    path.with_file_name(format!(".{name}.{ending}"))
}

async fn save(data_dir: &Path, place: &Place, to: (File, &Path), now_ms: u64) -> Result<Saving, ArchiveError> {
    let (file, path) = to;
    if let Place::Sqlite(path) = place {
        // Asking for a database that is not there would make one.
        File::open(path).map_err(failed("open the database", path))?;
    }
    let mut saving = Saving::default();
    let store = Store::connect(place.clone(), None).await?;
    let mut connection = store.pool.acquire().await?;
    begin_here(&mut connection, place).await?;
    let mark = Mark { format: FORMAT, schema: schema(&mut connection, place).await?, made_ms: now_ms };
    let mut writer = Writer::begin(file, &mark).map_err(failed("write", path))?;
    for table in tables(&mut connection, place).await? {
        saving.rows += rows(&mut connection, &table, &mut writer, path).await?;
        saving.tables += 1;
    }
    connection.execute("ROLLBACK").await?;
    drop(connection);
    store.close().await;
    let own = path.metadata().map_err(failed("look at", path))?.ino();
    for (name, path) in files(data_dir, place, own)? {
        saving.files += copied(&mut writer, &name, &path)?;
    }
    let file = writer.finish().map_err(failed("write", path))?;
    file.sync_all().map_err(failed("flush", path))?;
    Ok(saving)
}

/// The last migration that a database has seen.
async fn schema(of: &mut AnyConnection, place: &Place) -> Result<i64, ArchiveError> {
    let row = sqlx::query("SELECT MAX(version) AS version FROM _sqlx_migrations WHERE success").fetch_one(of).await?;
    let version: i64 = row.try_get("version")?;
    if version > newest() {
        return Err(StoreError::Newer { place: place.clone() }.into());
    }
    Ok(version)
}

async fn rows(of: &mut AnyConnection, table: &Table, to: &mut Writer<File>, path: &Path) -> Result<u64, ArchiveError> {
    let head = table.head();
    let (mut lines, mut number, mut count) = (format!("{head}\n"), 0, 0);
    let mut add = |lines: &str, number| {
        let name = Name::Rows { table: table.name.clone(), number };
        to.add(&name, lines.len() as u64, lines.as_bytes()).map_err(failed("write", path))
    };
    let sql = table.all_rows();
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(of);
    while let Some(row) = rows.try_next().await? {
        let line = table.line(&row)?;
        if line.len() > limits::BACKUP_ROWS_BYTES_MAX - ENTRY_BYTES {
            return Err(ArchiveError::Unsaved(format!("a row of {} is too large for a backup", table.name)));
        }
        lines.push_str(&line);
        lines.push('\n');
        count += 1;
        if lines.len() >= ENTRY_BYTES {
            add(&lines, number)?;
            number += 1;
            lines.truncate(head.len() + 1);
        }
    }
    if lines.len() > head.len() + 1 {
        add(&lines, number)?;
    }
    Ok(count)
}

/// The files of the data folder that are records, by their paths in it.
fn files(data_dir: &Path, place: &Place, own: u64) -> Result<Vec<(String, PathBuf)>, ArchiveError> {
    let database = match place {
        Place::Sqlite(path) => path.metadata().ok().map(|m| (m.dev(), m.ino())),
        Place::Postgres(_) => None,
    };
    let journal = |path: &Path| match place {
        Place::Sqlite(db) => {
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            let of = db.file_name().and_then(OsStr::to_str).unwrap_or_default();
            ["-wal", "-shm", "-journal"].iter().any(|ending| name.strip_suffix(ending) == Some(of))
        }
        Place::Postgres(_) => false,
    };
    let (mut found, mut folders) = (Vec::new(), vec![(String::new(), data_dir.to_owned())]);
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(failed("list", &folder))? {
            let path = entry.map_err(failed("list", &folder))?.path();
            let Some(name) = path.file_name().and_then(OsStr::to_str) else {
                return Err(ArchiveError::Unsaved(format!("{} has a name that is no text", path.display())));
            };
            // What goes away meanwhile was no record.
            let Ok(about) = path.symlink_metadata() else { continue };
            let name = format!("{prefix}{name}");
            if name.split('/').any(|part| part.starts_with('.')) || about.ino() == own || journal(&path) {
                continue;
            }
            if about.is_dir() {
                folders.push((format!("{name}/"), path));
            } else if about.is_file() && database != Some((about.dev(), about.ino())) {
                if !is_plain(&name) {
                    return Err(ArchiveError::Unsaved(format!("{} has a name that is too long", path.display())));
                }
                found.push((name, path));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn copied(to: &mut Writer<File>, name: &str, path: &Path) -> Result<u64, ArchiveError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        opened => opened.map_err(failed("read", path))?,
    };
    let bytes = file.metadata().map_err(failed("read", path))?.len();
    if bytes > limits::BACKUP_FILE_BYTES_MAX {
        return Err(ArchiveError::Unsaved(format!("{} is too large for a backup", path.display())));
    }
    to.add(&Name::File(name.to_owned()), bytes, file).map_err(failed("save", path))?;
    Ok(1)
}
