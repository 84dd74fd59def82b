//! Where Kwik's tables are, and how far a takeover has come.

use crate::TakeoverError;
use sqlx::{AssertSqlSafe, PgConnection};

/// The schema into which Kwik's tables move.
pub const KWIK_SCHEMA: &str = "kwik_python";

/// Kwik's tables of users and rights, in the order in which they are read.
pub(crate) const TABLES: [&str; 5] = ["users", "roles", "permissions", "users_roles", "roles_permissions"];

/// Kwik's keys for programs; only newer databases have them. They move along and are not copied.
pub(crate) const API_KEYS: &str = "api_keys";

/// How far a takeover has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Kwik's tables are where Kwik made them.
    Untouched,
    /// They are in their new schema.
    Moved,
    /// Their rows are copied.
    Copied,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The schema in which the program's tables are, without quotes.
    pub(crate) home: String,
    pub(crate) stage: Stage,
    /// Whether there are tables of Kwik's at all: a person may have dropped them after the takeover.
    pub(crate) has_rows: bool,
    pub(crate) has_api_keys: bool,
}

impl Layout {
    /// Looks.
    pub(crate) async fn find(connection: &mut PgConnection) -> Result<Self, TakeoverError> {
        let home: Option<String> =
            sqlx::query_scalar("SELECT current_schema()::text").fetch_one(&mut *connection).await?;
        let home = home.ok_or(TakeoverError::Nothing)?;
        let here = is_kwiks(connection, &home).await?;
        let moved = is_kwiks(connection, KWIK_SCHEMA).await?;
        let copied = is_recorded(connection, &home).await?;
        let stage = match (here, moved, copied) {
            (true, true, _) => return Err(TakeoverError::Twice),
            (false, false, false) => return Err(TakeoverError::Nothing),
            (true, false, _) => Stage::Untouched,
            (false, true, false) => Stage::Moved,
            (false, _, true) => Stage::Copied,
        };
        let mut layout = Self { home, stage, has_rows: here || moved, has_api_keys: false };
        if layout.has_rows {
            layout.has_api_keys = exists(connection, layout.schema(), API_KEYS).await?;
            for table in TABLES {
                if !exists(connection, layout.schema(), table).await? {
                    return Err(TakeoverError::Incomplete(table));
                }
            }
        }
        Ok(layout)
    }

    /// The schema in which Kwik's tables are now.
    pub(crate) fn schema(&self) -> &str {
        if self.stage == Stage::Untouched { &self.home } else { KWIK_SCHEMA }
    }

    /// Kwik's tables that are there.
    pub(crate) fn tables(&self) -> Vec<&'static str> {
        TABLES.into_iter().chain(self.has_api_keys.then_some(API_KEYS)).collect()
    }
}

/// Whether a schema has such a table.
pub(crate) async fn exists(connection: &mut PgConnection, schema: &str, table: &str) -> Result<bool, TakeoverError> {
    let ask = "SELECT to_regclass($1) IS NOT NULL";
    Ok(sqlx::query_scalar(ask).bind(qualified(schema, table)).fetch_one(connection).await?)
}

/// Whether the table of users there is Kwik's: ours has a column more, by which addresses are told apart.
async fn is_kwiks(connection: &mut PgConnection, schema: &str) -> Result<bool, TakeoverError> {
    let ask = "SELECT count(*) FILTER (WHERE attname = 'hashed_password') = 1 \
               AND count(*) FILTER (WHERE attname IN ('login', 'version')) = 0 \
               FROM pg_attribute WHERE attrelid = to_regclass($1) AND NOT attisdropped";
    Ok(sqlx::query_scalar(ask).bind(qualified(schema, "users")).fetch_one(connection).await?)
}

/// Whether the trail says that rows were copied.
async fn is_recorded(connection: &mut PgConnection, home: &str) -> Result<bool, TakeoverError> {
    if !exists(connection, home, "kwik_audit").await? {
        return Ok(false);
    }
    let trail = qualified(home, "kwik_audit");
    let ask = format!("SELECT EXISTS (SELECT FROM {trail} WHERE entity = 'access' AND action = $1)");
    // A name from the catalog, quoted.
    Ok(sqlx::query_scalar(AssertSqlSafe(ask)).bind(crate::copy::ACTION).fetch_one(connection).await?)
}

/// The name of a table with its schema, quoted.
pub(crate) fn qualified(schema: &str, table: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(table))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
