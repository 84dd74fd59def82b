//! Callers that go away in the middle of their work.
//!
//! # Why work is shielded
//!
//! A future of the driver that is dropped half-way can leave its connection with an open transaction:
//! `begin()` that was sent, and whose answer nobody took (launchbadge/sqlx #4385, #4393). The pool
//! gives that connection to somebody else, whose "committed" write is then invisible and lost. So the
//! HTTP layer runs the work of each request in a task of its own, which nothing aborts. What that is
//! worth is measured here: [`shielded`] leaves nothing behind, and the ignored [`unshielded`] says
//! what happens without.
//!
//! [`shielded`]: shielded_work_leaves_nothing_behind
//! [`unshielded`]: unshielded_work_is_measured

use super::{
    eventually, number, plain,
    proxy::{Proxy, parts},
};
use crate::{fixture, roles};
use kwik_adapters::{Database, database::PoolSettings};
use kwik_domain::{Isolation, Random, Secret, Store, StoreError};
use kwik_testkit::{
    conformance::soak_cases,
    database::{Engine, TestDatabase},
};
use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinSet};

/// How far away the server is.
const DELAY: Duration = Duration::from_millis(20);
const CONNECTIONS: u32 = 20;
/// More than there are connections, so that some also wait for one when they are dropped.
const AT_ONCE: usize = 24;

#[derive(Default)]
struct Counts {
    finished: AtomicU64,
    failed: AtomicU64,
    acknowledged: AtomicU64,
    dropped: AtomicU64,
}

/// One of the things that requests do; `n` makes its names unique. Returns the rows that it made.
async fn work(store: &dyn Store, n: u32) -> Result<u64, StoreError> {
    match n % 5 {
        0 => roles::all(&mut *store.session()).await.map(|_| 0),
        1 => roles::make(&mut *store.session(), &format!("single {n}")).await.map(|_| 1),
        2 => roles::switch(&mut *store.session(), 1, n.is_multiple_of(2)).await.map(|_| 0),
        3 => {
            let mut unit = store.begin(Isolation::ReadCommitted).await?;
            roles::lock(&mut *unit, 1).await?;
            drop(unit);
            Ok(0)
        }
        _ => {
            let mut unit = store.begin(Isolation::ReadCommitted).await?;
            roles::make(&mut *unit, &format!("left {n}")).await?;
            roles::make(&mut *unit, &format!("right {n}")).await?;
            unit.commit().await?;
            Ok(2)
        }
    }
}

/// A number below `end` that differs each time.
fn below(end: u64) -> u64 {
    let bytes = kwik_adapters::system::SystemRandom.bytes();
    u64::from_ne_bytes(bytes[..8].try_into().unwrap()) % end
}

struct Scene {
    place: TestDatabase,
    _proxy: Proxy,
    database: Database,
}

impl Scene {
    async fn new() -> Self {
        let place = fixture::place(Engine::Postgres).await;
        let (_, server, _) = parts(place.url());
        let server = if server.contains(':') { server.to_owned() } else { format!("{server}:5432") };
        let proxy = Proxy::start(server, DELAY).await;
        let settings = PoolSettings { max_connections: CONNECTIONS, ..PoolSettings::default() };
        let database = Database::connect(&Secret::new(proxy.url(place.url())), settings).await.unwrap();
        assert_eq!(roles::make_in(&database, "first").await.unwrap().id, 1);
        Self { place, _proxy: proxy, database }
    }

    /// Begins work and drops its caller at a random moment, many times.
    async fn run(&self, cases: u32, shielded: bool) -> Arc<Counts> {
        let (counts, turns) = (Arc::new(Counts::default()), Arc::new(Semaphore::new(AT_ONCE)));
        let mut callers = JoinSet::new();
        for n in 0..cases {
            let turn = turns.clone().acquire_owned().await.unwrap();
            let (store, counts) = (self.database.store(), counts.clone());
            callers.spawn(async move {
                let done = counts.clone();
                let work = tokio::spawn(async move {
                    let _turn = turn;
                    match work(&*store, n).await {
                        Ok(rows) => done.acknowledged.fetch_add(rows, Ordering::Relaxed),
                        Err(_) => done.failed.fetch_add(1, Ordering::Relaxed),
                    };
                    done.finished.fetch_add(1, Ordering::Relaxed);
                });
                // Up to what the longest of them takes, and a bit more.
                tokio::time::sleep(Duration::from_micros(below(350_000))).await;
                if !work.is_finished() {
                    counts.dropped.fetch_add(1, Ordering::Relaxed);
                }
                if !shielded {
                    work.abort();
                }
            });
        }
        while let Some(caller) = callers.join_next().await {
            caller.unwrap();
        }
        // All turns are free: no work is under way.
        drop(turns.acquire_many(AT_ONCE.try_into().unwrap()).await.unwrap());
        counts
    }

    /// The transactions that nobody will end.
    async fn left_open(&self) -> i64 {
        let mut connection = plain(&self.place).await;
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND state LIKE 'idle in transaction%'";
        number(&mut connection, sql).await
    }

    /// Writes by every connection of the pool at once, several times: how many were acknowledged, and
    /// how many of them nobody else can see.
    async fn lost_afterwards(&self) -> (u64, u64) {
        let mut writers = JoinSet::new();
        for n in 0..4 * CONNECTIONS {
            let store = self.database.store();
            writers.spawn(async move { roles::make(&mut *store.session(), &format!("after {n}")).await.is_ok() });
        }
        let mut acknowledged = 0;
        while let Some(outcome) = writers.join_next().await {
            acknowledged += u64::from(outcome.unwrap());
        }
        let mut connection = plain(&self.place).await;
        let sql = "SELECT count(*) FROM roles WHERE name LIKE 'after %'";
        let seen = number(&mut connection, sql).await.unsigned_abs();
        (acknowledged, acknowledged - seen)
    }

    fn report(what: &str, counts: &Counts, open: i64, lost: (u64, u64)) {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let _ = writeln!(
            std::io::stderr(),
            "{what}: {} finished, {} of them failed, {} callers dropped, {} rows acknowledged; \
             {open} transactions left open, {} of {} later writes lost",
            count(&counts.finished),
            count(&counts.failed),
            count(&counts.dropped),
            count(&counts.acknowledged),
            lost.1,
            lost.0,
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shielded_work_leaves_nothing_behind() {
    let cases = soak_cases(300);
    let scene = Scene::new().await;
    let counts = scene.run(cases, true).await;
    // What was begun was done, whoever went away; a unit of work that was dropped is rolled back at
    // its connection's next use, or when that goes back to the pool.
    eventually("no transaction is open", async || scene.left_open().await == 0).await;
    let lost = scene.lost_afterwards().await;
    Scene::report("shielded", &counts, scene.left_open().await, lost);
    assert_eq!(counts.finished.load(Ordering::Relaxed), u64::from(cases));
    assert_eq!(counts.failed.load(Ordering::Relaxed), 0);
    assert!(counts.dropped.load(Ordering::Relaxed) > u64::from(cases) / 10, "callers did go away");
    assert_eq!(lost, (4 * u64::from(CONNECTIONS), 0));
    let mut connection = plain(&scene.place).await;
    let made = "SELECT count(*) FROM roles WHERE name LIKE 'single %' OR name LIKE 'left %' OR name LIKE 'right %'";
    assert_eq!(number(&mut connection, made).await.unsigned_abs(), counts.acknowledged.load(Ordering::Relaxed));
    let halves = "SELECT count(*) FROM roles a WHERE name LIKE 'left %' AND NOT EXISTS \
        (SELECT FROM roles b WHERE b.name = 'right' || substr(a.name, 5))";
    assert_eq!(number(&mut connection, halves).await, 0);
    // Each row has its records, and each record its row.
    let unaudited = "SELECT count(*) FROM roles r WHERE r.version <> \
        (SELECT count(*) FROM kwik_audit a WHERE a.entity = 'roles' AND a.entity_key = r.id::text)";
    assert_eq!(number(&mut connection, unaudited).await, 0);
    scene.database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "shows what work that is not shielded does to others; it has no promise to keep"]
async fn unshielded_work_is_measured() {
    let scene = Scene::new().await;
    let counts = scene.run(soak_cases(300), false).await;
    let open = scene.left_open().await;
    let lost = scene.lost_afterwards().await;
    Scene::report("not shielded", &counts, open, lost);
}
