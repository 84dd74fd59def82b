//! What is PostgreSQL's own.

mod cancellation;
mod cluster;
mod collation;
mod connect;
mod listener;
mod outage;
mod proxy;
mod timeouts;

use kwik_testkit::database::TestDatabase;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A connection past the store.
async fn plain(place: &TestDatabase) -> PgConnection {
    PgConnection::connect(place.url()).await.unwrap()
}

/// Runs SQL past the store.
async fn execute(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// The one number that a query gives.
async fn number(connection: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(connection).await.unwrap()
}

/// Waits until something holds, for half a minute at most; says how long it took.
async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) -> std::time::Duration {
    let begin = std::time::Instant::now();
    while !holds().await {
        assert!(begin.elapsed().as_secs() < 30, "not after 30 s: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    begin.elapsed()
}
