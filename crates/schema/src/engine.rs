//! A connection to one database, of either kind, that changes its schema. The one file of the module
//! that knows which databases there are.

use super::{SchemaError, dialect::Dialect, journal::Entry, physical::PhysicalTable, view::PhysicalView};
use async_trait::async_trait;
use kwik_adapters::Database;
use std::time::Duration;

/// A connection of its own to one database. Dropping it at any point closes it: an open transaction
/// is rolled back, and the lock is let go.
#[async_trait]
pub(super) trait Engine: Send {
    /// The dialect that it speaks.
    fn dialect(&self) -> Dialect;

    /// Keeps every other instance from changing the schema until this connection is closed. Asks
    /// again and again, and never waits within the database.
    async fn lock(&mut self, patience: Duration) -> Result<(), SchemaError>;

    /// Begins a transaction that may take its time.
    async fn begin(&mut self) -> Result<(), SchemaError>;

    /// Ends the transaction and keeps what it did.
    async fn commit(&mut self) -> Result<(), SchemaError>;

    /// Runs one or more statements.
    async fn run(&mut self, sql: &str) -> Result<(), SchemaError>;

    /// Whether a query has a row.
    async fn has_rows(&mut self, query: &str) -> Result<bool, SchemaError>;

    /// The number that a query gives.
    async fn number(&mut self, query: &str) -> Result<i64, SchemaError>;

    /// Those of the named tables that are there.
    async fn tables(&mut self, names: &[String]) -> Result<Vec<PhysicalTable>, SchemaError>;

    /// Those of the named views that are there, and all that the framework has made.
    async fn views(&mut self, names: &[String]) -> Result<Vec<PhysicalView>, SchemaError>;

    /// The migrations that ran here, by number; the table must be there.
    async fn journal(&mut self) -> Result<Vec<Entry>, SchemaError>;

    /// Notes a migration as run.
    async fn record(&mut self, number: u32, name: &str, checksum: &str) -> Result<(), SchemaError>;

    /// Closes the connection.
    async fn close(self: Box<Self>);
}

/// Opens a connection for changes of the schema.
pub(super) async fn open(database: &Database) -> Result<Box<dyn Engine>, SchemaError> {
    match database {
        #[cfg(feature = "postgres")]
        Database::Postgres(store) => {
            let connection = super::postgres::PostgresConnection::open(store.pool()).await?;
            Ok(Box::new(connection))
        }
        #[cfg(feature = "sqlite")]
        Database::Sqlite(store) => {
            let connection = super::sqlite::SqliteConnection::open(store.writer()).await?;
            Ok(Box::new(connection))
        }
    }
}
