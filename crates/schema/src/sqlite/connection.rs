//! The connection that changes the schema on SQLite.

use super::{
    super::{Dialect, SchemaError, engine::Engine, journal::Entry, physical::PhysicalTable, view::PhysicalView},
    introspection,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Sqlite, SqlitePool, pool::PoolConnection};
use std::time::Duration;

/// The pool's one writer. It is closed afterwards, not given back, since its settings are changed.
pub(in super::super) struct SqliteConnection {
    connection: PoolConnection<Sqlite>,
}

impl SqliteConnection {
    /// Takes the writer.
    pub(in super::super) async fn open(writer: &SqlitePool) -> Result<Self, SchemaError> {
        let mut connection = match writer.acquire().await {
            Ok(connection) => connection,
            Err(error) => return Err(SchemaError::reading(&error)),
        };
        connection.close_on_drop();
        Ok(Self { connection })
    }

    async fn control(&mut self, sql: &'static str) -> Result<(), SchemaError> {
        sqlx::raw_sql(sql).execute(&mut *self.connection).await.map(drop).map_err(|e| SchemaError::reading(&e))
    }

    /// Rebuilt tables may have lost rows that others refer to.
    async fn check_references(&mut self) -> Result<(), SchemaError> {
        let broken: Option<(String, String)> =
            sqlx::query_as("SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1")
                .fetch_optional(&mut *self.connection)
                .await
                .map_err(|error| SchemaError::reading(&error))?;
        broken.map_or(Ok(()), |(table, parent)| {
            Err(SchemaError::Statement {
                statement: "PRAGMA foreign_key_check".to_owned(),
                reason: format!("rows of {table} refer to rows that {parent} does not have"),
                hint: "; remove or correct them first",
            })
        })
    }
}

#[async_trait]
impl Engine for SqliteConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    /// The store keeps other processes out, and there is one writer: whoever has it has the lock.
    async fn lock(&mut self, _patience: Duration) -> Result<(), SchemaError> {
        Ok(())
    }

    async fn begin(&mut self) -> Result<(), SchemaError> {
        // Within a transaction it would do nothing, and a rebuild would remove what refers to it.
        self.control("PRAGMA foreign_keys = OFF").await?;
        self.control("BEGIN IMMEDIATE").await
    }

    async fn commit(&mut self) -> Result<(), SchemaError> {
        self.check_references().await?;
        self.control("COMMIT").await
    }

    async fn run(&mut self, sql: &str) -> Result<(), SchemaError> {
        // Its parts are names from metadata, quoted, and literals; or a migration of the program.
        let script = sqlx::raw_sql(AssertSqlSafe(sql));
        let outcome = script.execute(&mut *self.connection).await;
        outcome.map(drop).map_err(|error| SchemaError::statement(Dialect::Sqlite, sql, &error))
    }

    async fn has_rows(&mut self, query: &str) -> Result<bool, SchemaError> {
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT EXISTS ({query})")))
            .persistent(false)
            .fetch_one(&mut *self.connection)
            .await
            .map_err(|error| SchemaError::reading(&error))
    }

    async fn number(&mut self, query: &str) -> Result<i64, SchemaError> {
        let number = sqlx::query_scalar(AssertSqlSafe(query)).persistent(false);
        number.fetch_one(&mut *self.connection).await.map_err(|error| SchemaError::reading(&error))
    }

    async fn views(&mut self, names: &[String]) -> Result<Vec<PhysicalView>, SchemaError> {
        introspection::views(&mut self.connection, names).await.map_err(|error| SchemaError::reading(&error))
    }

    async fn tables(&mut self, names: &[String]) -> Result<Vec<PhysicalTable>, SchemaError> {
        introspection::tables(&mut self.connection, names).await.map_err(|error| SchemaError::reading(&error))
    }

    async fn journal(&mut self) -> Result<Vec<Entry>, SchemaError> {
        let rows: Result<Vec<(i64, String, String, i64)>, _> =
            sqlx::query_as("SELECT number, name, checksum, applied_at FROM kwik_migrations ORDER BY number")
                .fetch_all(&mut *self.connection)
                .await;
        let rows = rows.map_err(|error| SchemaError::reading(&error))?;
        let moment = |micros| DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default();
        let entry = |(number, name, checksum, at)| Entry::read(number, name, checksum, moment(at));
        rows.into_iter().map(entry).collect()
    }

    async fn record(&mut self, number: u32, name: &str, checksum: &str) -> Result<(), SchemaError> {
        sqlx::query(
            "INSERT INTO kwik_migrations (number, name, checksum, applied_at) \
             VALUES ($1, $2, $3, CAST(unixepoch('subsec') * 1000000 AS integer))",
        )
        .bind(i64::from(number))
        .bind(name)
        .bind(checksum)
        .execute(&mut *self.connection)
        .await
        .map(drop)
        .map_err(|error| SchemaError::reading(&error))
    }

    async fn close(self: Box<Self>) {
        // Whatever comes of it: what cannot be closed now is closed when it is dropped.
        let _ = self.connection.close().await;
    }
}
