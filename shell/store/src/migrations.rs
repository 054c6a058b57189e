//! The migrations, in their order, as `build.rs` lists those of `migrations/`. What one says is never changed: databases keep its
//! checksum.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Version, what it is for, and its statements.
const ALL: &[(i64, &str, &str)] = &include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// All of them.
pub(crate) fn migrations() -> Migrator {
    let read = |(version, what, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, Cow::Borrowed(*what), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(ALL.iter().map(read).collect())
}

/// What they say.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(.., sql)| *sql)
}

/// The version of the last one.
pub(crate) fn newest() -> i64 {
    ALL.iter().map(|(version, ..)| *version).max().unwrap_or_default()
}
