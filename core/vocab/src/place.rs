//! Where the records are: the address of a database, as it is configured.
//!
//! Only the address is here, so that configuration can be read without a database's driver. Absent: opening it.

use core::fmt;
use core::str::FromStr;
use std::path::{Path, PathBuf};

/// The database's file in the data folder.
const FILE: &str = "hustings.db";

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
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "restore it from a backup, or name another folder with --data",
            Self::Postgres(_) => "look whether it runs, and at the user, the password and the name in store.url",
        }
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
