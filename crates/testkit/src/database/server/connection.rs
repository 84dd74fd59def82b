//! Connections to the server for tests: addresses and readiness.

use super::super::error::ProvisionError;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// The oldest version that Kwik supports, as PostgreSQL numbers versions.
const OLDEST: i32 = 140_000;
/// How long one attempt to connect may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// The pause between two attempts while a server starts.
const PAUSE: Duration = Duration::from_millis(20);

/// The server's version, as people write it, once it is known to be recent enough.
pub(super) async fn check(url: &str) -> Result<String, ProvisionError> {
    let unusable = |reason: String| ProvisionError::Unusable { address: address(url), reason };
    let mut connection = connect(url).await.map_err(|error| unusable(error.to_string()))?;
    let (number, name, may_create): (i32, String, bool) = sqlx::query_as(
        "select current_setting('server_version_num')::int, current_setting('server_version'), \
         coalesce((select rolcreatedb or rolsuper from pg_roles where rolname = current_user), false)",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(|error| unusable(error.to_string()))?;
    let _ = connection.close().await;
    if number < OLDEST {
        return Err(unusable(format!("it is version {name}; 14 or later is needed")));
    }
    if !may_create {
        return Err(unusable("its user may not create databases".to_owned()));
    }
    Ok(name)
}

/// Connects, or gives up after ten seconds.
pub(super) async fn connect(url: &str) -> sqlx::Result<PgConnection> {
    let options = PgConnectOptions::from_str(url)?;
    within(PgConnection::connect_with(&options.disable_statement_logging())).await
}

/// Connects under a name by which others know the session.
pub(in crate::database) async fn connect_as(name: &str, url: &str) -> sqlx::Result<PgConnection> {
    let options = PgConnectOptions::from_str(url)?.application_name(name);
    within(PgConnection::connect_with(&options.disable_statement_logging())).await
}

async fn within(attempt: impl Future<Output = sqlx::Result<PgConnection>>) -> sqlx::Result<PgConnection> {
    tokio::time::timeout(ATTEMPT, attempt).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// Waits until the server lets us in, while `alive` says that it may still start.
pub(super) async fn ready(url: &str, limit: Duration, alive: impl Fn() -> bool) -> Result<(), String> {
    let begin = Instant::now();
    loop {
        let error = match connect(url).await {
            Ok(connection) => {
                let _ = connection.close().await;
                return Ok(());
            }
            Err(error) => error,
        };
        if is_refusal(&error) {
            return Err(format!("it refuses us ({error})"));
        }
        if !alive() {
            return Err(format!("it ended while starting ({error})"));
        }
        if begin.elapsed() > limit {
            return Err(format!("not ready after {} s ({error})", limit.as_secs()));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether the server is there and will not let us in, however long we wait (SQLSTATE class 28).
fn is_refusal(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| code.starts_with("28"))
}

/// The SQLSTATE of a refusal by the server.
pub(in crate::database) fn code(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}

/// The host and port of an address: what may be shown of it.
pub(super) fn address(url: &str) -> String {
    PgConnectOptions::from_str(url).map_or_else(
        |_| "the given address, which is not of the form postgres://user:password@host:port/database".to_owned(),
        |options| format!("{}:{}", options.get_host(), options.get_port()),
    )
}

/// The same server's address with another database.
pub(in crate::database) fn with_database(url: &str, database: &str) -> String {
    let (address, parameters) = match url.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (url, String::new()),
    };
    let authority = address.find("://").map_or(0, |at| at + 3);
    let server = match address[authority..].find('/') {
        Some(slash) => &address[..authority + slash],
        None => address,
    };
    format!("{server}/{database}{parameters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_another_database() {
        for (url, expected) in [
            ("postgres://a:b@h:1/x", "postgres://a:b@h:1/new"),
            ("postgres://a:b@h:1", "postgres://a:b@h:1/new"),
            ("postgres://h/x?sslmode=disable&host=/run", "postgres://h/new?sslmode=disable&host=/run"),
            ("postgres://h?host=/run", "postgres://h/new?host=/run"),
        ] {
            assert_eq!(with_database(url, "new"), expected);
        }
    }

    #[test]
    fn a_shown_address_has_no_password() {
        assert_eq!(address("postgres://user:secret@example.org:5433/x"), "example.org:5433");
        assert!(!address("secret").contains("secret"));
    }
}
