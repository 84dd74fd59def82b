//! Migrations: once each, one instance at a time, whole or not at all.

use super::{
    database::{Engine, TestDatabase, each_engine},
    entities::{optional, text, things},
    files::{embedded, life},
};
use kwik_schema::{Migration, check, migrate_up, new_migration};
use std::{pin::pin, sync::Arc, task::Poll};

const FIRST: Migration = Migration {
    number: 1,
    name: "first",
    postgres: "CREATE TABLE one (id integer);\nINSERT INTO one VALUES (1);\n",
    sqlite: "CREATE TABLE one (id integer);\nINSERT INTO one VALUES (1);\n",
};
const SECOND: Migration = Migration {
    number: 2,
    name: "second",
    postgres: "INSERT INTO one VALUES (2)",
    sqlite: "INSERT INTO one VALUES (2)",
};

async fn up(database: &TestDatabase, migrations: &[Migration]) -> Result<usize, String> {
    let instance = database.open().await;
    let outcome = migrate_up(&instance, migrations, &mut |_| {}).await;
    instance.close().await;
    drop(instance);
    outcome.map_err(|error| error.to_string())
}

each_engine! {
    async fn five_at_once_apply_each_once(database) {
        let dir = database.folder().join("migrations");
        for (name, schema) in life() {
            new_migration(&dir, name, &schema).unwrap();
        }
        let migrations: Arc<Vec<Migration>> = Arc::new(embedded(&dir));
        // On SQLite one process holds the file, so the five are tasks of it.
        let first = database.open().await;
        let mut instances = vec![first.clone()];
        for _ in 1..5 {
            let sqlite = database.engine == Engine::Sqlite;
            instances.push(if sqlite { first.clone() } else { database.open().await });
        }
        let tasks: Vec<_> = instances
            .into_iter()
            .map(|instance| {
                let migrations = migrations.clone();
                tokio::spawn(async move { migrate_up(&instance, &migrations, &mut |_| {}).await.unwrap() })
            })
            .collect();
        let mut applied = 0;
        for task in tasks {
            applied += task.await.unwrap();
        }
        assert_eq!(applied, 5);
        check(&first, &migrations, &life()[4].1).await.unwrap();
        first.close().await;
    }

    async fn one_that_fails_leaves_nothing_and_runs_again(database) {
        let broken = "INSERT INTO one VALUES (2); CREATE TABLE two (id integer); INSERT INTO nowhere VALUES (1)";
        let broken = Migration { postgres: broken, sqlite: broken, ..SECOND };
        let error = up(&database, &[FIRST, broken]).await.unwrap_err();
        assert!(error.starts_with("migration 0002_second failed") && error.contains("nowhere"), "{error}");
        assert_eq!(database.texts("SELECT CAST(id AS text) FROM one").await.len(), 1);
        database.try_run("SELECT * FROM two").await.unwrap_err();
        assert_eq!(up(&database, &[FIRST, SECOND]).await, Ok(1));
        assert_eq!(database.texts("SELECT CAST(id AS text) FROM one").await.len(), 2);
    }

    async fn one_that_ends_its_transaction_is_found_out(database) {
        let text = "INSERT INTO one VALUES (2); COMMIT; BEGIN";
        let ending = Migration { postgres: text, sqlite: text, ..SECOND };
        let error = up(&database, &[FIRST, ending]).await.unwrap_err();
        assert!(error.starts_with("0002_second ends its own transaction"), "{error}");
    }

    async fn a_needed_value_that_is_missing_has_a_hint(database) {
        let dir = database.folder().join("migrations");
        new_migration(&dir, "init", &things(&[optional("name")])).unwrap();
        up(&database, &embedded(&dir)).await.unwrap();
        database.run("INSERT INTO things (name) VALUES (NULL)").await;
        new_migration(&dir, "need", &things(&[text("name")])).unwrap();
        let error = up(&database, &embedded(&dir)).await.unwrap_err();
        assert!(error.contains("give the field a default or make it optional"), "{error}");
        database.run("UPDATE things SET name = 'x'").await;
        assert_eq!(up(&database, &embedded(&dir)).await, Ok(1));
    }

    async fn one_that_is_killed_runs_again(database) {
        let dir = database.folder().join("migrations");
        for (name, schema) in life() {
            new_migration(&dir, name, &schema).unwrap();
        }
        let migrations = embedded(&dir);
        let mut killed = 0;
        // Dropped at ever later points: what is not committed by then is undone.
        for polls in [1, 2, 3, 4, 6, 8, 11, 14, 18, 23, 29, 36, 44, 53, 63, 80, 100, 140, 200] {
            let database = TestDatabase::create(database.engine).await;
            let instance = database.open().await;
            let mut silent = |_: &str| {};
            let finished = {
                let mut run = pin!(migrate_up(&instance, &migrations, &mut silent));
                let mut left = polls;
                std::future::poll_fn(|context| {
                    left -= 1;
                    match run.as_mut().poll(context) {
                        Poll::Ready(_) => Poll::Ready(true),
                        Poll::Pending if left == 0 => Poll::Ready(false),
                        Poll::Pending => Poll::Pending,
                    }
                })
                .await
            };
            killed += usize::from(!finished);
            let rest = migrate_up(&instance, &migrations, &mut silent).await.unwrap();
            assert!(rest <= 5 && (rest > 0 || polls > 10), "{rest} after {polls}");
            check(&instance, &migrations, &life()[4].1).await.unwrap();
            instance.close().await;
            drop(instance);
            database.remove().await;
        }
        assert!(killed >= 8, "{killed}");
    }
}
