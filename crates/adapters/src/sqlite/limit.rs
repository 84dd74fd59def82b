//! How long a statement may take.

use sqlx::SqliteConnection;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// After so many steps of SQLite's machine the time is looked at: every few microseconds.
const STEPS: i32 = 1_000;

/// No moment: nothing is limited.
const NEVER: u64 = u64::MAX;

/// How long a statement of one connection may take. SQLite has no such limit of its own; it asks every so
/// many steps whether to go on. What is not between [`Limit::begin`] and [`Limit::end`] may take as long as
/// it takes: migrations, for one.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    longest: Duration,
    epoch: Instant,
    /// Microseconds after `epoch` at which the current statement has taken too long.
    deadline: Arc<AtomicU64>,
}

/// While this lives, there is a limit.
#[must_use]
pub(super) struct Limited(Limit);

impl Limit {
    pub(super) fn new(longest: Duration) -> Self {
        Self { longest, epoch: Instant::now(), deadline: Arc::new(AtomicU64::new(NEVER)) }
    }

    /// Makes a connection keep it.
    pub(super) async fn install(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let limit = self.clone();
        let mut handle = connection.lock_handle().await?;
        handle.set_progress_handler(STEPS, move || {
            let deadline = limit.deadline.load(Ordering::Relaxed);
            deadline == NEVER || limit.now() < deadline
        });
        Ok(())
    }

    /// A statement begins.
    pub(super) fn begin(&self) {
        let longest = u64::try_from(self.longest.as_micros()).unwrap_or(NEVER);
        self.deadline.store(self.now().saturating_add(longest), Ordering::Relaxed);
    }

    /// It has ended.
    pub(super) fn end(&self) {
        self.deadline.store(NEVER, Ordering::Relaxed);
    }

    /// A statement begins, and ends when this is dropped.
    pub(super) fn hold(&self) -> Limited {
        self.begin();
        Limited(self.clone())
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(NEVER)
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::sqlite::{readers::Readers, store_error};
    use kwik_domain::StoreError;
    use sqlx::{Connection, sqlite::SqliteConnectOptions};

    /// Counts so far.
    fn count_to(number: u64) -> String {
        format!(
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {number}) SELECT max(n) FROM c"
        )
    }

    const MINUTES: u64 = 10_000_000_000;
    const LONGEST: Duration = Duration::from_millis(50);

    async fn count(connection: &mut SqliteConnection, number: u64) -> Result<i64, StoreError> {
        let sql = sqlx::AssertSqlSafe(count_to(number));
        sqlx::query_scalar(sql).fetch_one(connection).await.map_err(|e| store_error(e, None))
    }

    #[tokio::test]
    async fn a_reader_is_stopped_and_good_afterwards() {
        let readers = Readers::new(SqliteConnectOptions::new().in_memory(true), 1, LONGEST);
        for _ in 0..3 {
            let mut reader = readers.acquire().await.unwrap();
            let begin = Instant::now();
            let outcome = count(&mut reader, MINUTES).await;
            assert!(matches!(outcome, Err(StoreError::Timeout)), "{outcome:?}");
            assert!(begin.elapsed() >= LONGEST);
            reader.release();
            // Each statement has the whole of the time.
            let mut reader = readers.acquire().await.unwrap();
            assert_eq!(count(&mut reader, 2_000).await.unwrap(), 2_000);
            reader.release();
        }
    }

    #[tokio::test]
    async fn a_reader_that_was_left_is_stopped_too() {
        let readers = Readers::new(SqliteConnectOptions::new().in_memory(true), 1, LONGEST);
        let mut reader = readers.acquire().await.unwrap();
        let statement = count(&mut reader, MINUTES);
        let left = tokio::time::timeout(Duration::from_millis(5), statement).await;
        assert!(left.is_err());
        drop(reader);
        let mut reader = readers.acquire().await.unwrap();
        assert_eq!(count(&mut reader, 2_000).await.unwrap(), 2_000);
        reader.release();
        readers.close().await;
        assert!(matches!(readers.acquire().await.err(), Some(sqlx::Error::PoolClosed)));
    }

    #[tokio::test]
    async fn only_what_is_held_is_limited() {
        let limit = Limit::new(Duration::ZERO);
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        limit.install(&mut connection).await.unwrap();
        assert_eq!(count(&mut connection, 20_000).await.unwrap(), 20_000);
        let held = limit.hold();
        let outcome = count(&mut connection, MINUTES).await;
        assert!(matches!(outcome, Err(StoreError::Timeout)), "{outcome:?}");
        drop(held);
        assert_eq!(count(&mut connection, 20_000).await.unwrap(), 20_000);
    }
}
