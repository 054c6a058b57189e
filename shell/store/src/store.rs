//! The database: where it is, how it is opened and closed.
//!
//! Everything that is asked of it goes through one driver-independent pool, so that there is one text of each query. The SQL
//! is the part that SQLite and PostgreSQL share: numbered parameters, `ON CONFLICT`, `RETURNING`, no functions of one alone;
//! columns are `TEXT` and `BIGINT`. What tells the two apart is in this file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Executor};

use crate::error::StoreError;
use crate::folder::{self, FolderLock};

/// The database's file in the data folder.
const FILE: &str = "hustings.db";
/// Connections to SQLite: one writes, the others read beside it. Queries take less than a millisecond and there are few.
const SQLITE_CONNECTIONS_MAX: u32 = 4;
/// Connections to PostgreSQL: a query takes a millisecond of network, so sixteen carry some thousand a second, and a server
/// of 100 connections has room for others.
const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// How long who asks waits for a connection, and a start for a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A server: its address, which holds a password and is therefore never shown.
    Postgres(String),
}

/// The text is no address of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a database is sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")]
pub struct BadUrl;

impl FromStr for Place {
    type Err = BadUrl;

    fn from_str(url: &str) -> Result<Self, BadUrl> {
        match url.split_once(':') {
            Some(("sqlite", path)) if !path.trim_start_matches('/').is_empty() => {
                Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into()))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(Self::Postgres(url.to_owned())),
            _ => Err(BadUrl),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(_) => f.write_str("the PostgreSQL server of store.url"),
        }
    }
}

impl Place {
    /// The file of a data folder.
    #[must_use]
    pub fn in_folder(data_dir: &Path) -> Self {
        Self::Sqlite(data_dir.join(FILE))
    }

    /// What can be done about one that cannot be used.
    pub(crate) const fn remedy(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "restore it from a backup, or name another folder with --data",
            Self::Postgres(_) => "look whether it runs, and at the user, the password and the name in store.url",
        }
    }

    fn options(&self) -> Result<AnyConnectOptions, sqlx::Error> {
        match self {
            // A path is no address: what means something in one is written as %XX.
            Self::Sqlite(path) => format!("sqlite://{}?mode=rwc", percent(path)).parse(),
            Self::Postgres(url) => url.parse(),
        }
    }

    const fn connections_max(&self) -> u32 {
        match self {
            Self::Sqlite(_) => SQLITE_CONNECTIONS_MAX,
            Self::Postgres(_) => POSTGRES_CONNECTIONS_MAX,
        }
    }

    /// What a new connection is told.
    const fn greeting(&self) -> &'static str {
        match self {
            // A write is on the disk before it is acknowledged.
            Self::Sqlite(_) => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON"
            }
            Self::Postgres(_) => "SET lock_timeout = '5s'; SET statement_timeout = '30s'",
        }
    }
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
        sqlx::any::install_default_drivers();
        let greeting = place.greeting();
        let failed = |source| StoreError::Database { place: place.clone(), source };
        let pool = AnyPoolOptions::new()
            .max_connections(place.connections_max())
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| Box::pin(async move { connection.execute(greeting).await.map(drop) }))
            .connect_with(place.options().map_err(failed)?)
            .await
            .map_err(failed)?;
        sqlx::migrate!().run(&pool).await.map_err(|source| match source {
            sqlx::migrate::MigrateError::VersionMissing(_) => StoreError::Newer { place: place.clone() },
            source => StoreError::Migration { place: place.clone(), source },
        })?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_one_of_two_kinds() {
        assert_eq!("sqlite:/a b/c.db".parse(), Ok(Place::Sqlite("/a b/c.db".into())));
        assert_eq!("sqlite:///a.db".parse(), Ok(Place::Sqlite("/a.db".into())));
        let url = "postgres://me:secret@db/hustings";
        let place: Place = url.parse().unwrap();
        assert_eq!(place, Place::Postgres(url.into()));
        assert!(!place.to_string().contains("secret"));
        for bad in ["", "sqlite:", "sqlite://", "mysql://x", "postgres:x", "/a.db"] {
            assert_eq!(bad.parse::<Place>(), Err(BadUrl), "{bad:?}");
        }
    }
}
