//! Connections to PostgreSQL.

use crate::database::{ConnectError, PoolSettings};
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};

/// The oldest version that is supported.
pub const MIN_VERSION: u32 = 14;

/// How long the server may take to answer when the program starts.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait for a connection before a request is answered 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(1);
/// A connection idle for longer than this is asked for a sign of life before it is used.
const IDLE_BEFORE_PING: Duration = Duration::from_secs(5);
/// How long that sign of life may take; a half-open socket never gives one.
const PING_TIMEOUT: Duration = Duration::from_millis(500);
/// A transaction that does nothing for so long was forgotten; the server ends it.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(15);

/// The options for an address, with the guards that every connection carries.
///
/// # Errors
///
/// [`ConnectError::Address`], without the address in it.
pub fn options(url: &str, settings: PoolSettings) -> Result<PgConnectOptions, ConnectError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        ConnectError::Address("it must look like postgres://user:password@host:5432/database".to_owned())
    })?;
    let millis = |d: Duration| d.as_millis().to_string();
    Ok(options
        .application_name("kwik")
        .options([
            ("statement_timeout", millis(settings.statement_timeout)),
            ("lock_timeout", millis(settings.statement_timeout / 2)),
            ("idle_in_transaction_session_timeout", millis(IDLE_IN_TRANSACTION)),
        ])
        .disable_statement_logging())
}

/// A pool, after one connection has shown that the server is there and new enough.
pub(super) async fn pool(url: &str, settings: PoolSettings) -> Result<PgPool, ConnectError> {
    let options = options(url, settings)?;
    check_server(&options).await?;
    Ok(PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < IDLE_BEFORE_PING {
                    return Ok(true);
                }
                Ok(matches!(tokio::time::timeout(PING_TIMEOUT, connection.ping()).await, Ok(Ok(()))))
            })
        })
        .connect_lazy_with(options))
}

async fn check_server(options: &PgConnectOptions) -> Result<(), ConnectError> {
    match tokio::time::timeout(CONNECT_TIMEOUT, version(options)).await {
        Ok(Ok((words, number))) => check_version(words, number),
        Ok(Err(error)) => Err(ConnectError::Unreachable(reason(&error))),
        Err(_) => Err(ConnectError::Unreachable(format!("no answer within {} seconds", CONNECT_TIMEOUT.as_secs()))),
    }
}

/// The server's version in its own words and as a number, such as 150004.
async fn version(options: &PgConnectOptions) -> Result<(String, i32), sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let ask = "SELECT current_setting('server_version'), current_setting('server_version_num')::int";
    let version = sqlx::query_as(ask).fetch_one(&mut connection).await?;
    let _ = connection.close().await;
    Ok(version)
}

fn check_version(words: String, number: i32) -> Result<(), ConnectError> {
    if u32::try_from(number / 10_000).is_ok_and(|major| major < MIN_VERSION) {
        return Err(ConnectError::TooOld { found: words, needed: MIN_VERSION });
    }
    Ok(())
}

/// The server's or the system's own words; they name the user or the database, never a password.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(e) => e.message().to_owned(),
        sqlx::Error::Io(e) => e.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_refused() {
        for (words, number) in [("9.6.24", 90_624), ("13.23 (Debian 13.23-1)", 130_023)] {
            let error = check_version(words.to_owned(), number).unwrap_err();
            assert_eq!(error.to_string(), format!("PostgreSQL {words} is too old; version 14 or newer is needed"));
        }
    }

    #[test]
    fn a_new_server_is_not() {
        for number in [140_000, 140_020, 150_004, 180_001, 990_000] {
            check_version(String::new(), number).unwrap();
        }
    }
}
