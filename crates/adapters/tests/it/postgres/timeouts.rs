//! Statements and locks that take too long.

use super::{execute, number, plain};
use crate::{fixture, roles};
use kwik_adapters::Database;
use kwik_domain::{Isolation, StoreError};
use kwik_testkit::database::Engine;
use std::time::Duration;

async fn impatient(url: &str) -> Database {
    fixture::connect_impatiently(url, Duration::from_millis(400)).await
}

/// Makes inserts of roles take a minute.
const SLOW: &str = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
    $$BEGIN PERFORM pg_sleep(60); RETURN NEW; END$$; \
    CREATE TRIGGER slow BEFORE INSERT ON roles FOR EACH ROW EXECUTE FUNCTION slow()";

#[tokio::test]
async fn a_slow_statement_is_ended() {
    let place = fixture::place(Engine::Postgres).await;
    let database = impatient(place.url()).await;
    let mut connection = plain(&place).await;
    execute(&mut connection, SLOW).await;
    let outcome = roles::make_in(&database, "slow").await;
    assert!(matches!(outcome, Err(StoreError::Timeout)), "{outcome:?}");
    let mut unit = database.store().begin(Isolation::ReadCommitted).await.unwrap();
    let outcome = roles::make(&mut *unit, "slow").await;
    assert!(matches!(outcome, Err(StoreError::Timeout)), "{outcome:?}");
    assert!(unit.commit().await.is_err());
    // Nothing goes on in the server, and the connections are good.
    let running = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND state <> 'idle' AND pid <> pg_backend_pid()";
    super::eventually("nothing runs", async || number(&mut connection, running).await == 0).await;
    execute(&mut connection, "DROP TRIGGER slow ON roles").await;
    roles::make_in(&database, "quick").await.unwrap();
    assert_eq!(roles::count(&*database.store()).await.unwrap(), 1);
    database.close().await;
}

#[tokio::test]
async fn a_lock_is_not_waited_for_for_ever() {
    let place = fixture::place(Engine::Postgres).await;
    let (patient, database) = (fixture::connect(place.url()).await, impatient(place.url()).await);
    let key = roles::make_in(&database, "clerk").await.unwrap().id;
    let mut unit = patient.store().begin(Isolation::ReadCommitted).await.unwrap();
    roles::lock(&mut *unit, key).await.unwrap();
    let outcome = roles::switch(&mut *database.store().session(), key, false).await;
    assert!(matches!(outcome, Err(StoreError::Contention)), "{outcome:?}");
    drop(unit);
    super::eventually("the lock is gone", async || {
        roles::switch(&mut *database.store().session(), key, false).await.is_ok()
    })
    .await;
    patient.close().await;
    database.close().await;
}

/// Two units of work that wait for one another: one is ended, and may be tried again.
#[tokio::test]
async fn a_deadlock_is_contention() {
    let opened = fixture::open(Engine::Postgres).await;
    let store = opened.database.store();
    let one = roles::make_in(&opened.database, "one").await.unwrap().id;
    let two = roles::make_in(&opened.database, "two").await.unwrap().id;
    let (mut first, mut second) =
        (store.begin(Isolation::ReadCommitted).await.unwrap(), store.begin(Isolation::ReadCommitted).await.unwrap());
    roles::lock(&mut *first, one).await.unwrap();
    roles::lock(&mut *second, two).await.unwrap();
    // A unit that lost lets go of its row, so that the other can go on.
    let crossing = async |mut unit: Box<dyn kwik_domain::UnitOfWork>, key| {
        roles::lock(&mut *unit, key).await?;
        unit.commit().await
    };
    let (first, second) = tokio::join!(crossing(first, two), crossing(second, one));
    let lost = [&first, &second].into_iter().filter(|outcome| matches!(outcome, Err(StoreError::Contention))).count();
    assert_eq!((lost, first.is_ok() || second.is_ok()), (1, true), "{first:?} {second:?}");
    opened.database.close().await;
}
