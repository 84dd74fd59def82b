//! One instance at a time: the lock, and tables that others use.

use super::{
    database::{Engine, TestDatabase, each_engine, run},
    entities::{optional, schema, text, things},
    tables::everything,
};
use kwik_schema::develop;
use std::{sync::Arc, time::Duration};

/// The framework's advisory lock.
const LOCK: i64 = 0x6b77_696b_7363_686d;

each_engine! {
    async fn five_that_develop_at_once_do_it_once(database) {
        let first = database.open().await;
        let mut tasks = Vec::new();
        for _ in 0..5 {
            let sqlite = database.engine == Engine::Sqlite;
            let instance = if sqlite { first.clone() } else { database.open().await };
            tasks.push(tokio::spawn(async move { develop(&instance, &everything(), false).await.unwrap() }));
        }
        let mut busy = 0;
        for task in tasks {
            busy += usize::from(!task.await.unwrap().is_empty());
        }
        assert_eq!(busy, 1);
        first.close().await;
    }
}

/// Asks until a query gives a row.
async fn wait_for(database: &TestDatabase, query: &str) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..500 {
        ticks.tick().await;
        if !database.texts(query).await.is_empty() {
            return;
        }
    }
    panic!("never: {query}");
}

async fn waits_outside_of_the_lock(database: Arc<TestDatabase>) {
    let mut holder = database.postgres().await;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut holder).await.unwrap();
    let instance = database.open().await;
    let task = tokio::spawn(async move { develop(&instance, &schema([]), false).await });
    let asked = "SELECT query FROM pg_stat_activity WHERE query = 'SELECT pg_try_advisory_lock($1)' AND state = 'idle'";
    wait_for(&database, asked).await;
    let waiting = database.texts("SELECT locktype FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").await;
    assert!(waiting.is_empty() && !task.is_finished());
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut holder).await.unwrap();
    assert!(!task.await.unwrap().unwrap().is_empty());
}

async fn gives_up_on_a_table_in_use(database: Arc<TestDatabase>) {
    let (before, after) = (things(&[text("name")]), things(&[text("name"), optional("note")]));
    database.develop(&before).await;
    let mut holder = database.postgres().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE things").execute(&mut holder).await.unwrap();
    let error = database.try_develop(&after, false).await.unwrap_err();
    assert!(error.contains("wait until they are done, then start again"), "{error}");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    database.develop(&after).await;
}

mod while_another_holds_the_lock {
    use super::{Engine, run, waits_outside_of_the_lock};

    #[test]
    fn postgres() {
        run(Engine::Postgres, waits_outside_of_the_lock);
    }
}

mod while_a_table_is_in_use {
    use super::{Engine, gives_up_on_a_table_in_use, run};

    #[test]
    fn postgres() {
        run(Engine::Postgres, gives_up_on_a_table_in_use);
    }
}
