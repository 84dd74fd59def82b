//! Connections to an SQLite file.

use super::{decimal, limit::Limit, readers::Readers};
use crate::database::{ConnectError, PoolSettings};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

/// How long a statement waits for the file's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait for the one writer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// The writer (one connection) and the readers.
pub(super) struct Pools {
    pub(super) writer: SqlitePool,
    pub(super) readers: Readers,
    /// How long a statement of the writer may take.
    pub(super) limit: Limit,
}

/// Whether the writer is in no transaction. A full disk makes SQLite roll one back by itself, which the
/// driver does not hear of: it would refuse every further transaction on that connection.
fn is_settled(connection: &mut SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

pub(super) async fn pools(path: &Path, settings: PoolSettings) -> Result<Pools, ConnectError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged write outlives the machine's power, too.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .collation(decimal::COLLATION, decimal::compare)
        .disable_statement_logging();
    let failed = |error: sqlx::Error| ConnectError::File {
        path: path.display().to_string(),
        reason: match error {
            sqlx::Error::Database(e) => e.message().to_owned(),
            other => other.to_string(),
        },
    };
    let limit = Limit::new(settings.statement_timeout);
    let installed = limit.clone();
    // The writer opens first: it makes the file and switches it to write-ahead logging.
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            let limit = installed.clone();
            Box::pin(async move { limit.install(connection).await })
        })
        .before_acquire(|connection, _| Box::pin(std::future::ready(Ok(is_settled(connection)))));
    let writer = writer.connect_with(options.clone()).await.map_err(failed)?;
    // A reader that tried to write would be a defect; the driver refuses it.
    let readers = options.create_if_missing(false).pragma("query_only", "on");
    let readers = Readers::new(readers, settings.max_connections, settings.statement_timeout);
    readers.acquire().await.map_err(failed)?.release();
    Ok(Pools { writer, readers, limit })
}
