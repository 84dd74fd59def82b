//! The connection that changes the schema on PostgreSQL.

use super::{
    super::{Dialect, SchemaError, engine::Engine, journal::Entry, physical::PhysicalTable, view::PhysicalView},
    introspection,
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};

/// The advisory lock: "kwik" and "schm" in ASCII. Advisory locks are a database's own.
const LOCK: i64 = 0x6b77_696b_7363_686d;
/// How often to ask for it. Nobody waits in it: a waiting statement would hold a snapshot, and an
/// index built concurrently would wait for that.
const POLL: Duration = Duration::from_millis(100);
/// How long to wait for the connection.
const CONNECT: Duration = Duration::from_secs(10);
/// A migration may take its time, but not queue for long behind others: whoever comes after it waits
/// as well. Constants are written the same way whatever the server's settings.
const SETTINGS: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '5s'; \
     SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL timezone = 'UTC'; \
     SET LOCAL datestyle = 'ISO'; SET LOCAL client_min_messages = 'warning'";

/// A connection beside the pool: what it holds ends with it.
pub(in super::super) struct PostgresConnection {
    connection: PgConnection,
}

impl PostgresConnection {
    /// Connects to where the pool's connections go.
    pub(in super::super) async fn open(pool: &PgPool) -> Result<Self, SchemaError> {
        let options = pool.connect_options();
        match tokio::time::timeout(CONNECT, PgConnection::connect_with(&options)).await {
            Ok(Ok(connection)) => Ok(Self { connection }),
            Ok(Err(error)) => Err(SchemaError::reading(&error)),
            Err(_) => Err(SchemaError::Database(format!("no connection within {} s", CONNECT.as_secs()))),
        }
    }

    async fn control(&mut self, sql: &'static str) -> Result<(), SchemaError> {
        sqlx::raw_sql(sql).execute(&mut self.connection).await.map(drop).map_err(|e| SchemaError::reading(&e))
    }
}

#[async_trait]
impl Engine for PostgresConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn lock(&mut self, patience: Duration) -> Result<(), SchemaError> {
        let deadline = Instant::now() + patience;
        let mut ticks = tokio::time::interval(POLL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let held: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(LOCK)
                .fetch_one(&mut self.connection)
                .await
                .map_err(|e| SchemaError::reading(&e))?;
            if held {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(SchemaError::Locked { seconds: patience.as_secs() });
            }
        }
    }

    async fn begin(&mut self) -> Result<(), SchemaError> {
        self.control("BEGIN").await?;
        self.control(SETTINGS).await
    }

    async fn commit(&mut self) -> Result<(), SchemaError> {
        self.control("COMMIT").await
    }

    async fn run(&mut self, sql: &str) -> Result<(), SchemaError> {
        // Its parts are names from metadata, quoted, and literals; or a migration of the program.
        let script = sqlx::raw_sql(AssertSqlSafe(sql));
        let outcome = script.execute(&mut self.connection).await;
        outcome.map(drop).map_err(|error| SchemaError::statement(Dialect::Postgres, sql, &error))
    }

    async fn has_rows(&mut self, query: &str) -> Result<bool, SchemaError> {
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT EXISTS ({query})")))
            .persistent(false)
            .fetch_one(&mut self.connection)
            .await
            .map_err(|error| SchemaError::reading(&error))
    }

    async fn number(&mut self, query: &str) -> Result<i64, SchemaError> {
        let number = sqlx::query_scalar(AssertSqlSafe(query)).persistent(false);
        number.fetch_one(&mut self.connection).await.map_err(|error| SchemaError::reading(&error))
    }

    async fn views(&mut self, names: &[String]) -> Result<Vec<PhysicalView>, SchemaError> {
        introspection::views(&mut self.connection, names).await.map_err(|error| SchemaError::reading(&error))
    }

    async fn tables(&mut self, names: &[String]) -> Result<Vec<PhysicalTable>, SchemaError> {
        introspection::tables(&mut self.connection, names).await.map_err(|error| SchemaError::reading(&error))
    }

    async fn journal(&mut self) -> Result<Vec<Entry>, SchemaError> {
        let rows: Result<Vec<(i32, String, String, _)>, _> =
            sqlx::query_as("SELECT number, name, checksum, applied_at FROM kwik_migrations ORDER BY number")
                .fetch_all(&mut self.connection)
                .await;
        let rows = rows.map_err(|error| SchemaError::reading(&error))?;
        let entry = |(number, name, checksum, applied_at)| Entry::read(i64::from(number), name, checksum, applied_at);
        rows.into_iter().map(entry).collect()
    }

    async fn record(&mut self, number: u32, name: &str, checksum: &str) -> Result<(), SchemaError> {
        sqlx::query("INSERT INTO kwik_migrations (number, name, checksum) VALUES ($1, $2, $3)")
            .bind(i64::from(number))
            .bind(name)
            .bind(checksum)
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(|error| SchemaError::reading(&error))
    }

    async fn close(self: Box<Self>) {
        // Whatever comes of it: a connection that cannot say goodbye is closed all the same.
        let _ = self.connection.close().await;
    }
}
