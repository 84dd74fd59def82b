//! A server that goes away and comes back.

use super::{
    cluster::{Cluster, PASSWORD},
    eventually,
};
use crate::{fixture::connect, process::skipped, roles};
use kwik_domain::{Isolation, StoreError};
use kwik_schema::{Schema, develop};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_told_within_a_second_and_over_when_the_server_is_back() {
    let Some(mut cluster) = Cluster::start() else { return skipped("no PostgreSQL server is installed") };
    let database = connect(&cluster.url(PASSWORD)).await;
    develop(&database, &Schema::of(&[]).unwrap(), false).await.unwrap();
    let (store, notifier) = (database.store(), database.notifier());
    eventually("the listener hears", async || notifier.epoch(1).is_some()).await;
    for round in 0..2 {
        roles::make_in(&database, &format!("before {round}")).await.unwrap();
        // Some connections are idle and one is in a unit of work when the server goes.
        let mut unit = store.begin(Isolation::ReadCommitted).await.unwrap();
        roles::make(&mut *unit, "lost").await.unwrap();
        let idle = [
            store.begin(Isolation::ReadCommitted).await.unwrap(),
            store.begin(Isolation::ReadCommitted).await.unwrap(),
            store.begin(Isolation::ReadCommitted).await.unwrap(),
        ];
        drop(idle);
        cluster.stop();
        let lost = unit.commit().await;
        assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
        for _ in 0..6 {
            let begin = Instant::now();
            let outcome = roles::count(&*store).await;
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
            assert!(begin.elapsed() < Duration::from_millis(1500), "{:?}", begin.elapsed());
        }
        let outcome = store.begin(Isolation::ReadCommitted).await.map(drop);
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        assert!(store.ping().await.is_err());
        assert_eq!(notifier.epoch(1), None, "nothing can be heard of");
        cluster.run();
        let back = eventually("the store is back", async || store.ping().await.is_ok()).await;
        assert!(back < Duration::from_secs(2), "{back:?}");
        // From then on nothing fails: no dead connection is left in the pool.
        for n in 0..20 {
            roles::make_in(&database, &format!("after {round} {n}")).await.unwrap();
        }
        assert_eq!(roles::count(&*store).await.unwrap(), 21 * (round + 1));
        eventually("the listener hears again", async || notifier.epoch(1).is_some()).await;
    }
    database.close().await;
}
