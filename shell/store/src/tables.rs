//! Rows of any of our tables as lines of JSON, and back: what makes a backup independent of the database it comes from.
//!
//! The tables are those that the migrations make, read from the migrations themselves, so that one which is added is saved
//! without a word here. Their columns and what they refer to are asked of the database. Deliberately absent: tables of others
//! in the same database, and the list of migrations, which the version in the backup's mark stands for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hustings_vocab::Place;
use serde_json::{Number, Value};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row};

use crate::migrations::texts;

/// What a column holds, on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Real,
    Bytes,
}

impl Kind {
    fn named(declared: &str) -> Option<Self> {
        match declared.to_ascii_lowercase().as_str() {
            "text" => Some(Self::Text),
            "bigint" | "integer" => Some(Self::Number),
            "double precision" | "real" => Some(Self::Real),
            "bytea" | "blob" => Some(Self::Bytes),
            _ => None,
        }
    }
}

/// A table as it is in one database.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    columns: Vec<(String, Kind)>,
}

/// Why a line is no row of a table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRow {
    #[error("has a line that is no row of its table")]
    Shape,
    #[error("has a column that its table has not")]
    Column,
    #[error("does not fit into the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Tables that hold nothing that lasts: a letter that waits would be sent a second time, and may hold a link that signs in.
const PASSING: [&str; 1] = ["mail_queue"];

/// The names of the tables that migrations make.
pub(crate) fn ours() -> Vec<String> {
    let texts = texts().map(str::to_ascii_lowercase).collect::<Vec<_>>();
    let made = texts.iter().flat_map(|text| text.split("create table ").skip(1));
    let name =
        |text: &str| text.trim_start_matches("if not exists ").split(|c: char| !is_letter(c)).next().map(Into::into);
    let mut all: Vec<String> = made.filter_map(name).collect();
    all.sort();
    all.dedup();
    all
}

const fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Our tables that a database has, each after those that it refers to.
pub(crate) async fn tables(of: &mut AnyConnection, place: &Place) -> Result<Vec<Table>, sqlx::Error> {
    let (columns, parents) = match place {
        Place::Sqlite(_) => (
            "SELECT name, type AS kind FROM pragma_table_info($1) ORDER BY cid",
            "SELECT DISTINCT \"table\" AS parent FROM pragma_foreign_key_list($1)",
        ),
        Place::Postgres(_) => (
            "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
            "SELECT DISTINCT CAST(p.relname AS TEXT) AS parent FROM pg_constraint c
             JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
             JOIN pg_class p ON p.oid = c.confrelid
             WHERE c.contype = 'f' AND n.nspname = current_schema() AND t.relname = $1",
        ),
    };
    let mut left = Vec::new();
    for name in ours().into_iter().filter(|name| !PASSING.contains(&name.as_str())) {
        let rows = sqlx::query(columns).bind(&name).fetch_all(&mut *of).await?;
        if rows.is_empty() {
            continue;
        }
        let mut table = Table { name, columns: Vec::new() };
        for row in rows {
            let (column, kind): (String, String) = (row.try_get("name")?, row.try_get("kind")?);
            let unknown = || sqlx::Error::Protocol(format!("{}.{column} is of the unknown type {kind}", table.name));
            table.columns.push((column.clone(), Kind::named(&kind).ok_or_else(unknown)?));
        }
        let mut refers = Vec::new();
        for row in sqlx::query(parents).bind(&table.name).fetch_all(&mut *of).await? {
            refers.push(row.try_get::<String, _>("parent")?);
        }
        refers.retain(|parent| *parent != table.name);
        left.push((table, refers));
    }
    let mut sorted: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let known = |name: &String| sorted.iter().any(|table| table.name == *name);
        // Two that refer to each other come in the order of their names; no migration makes such.
        let next = left.iter().position(|(_, refers)| refers.iter().all(known)).unwrap_or(0);
        sorted.push(left.remove(next).0);
    }
    Ok(sorted)
}

impl Table {
    pub(crate) fn all_rows(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        format!("SELECT {} FROM {}", columns.join(", "), quoted(&self.name))
    }

    /// The first line of its rows.
    pub(crate) fn head(&self) -> String {
        Value::from(self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>()).to_string()
    }

    /// One row of [`Table::all_rows`] as a line.
    pub(crate) fn line(&self, row: &AnyRow) -> Result<String, sqlx::Error> {
        let value = |(index, (_, kind)): (usize, &(String, Kind))| {
            Ok(match kind {
                Kind::Text => row.try_get::<Option<String>, _>(index)?.map(Value::from),
                Kind::Number => row.try_get::<Option<i64>, _>(index)?.map(Value::from),
                Kind::Real => row.try_get::<Option<f64>, _>(index)?.and_then(Number::from_f64).map(Value::from),
                Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(index)?.map(|b| Value::from(STANDARD.encode(b))),
            }
            .unwrap_or(Value::Null))
        };
        let values = self.columns.iter().enumerate().map(value).collect::<Result<Vec<_>, sqlx::Error>>()?;
        Ok(Value::from(values).to_string())
    }

    /// Writes rows of these lines, the first of which names the columns; how many.
    pub(crate) async fn take(&self, to: &mut AnyConnection, lines: &str) -> Result<u64, NoRow> {
        // SQLite takes 32,766 values in a statement; a thousand are as quick.
        const VALUES_MAX: usize = 1000;
        let mut lines = lines.lines();
        let head: Vec<String> = lines.next().and_then(|line| serde_json::from_str(line).ok()).ok_or(NoRow::Shape)?;
        let mut columns = Vec::new();
        for name in &head {
            let known = self.columns.iter().find(|(column, _)| column == name).ok_or(NoRow::Column)?;
            if columns.contains(&known) {
                return Err(NoRow::Column);
            }
            columns.push(known);
        }
        if columns.is_empty() {
            return Err(NoRow::Shape);
        }
        let names: Vec<_> = columns.iter().map(|(name, _)| quoted(name)).collect();
        let into = format!("INSERT INTO {} ({}) VALUES ", quoted(&self.name), names.join(", "));
        let lines: Vec<_> = lines.collect();
        for some in lines.chunks(VALUES_MAX.div_ceil(columns.len())) {
            let row = |n: usize| {
                let places: Vec<_> = (1..=columns.len()).map(|c| format!("${}", n * columns.len() + c)).collect();
                format!("({})", places.join(", "))
            };
            let sql = format!("{into}{}", (0..some.len()).map(row).collect::<Vec<_>>().join(", "));
            // What is put together are names that the database has, and numbers of places.
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for line in some {
                let values: Vec<Value> = serde_json::from_str(line).map_err(|_| NoRow::Shape)?;
                if values.len() != columns.len() {
                    return Err(NoRow::Shape);
                }
                for ((_, kind), value) in columns.iter().zip(values) {
                    query = bound(query, *kind, value).ok_or(NoRow::Shape)?;
                }
            }
            query.execute(&mut *to).await?;
        }
        Ok(lines.len() as u64)
    }
}

type Bound<'q> = Query<'q, Any, AnyArguments>;

/// A value in the place of a column, if it is one of its kind.
fn bound(query: Bound<'_>, kind: Kind, value: Value) -> Option<Bound<'_>> {
    Some(match (kind, value) {
        (Kind::Text, Value::Null) => query.bind(None::<String>),
        (Kind::Text, Value::String(text)) => query.bind(text),
        (Kind::Number, Value::Null) => query.bind(None::<i64>),
        (Kind::Number, Value::Number(number)) => query.bind(number.as_i64()?),
        (Kind::Real, Value::Null) => query.bind(None::<f64>),
        (Kind::Real, Value::Number(number)) => query.bind(number.as_f64()?),
        (Kind::Bytes, Value::Null) => query.bind(None::<Vec<u8>>),
        (Kind::Bytes, Value::String(text)) => query.bind(STANDARD.decode(text).ok()?),
        _ => return None,
    })
}

/// A name that the database gave, as SQL takes it whatever it is.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
