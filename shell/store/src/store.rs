//! The database: where it is, how it is opened and closed.
//!
//! Everything that is asked of it goes through one driver-independent pool, so that there is one text of each query. The SQL
//! is the part that SQLite and PostgreSQL share: numbered parameters, `ON CONFLICT`, `RETURNING`, no functions of one alone;
//! columns are `TEXT` and `BIGINT`. What tells the two apart is in this file.

use std::path::Path;
use std::time::Duration;

use hustings_vocab::Place;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Executor};

use crate::error::StoreError;
use crate::folder::{self, FolderLock};
use crate::migrations::migrations;

/// Connections to SQLite: one writes, the others read beside it. Queries take less than a millisecond and there are few.
const SQLITE_CONNECTIONS_MAX: u32 = 4;
/// Connections to PostgreSQL: a query takes a millisecond of network, so sixteen carry some thousand a second, and a server
/// of 100 connections has room for others.
const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// How long who asks waits for a connection, and a start for a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

fn options(place: &Place) -> Result<AnyConnectOptions, sqlx::Error> {
    match place {
        // A path is no address: what means something in one is written as %XX.
        Place::Sqlite(path) => format!("sqlite://{}?mode=rwc", percent(path)).parse(),
        Place::Postgres(url) => url.parse(),
    }
}

const fn connections_max(place: &Place) -> u32 {
    match place {
        Place::Sqlite(_) => SQLITE_CONNECTIONS_MAX,
        Place::Postgres(_) => POSTGRES_CONNECTIONS_MAX,
    }
}

/// What a new connection is told.
fn greeting(place: &Place, staged: Option<&str>) -> String {
    let (all, own) = match (place, staged) {
        // A write is on the disk before it is acknowledged. Of 8 MB each keeps what a list of a large house reads.
        (Place::Sqlite(_), None) => (SQLITE, "PRAGMA journal_mode = WAL; PRAGMA cache_size = -8000".to_owned()),
        // Only the file takes the other's place: what is committed is in it, and not in a log beside it, which SQLite empties
        // when the last connection is closed, unless it does not see that it was the last.
        (Place::Sqlite(_), Some(_)) => (SQLITE, "PRAGMA journal_mode = DELETE".to_owned()),
        (Place::Postgres(_), None) => (POSTGRES, String::new()),
        (Place::Postgres(_), Some(schema)) => (POSTGRES, format!("SET search_path TO {schema}")),
    };
    format!("{all}; {own}")
}

const SQLITE: &str = "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON";
const POSTGRES: &str = "SET lock_timeout = '5s'; SET statement_timeout = '30s'";

/// The functions that make columns, and such rows, a list in JSON.
pub(crate) const fn gathering(place: &Place) -> (&'static str, &'static str) {
    match place {
        Place::Sqlite(_) => ("json_array", "json_group_array"),
        Place::Postgres(_) => ("json_build_array", "json_agg"),
    }
}

/// Begins a transaction that reads one moment of the database, however long it takes.
pub(crate) async fn begin_here(connection: &mut AnyConnection, place: &Place) -> Result<(), StoreError> {
    let begin = match place {
        // In WAL the first read sets the moment.
        Place::Sqlite(_) => "BEGIN; SELECT version FROM _sqlx_migrations LIMIT 1",
        Place::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0",
    };
    connection.execute(begin).await?;
    Ok(())
}

fn percent(path: &Path) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./~".contains(&b);
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.iter().map(|&b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The records. Cloning it shares the connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    place: Place,
}

impl Store {
    /// Opens the records in `data_dir`, making the folder (mode 0700) and the database if they are absent, and brings
    /// the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Folder`], [`StoreError::Database`], [`StoreError::Newer`] or [`StoreError::Migration`].
    pub async fn open(data_dir: &Path) -> Result<Self, StoreError> {
        Self::open_at(data_dir, Place::in_folder(data_dir)).await
    }

    /// Opens the records at `place`; the folder is where processes agree on who brings the schema up to date.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_at(data_dir: &Path, place: Place) -> Result<Self, StoreError> {
        folder::make(data_dir)?;
        let folder = data_dir.to_owned();
        // Waiting for the lock may take as long as another process's migration.
        let _alone = tokio::task::spawn_blocking(move || FolderLock::take(&folder))
            .await
            .expect("taking a lock does not panic")?;
        if let Place::Sqlite(path) = &place {
            // SQLite says "unable to open database file" for every reason; the system says which.
            drop(folder::private_file(path)?);
        }
        let store = Self::connect(place.clone(), None).await?;
        migrations().run(&store.pool).await.map_err(|source| match source {
            sqlx::migrate::MigrateError::VersionMissing(_) => StoreError::Newer { place: place.clone() },
            source => StoreError::Migration { place: place.clone(), source },
        })?;
        Ok(store)
    }

    /// The records at `place` with the schema that they have. Those that are still to take the place of others are `staged`: in
    /// PostgreSQL in the schema of that name.
    pub(crate) async fn connect(place: Place, staged: Option<&str>) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let greeting = greeting(&place, staged);
        let failed = |source| StoreError::Database { place: place.clone(), source };
        let pool = AnyPoolOptions::new()
            .max_connections(connections_max(&place))
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                // It is put together of texts in this program.
                let greeting = AssertSqlSafe(greeting.clone());
                Box::pin(async move { connection.execute(greeting).await.map(drop) })
            })
            .connect_with(options(&place).map_err(failed)?)
            .await
            .map_err(failed)?;
        Ok(Self { pool, place })
    }

    /// Where they are.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Writes what is outstanding and closes the database. Dropping a store leaves its journal to the next start.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
