//! The list of migrations that ran in a database: the table `kwik_migrations`.

use super::{SchemaError, dialect::Dialect, engine::Engine};
use chrono::{DateTime, Utc};

/// The table's name.
pub(super) const TABLE: &str = "kwik_migrations";

/// A migration that ran.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) checksum: String,
    pub(super) applied_at: DateTime<Utc>,
}

impl Entry {
    /// An entry out of a row.
    pub(super) fn read(
        number: i64,
        name: String,
        checksum: String,
        applied_at: DateTime<Utc>,
    ) -> Result<Self, SchemaError> {
        let number = u32::try_from(number)
            .map_err(|_| SchemaError::Database(format!("{TABLE} has the number {number}, which no migration has")))?;
        Ok(Self { number, name, checksum, applied_at })
    }
}

/// The statement that makes the table.
pub(super) const fn create(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "CREATE TABLE kwik_migrations (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, \
             applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
        }
        Dialect::Sqlite => {
            "CREATE TABLE kwik_migrations (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, \
             applied_at integer NOT NULL) STRICT"
        }
    }
}

/// What ran in the database, by number; nothing if the table is not there.
pub(super) async fn read(engine: &mut dyn Engine) -> Result<Vec<Entry>, SchemaError> {
    if exists(engine).await? { engine.journal().await } else { Ok(Vec::new()) }
}

/// Whether the table is there.
pub(super) async fn exists(engine: &mut dyn Engine) -> Result<bool, SchemaError> {
    Ok(!engine.tables(&[TABLE.to_owned()]).await?.is_empty())
}
