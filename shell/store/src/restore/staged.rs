//! A database that is filled beside the one whose place it takes.
//!
//! In SQLite it is a hidden file beside the database's, without a log of its own, and taking its place is a rename; in
//! PostgreSQL it is a schema, whose tables change places with the old ones in one transaction. So records are either the old
//! ones or the new ones.

use std::path::{Path, PathBuf};

use hustings_vocab::Place;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor, Row};

use crate::archive::{ArchiveError, Mark, failed};
use crate::audit::Broken;
use crate::backup::beside;
use crate::error::StoreError;
use crate::folder;
use crate::migrations::{migrations, newest};
use crate::store::Store;
use crate::tables::{NoRow, Table, ours, quoted, tables};

const SCHEMA: &str = "hustings_restoring";
const MIGRATIONS: &str = "_sqlx_migrations";

/// Whether there are records at `place`.
pub(super) async fn holds_records(place: &Place) -> Result<bool, ArchiveError> {
    match place {
        Place::Sqlite(path) => Ok(path.symlink_metadata().is_ok()),
        Place::Postgres(_) => {
            let store = Store::connect(place.clone(), None).await?;
            let mut connection = store.pool.acquire().await?;
            let mut found = false;
            // The head of the log is there from the beginning.
            for table in tables(&mut connection, place).await?.iter().filter(|table| table.name != "audit_head") {
                let sql = format!("SELECT 1 FROM {} LIMIT 1", quoted(&table.name));
                found |= sqlx::query(AssertSqlSafe(sql)).fetch_optional(&mut *connection).await?.is_some();
            }
            drop(connection);
            store.close().await;
            Ok(found)
        }
    }
}

/// The database that is filled.
pub(super) struct Staged {
    /// The one whose place it takes.
    place: Place,
    store: Store,
    filling: Option<Filling>,
}

struct Filling {
    connection: PoolConnection<Any>,
    tables: Vec<Table>,
}

impl Staged {
    pub(super) async fn begin(place: &Place) -> Result<Self, ArchiveError> {
        let store = match place {
            Place::Sqlite(path) => {
                let path = beside(path, "restoring");
                removed(&path)?;
                drop(folder::private_file(&path).map_err(StoreError::from)?);
                Store::connect(Place::Sqlite(path), Some(SCHEMA)).await?
            }
            Place::Postgres(_) => {
                let store = Store::connect(place.clone(), None).await?;
                let made = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}");
                store.pool.execute(AssertSqlSafe(made)).await?;
                store.close().await;
                Store::connect(place.clone(), Some(SCHEMA)).await?
            }
        };
        Ok(Self { place: place.clone(), store, filling: None })
    }

    /// Makes the tables as they were when the backup was made, without a row.
    async fn prepared(&mut self, mark: &Mark) -> Result<&mut Filling, ArchiveError> {
        if self.filling.is_none() {
            if newest() < mark.schema {
                return Err(ArchiveError::Newer);
            }
            let failed = |source| StoreError::Migration { place: self.place.clone(), source };
            migrations().run_to(mark.schema, &self.store.pool).await.map_err(failed)?;
            let mut connection = self.store.pool.acquire().await?;
            let tables = tables(&mut connection, &self.place).await?;
            connection.execute("BEGIN").await?;
            for table in tables.iter().rev() {
                let sql = format!("DELETE FROM {}", quoted(&table.name));
                connection.execute(AssertSqlSafe(sql)).await?;
            }
            self.filling = Some(Filling { connection, tables });
        }
        Ok(self.filling.as_mut().expect("it was made above"))
    }

    /// Writes rows of a table; how many.
    pub(super) async fn take(&mut self, mark: &Mark, table: &str, lines: &str) -> Result<u64, ArchiveError> {
        let Filling { connection, tables } = self.prepared(mark).await?;
        let refused = |why: String| ArchiveError::Refused { entry: format!("table {table}"), why };
        let known = tables.iter().find(|known| known.name == table);
        let known = known.ok_or_else(|| refused("is none that a database of its version has".to_owned()))?;
        known.take(connection, lines).await.map_err(|why: NoRow| refused(why.to_string()))
    }

    /// Keeps what was written and brings it up to date.
    pub(super) async fn finish(&mut self, mark: &Mark) -> Result<(), ArchiveError> {
        self.prepared(mark).await?;
        if let Some(Filling { mut connection, .. }) = self.filling.take() {
            connection.execute("COMMIT").await?;
        }
        let failed = |source| StoreError::Migration { place: self.place.clone(), source };
        Ok(migrations().run(&self.store.pool).await.map_err(failed)?)
    }

    pub(super) async fn verify(&self) -> Result<Result<u64, Broken>, ArchiveError> {
        Ok(self.store.verify_audit().await?)
    }

    /// Removes it, as well as that can be done.
    pub(super) async fn give_up(mut self) {
        if let Some(Filling { mut connection, .. }) = self.filling.take() {
            let _ = connection.execute("ROLLBACK").await;
        }
        self.store.close().await;
        match &self.place {
            Place::Sqlite(path) => drop(removed(&beside(path, "restoring"))),
            Place::Postgres(_) => {
                if let Ok(store) = Store::connect(self.place.clone(), None).await {
                    let drop = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
                    let _ = store.pool.execute(AssertSqlSafe(drop)).await;
                    store.close().await;
                }
            }
        }
    }

    /// Puts what is there aside, and this in its place.
    pub(super) async fn take_place(self, now_ms: u64) -> Result<(), ArchiveError> {
        self.store.close().await;
        match &self.place {
            Place::Sqlite(path) => {
                let aside = beside(path, &format!("replaced-{now_ms}"));
                for ending in ["-wal", "-shm", ""] {
                    let (from, to) = (with(path, ending), with(&aside, ending));
                    if from.symlink_metadata().is_ok() {
                        std::fs::rename(&from, &to).map_err(failed("move", &from))?;
                    }
                }
                std::fs::rename(beside(path, "restoring"), path).map_err(failed("replace", path))
            }
            Place::Postgres(_) => {
                let store = Store::connect(self.place.clone(), None).await?;
                let mut tx = store.pool.begin().await?;
                exchange(&mut tx, &self.place, now_ms).await?;
                tx.commit().await?;
                store.close().await;
                Ok(())
            }
        }
    }
}

/// Lets the tables of the two schemas change places; old ones without a row are not kept.
async fn exchange(tx: &mut AnyConnection, place: &Place, now_ms: u64) -> Result<(), ArchiveError> {
    let row = sqlx::query("SELECT CAST(current_schema() AS TEXT) AS name").fetch_one(&mut *tx).await?;
    let own = quoted(&row.try_get::<String, _>("name")?);
    let aside = format!("hustings_replaced_{now_ms}");
    let old = tables(&mut *tx, place).await?;
    tx.execute(AssertSqlSafe(format!("CREATE SCHEMA {aside}"))).await?;
    let mut all = ours();
    all.push(MIGRATIONS.to_owned());
    for name in &all {
        let name = quoted(name);
        for (from, to) in [(own.as_str(), aside.as_str()), (SCHEMA, own.as_str())] {
            tx.execute(AssertSqlSafe(format!("ALTER TABLE IF EXISTS {from}.{name} SET SCHEMA {to}"))).await?;
        }
    }
    let mut rows = false;
    for table in old.iter().filter(|table| table.name != "audit_head") {
        let sql = format!("SELECT 1 FROM {aside}.{} LIMIT 1", quoted(&table.name));
        rows |= sqlx::query(AssertSqlSafe(sql)).fetch_optional(&mut *tx).await?.is_some();
    }
    tx.execute(AssertSqlSafe(format!("DROP SCHEMA {SCHEMA} CASCADE"))).await?;
    if !rows {
        tx.execute(AssertSqlSafe(format!("DROP SCHEMA {aside} CASCADE"))).await?;
    }
    Ok(())
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Removes a database's files.
fn removed(path: &Path) -> Result<(), ArchiveError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let path = with(path, ending);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed("remove", &path)(error)),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;
    use crate::archive::FORMAT;

    #[tokio::test]
    async fn what_is_committed_is_in_the_file_that_takes_the_place_while_connections_are_open() {
        let folder = std::env::temp_dir().join(format!("hustings-staged-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("hustings.db");
        let schema = newest();
        let mark = Mark { format: FORMAT, schema, made_ms: 0 };
        let mut staged = Staged::begin(&Place::Sqlite(path.clone())).await.unwrap();
        staged.take(&mark, "audit_head", "one\tseq\thash\n1\t0\t").await.unwrap_err();
        staged.finish(&mark).await.unwrap();
        let alone = folder.join("alone.db");
        std::fs::copy(beside(&path, "restoring"), &alone).unwrap();
        let copy = Store::connect(Place::Sqlite(alone), None).await.unwrap();
        let versions = sqlx::query("SELECT version FROM _sqlx_migrations").fetch_all(&copy.pool).await.unwrap();
        assert_eq!(versions.len(), migrations().iter().count());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
