//! Connecting, and saying clearly why it does not work.

use super::cluster::{Cluster, PASSWORD};
use crate::process::skipped;
use kwik_adapters::{ConnectError, Database, database::PoolSettings};
use kwik_domain::Secret;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Why it does not connect: one line, within five seconds and a bit, without the password.
async fn refused(url: &str, password: &str) -> String {
    let begin = Instant::now();
    let outcome = Database::connect(&Secret::new(url), PoolSettings::default()).await;
    let Err(error) = outcome else { panic!("it connects") };
    assert!(begin.elapsed() < Duration::from_millis(5500), "{:?}", begin.elapsed());
    let text = error.to_string();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains(password) && !format!("{error:?}").contains(password), "{error:?}");
    text
}

#[tokio::test]
async fn an_address_where_nobody_listens() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let text = refused(&format!("postgres://kwik:hunter2@127.0.0.1:{port}/kwik"), "hunter2").await;
    assert!(text.contains("cannot be reached") && text.contains("refused"), "{text}");
}

#[tokio::test]
async fn a_server_that_never_answers() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let text = refused(&format!("postgres://kwik:hunter2@127.0.0.1:{port}/kwik"), "hunter2").await;
    assert!(text.contains("no answer within 5 seconds"), "{text}");
}

#[tokio::test]
async fn a_name_that_nobody_has() {
    let text = refused("postgres://kwik:hunter2@nobody.invalid/kwik", "hunter2").await;
    assert!(text.contains("cannot be reached"), "{text}");
}

#[tokio::test]
async fn addresses_that_cannot_be_read() {
    for url in ["postgres://kwik:hunter2@host:port/kwik", "postgres://[hunter2", "postgres://kwik:hunter2@host:99999/"]
    {
        let text = refused(url, "hunter2").await;
        assert!(text.contains("the database address is not valid"), "{text}");
    }
    for url in ["mysql://kwik:hunter2@host/kwik", "hunter2", ""] {
        let outcome = Database::connect(&Secret::new(url), PoolSettings::default()).await;
        assert!(matches!(outcome.err(), Some(ConnectError::Scheme { .. })), "{url}");
    }
}

#[tokio::test]
async fn a_wrong_password_a_missing_database_and_a_missing_user() {
    let Some(cluster) = Cluster::start() else { return skipped("no PostgreSQL server is installed") };
    let right = cluster.url(PASSWORD);
    Database::connect(&Secret::new(&*right), PoolSettings::default()).await.unwrap().close().await;
    let text = refused(&cluster.url("not-hunter2"), "hunter2").await;
    assert!(text.contains("password authentication failed for user \"postgres\""), "{text}");
    let text = refused(&format!("{}/missing", right.strip_suffix("/postgres").unwrap()), PASSWORD).await;
    assert!(text.contains("database \"missing\" does not exist"), "{text}");
    let text = refused(&right.replace("//postgres:", "//nobody:"), PASSWORD).await;
    assert!(text.contains("nobody"), "{text}");
}
