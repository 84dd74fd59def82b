//! Changes of rights by others are heard of.

use super::{
    eventually, execute, number, plain,
    proxy::{Proxy, parts},
};
use crate::{fixture, roles};
use kwik_adapters::{Database, database::PoolSettings};
use kwik_domain::{Isolation, Notifier, Secret};
use kwik_testkit::database::Engine;
use std::time::Duration;

async fn hears(notifier: &dyn Notifier) -> u64 {
    eventually("it hears", async || notifier.epoch(USER).is_some()).await;
    notifier.epoch(USER).unwrap()
}

/// How long until the epoch is another one.
async fn until_another(notifier: &dyn Notifier, than: u64) -> Duration {
    eventually("another epoch", async || notifier.epoch(USER).is_some_and(|epoch| epoch != than)).await
}

/// The user whose rights are looked at.
const USER: i64 = 7;

const SOON: Duration = Duration::from_millis(200);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_another_instance_and_by_plain_sql() {
    let here = fixture::open(Engine::Postgres).await;
    let other = fixture::connect(here.place.url()).await;
    let notifier = &*here.given.notifier;
    let before = hears(notifier).await;
    let key = roles::make_in(&other, "clerk").await.unwrap().id;
    let took = until_another(notifier, before).await;
    assert!(took < SOON, "an insert by another instance: {took:?}");

    let before = hears(notifier).await;
    let mut unit = other.store().begin(Isolation::ReadCommitted).await.unwrap();
    roles::switch(&mut *unit, key, false).await.unwrap();
    assert_eq!(notifier.epoch(USER), Some(before), "it is not committed yet");
    unit.commit().await.unwrap();
    let took = until_another(notifier, before).await;
    assert!(took < SOON, "a unit of work by another instance: {took:?}");

    let mut connection = plain(&here.place).await;
    for sql in [
        "UPDATE roles SET is_active = true",
        "DELETE FROM roles",
        "INSERT INTO roles (name, is_active, version, creation_time) VALUES ('by hand', true, 1, now())",
        "TRUNCATE permissions",
        "TRUNCATE users",
        "TRUNCATE user_roles",
        "DELETE FROM role_permissions",
        "DELETE FROM conformance_grants",
    ] {
        let before = hears(notifier).await;
        execute(&mut connection, sql).await;
        let took = until_another(notifier, before).await;
        assert!(took < SOON, "{sql}: {took:?}");
    }
    other.close().await;
    here.database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_listener_knows_nothing_until_it_listens_again() {
    let here = fixture::open(Engine::Postgres).await;
    let notifier = &*here.given.notifier;
    let before = hears(notifier).await;
    let mut connection = plain(&here.place).await;
    let terminated = number(
        &mut connection,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = current_database() AND query LIKE '%kwik_access%' AND pid <> pg_backend_pid()",
    )
    .await;
    assert_eq!(terminated, 1);
    let took = eventually("it knows that it hears nothing", async || notifier.epoch(USER).is_none()).await;
    assert!(took < SOON, "{took:?}");
    // What happens now, nobody tells it; afterwards everything that was known is void.
    execute(&mut connection, "UPDATE roles SET is_active = false").await;
    assert_ne!(hears(notifier).await, before);
    let before = hears(notifier).await;
    execute(&mut connection, "UPDATE roles SET is_active = true").await;
    assert!(until_another(notifier, before).await < SOON);
    here.database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_one_user_and_no_other() {
    let here = fixture::open(Engine::Postgres).await;
    let notifier = &*here.given.notifier;
    hears(notifier).await;
    let mut connection = plain(&here.place).await;
    let other = notifier.epoch(USER + 1);
    for sql in [
        "INSERT INTO user_roles (user_id, role_id, version, creation_time) VALUES (7, 1, 1, now()), (9, 1, 1, now())",
        "UPDATE user_roles SET role_id = 2",
        "UPDATE user_roles SET user_id = 10 WHERE user_id = 7",
        "UPDATE user_roles SET user_id = 7 WHERE user_id = 10",
        "DELETE FROM user_roles",
        "NOTIFY kwik_access, '7'",
    ] {
        let before = hears(notifier).await;
        execute(&mut connection, sql).await;
        let took = until_another(notifier, before).await;
        assert!(took < SOON, "{sql}: {took:?}");
        assert_eq!(notifier.epoch(USER + 1), other, "{sql}");
    }
    // What cannot be understood may be about anybody.
    for payload in ["x", ""] {
        let before = hears(notifier).await;
        execute(&mut connection, &format!("NOTIFY kwik_access, '{payload}'")).await;
        until_another(notifier, before).await;
        assert_ne!(notifier.epoch(USER + 1), other);
    }
    here.database.close().await;
}

#[tokio::test]
async fn a_stopped_listener_knows_nothing() {
    let here = fixture::open(Engine::Postgres).await;
    hears(&*here.given.notifier).await;
    here.database.stop();
    assert_eq!(here.given.notifier.epoch(USER), None);
    here.database.close().await;
    assert_eq!(here.given.notifier.epoch(USER), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_heard_is_relied_upon_for_a_lease_where_the_network_falls_silent() {
    let place = fixture::place(Engine::Postgres).await;
    let proxy = Proxy::start(parts(place.url()).1.to_owned(), Duration::ZERO).await;
    let url = Secret::new(proxy.url(place.url()));
    let database = Database::connect(&url, PoolSettings::default()).await.unwrap();
    let notifier = database.notifier();
    hears(&*notifier).await;
    proxy.fall_silent();
    let took = eventually("the lease is over", async || notifier.epoch(USER).is_none()).await;
    assert!(took < Duration::from_secs(2), "long before the connection is given up: {took:?}");
    database.stop();
}
