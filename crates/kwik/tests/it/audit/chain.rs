//! The chain of records under load.

use super::counter::{follow, history, plain, ruled};
use http::Method;
use kwik::App;
use kwik_testkit::{Client, TestApp, database::Engine, on_each_engine};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const WRITERS: i64 = 64;

async fn counter(engine: Engine, app: fn() -> App) -> (TestApp, Client) {
    let app = TestApp::start(engine, app).await;
    let ada = app.admin().await;
    ada.post("/counters/", &json!({ "name": "one" })).await.ok();
    (app, ada)
}

/// All write at once, without looking.
async fn unconditional(engine: Engine, app: fn() -> App) {
    let (_app, ada) = counter(engine, app).await;
    let mut set = JoinSet::new();
    for value in 1..=WRITERS {
        let ada = ada.clone();
        set.spawn(async move { ada.put("/counters/1", &json!({ "value": value })).await.ok()["version"].clone() });
    }
    let mut versions: Vec<_> = set.join_all().await.into_iter().map(|version| version.as_i64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=WRITERS + 1).collect::<Vec<_>>(), "each answer has a version of its own");
    let records = history(&ada, 1).await;
    let row = ada.get("/counters/1").await.ok();
    assert_eq!(follow(&records), (WRITERS + 1, Some(row["value"].clone())));
    assert_eq!((records.len(), &row["version"]), (65, &json!(WRITERS + 1)));
}

/// All add one, if nobody else has meanwhile: the final value is the number of those who could.
async fn conditional(engine: Engine, app: fn() -> App) {
    let (_app, ada) = counter(engine, app).await;
    let mut set = JoinSet::new();
    for _ in 0..WRITERS {
        let ada = ada.clone();
        set.spawn(async move {
            let mut successes = 0;
            for _ in 0..20 {
                let read = ada.get("/counters/1").await;
                let value = read.ok()["value"].as_i64().unwrap();
                let tag = [("if-match", read.header("etag").unwrap())];
                let written = ada.json(Method::PUT, "/counters/1", &tag, &json!({ "value": value + 1 })).await;
                if written.status == 412 {
                    written.refused(412, "version_conflict");
                } else {
                    assert_eq!(written.ok()["value"], value + 1);
                    successes += 1;
                }
            }
            successes
        });
    }
    let successes: i64 = set.join_all().await.into_iter().sum();
    assert!(successes >= 20, "somebody always wins: {successes}");
    let row = ada.get("/counters/1").await.ok();
    assert_eq!((&row["value"], &row["version"]), (&json!(successes), &json!(successes + 1)));
    assert_eq!(follow(&history(&ada, 1).await), (successes + 1, Some(json!(successes))));
}

/// A mixture of everything, refusals included: as many records as changes, and they tell what is there.
async fn mixture(engine: Engine, app: fn() -> App) {
    let (app, ada) = counter(engine, app).await;
    let victor = app.with_permissions(&["counters_read"]).await;
    for n in 2..=6 {
        ada.post("/counters/", &json!({ "name": format!("c{n}") })).await.ok();
    }
    let mut set = JoinSet::new();
    for n in 0..WRITERS {
        let (ada, victor) = (ada.clone(), victor.clone());
        set.spawn(async move {
            let mut changes = Vec::new();
            for step in 0..6 {
                let id = (n + step) % 6 + 1;
                let path = format!("/counters/{id}");
                let answer = match (n * 7 + step) % 8 {
                    0 => ada.put(&path, &json!({ "name": "one" })).await,
                    1 => ada.put(&path, &json!({ "value": -1 })).await,
                    2 => victor.put(&path, &json!({ "value": 7 })).await,
                    3 => ada.json(Method::PUT, &path, &[("if-match", "\"3\"")], &json!({ "value": n })).await,
                    4 if n % 32 == 0 => ada.delete(&path).await,
                    _ => ada.patch(&path, &json!({ "value": 100 + n * 10 + step })).await,
                };
                assert!(
                    !answer.status.is_server_error(),
                    "{}: {}",
                    answer.status,
                    String::from_utf8_lossy(&answer.body)
                );
                if answer.status.is_success() {
                    changes.push(id);
                }
            }
            changes
        });
    }
    let changes: Vec<i64> = set.join_all().await.into_iter().flatten().collect();
    for id in 1..=6 {
        let records = history(&ada, id).await;
        let expected = 1 + changes.iter().filter(|changed| **changed == id).count();
        assert_eq!(records.len(), expected, "counter {id}");
        let row = ada.get(&format!("/counters/{id}")).await;
        let stored = (row.status == 200).then(|| row.ok());
        let (version, value) = follow(&records);
        assert_eq!(value, stored.as_ref().map(|row| row["value"].clone()), "counter {id}");
        if let Some(row) = stored {
            assert_eq!(row["version"], version);
        }
    }
}

/// Of many who delete one row one succeeds, and changes that come too late find nothing.
async fn end(engine: Engine, app: fn() -> App) {
    let (_app, ada) = counter(engine, app).await;
    let mut set = JoinSet::new();
    for n in 0..32 {
        let ada = ada.clone();
        set.spawn(async move {
            if n % 4 == 0 {
                ada.delete("/counters/1").await
            } else {
                ada.put("/counters/1", &json!({ "value": n })).await
            }
        });
    }
    let answers = set.join_all().await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(count(200) + count(404), 32);
    let records = history(&ada, 1).await;
    assert_eq!(records.len(), 1 + count(200));
    assert_eq!(records.iter().filter(|record| record["action"] == "delete").count(), 1);
    assert_eq!(follow(&records).1, None::<Value>);
}

on_each_engine! {
    async fn of_64_unconditional_writers_is_gapless(engine) {
        unconditional(engine, plain).await;
    }

    async fn of_64_unconditional_writers_is_gapless_through_a_rule(engine) {
        unconditional(engine, ruled).await;
    }

    async fn of_1280_conditional_writes_loses_none(engine) {
        conditional(engine, plain).await;
    }

    async fn of_1280_conditional_writes_loses_none_through_a_rule(engine) {
        conditional(engine, ruled).await;
    }

    async fn has_one_record_for_each_change_and_none_for_a_refusal(engine) {
        mixture(engine, plain).await;
    }

    async fn has_one_record_for_each_change_and_none_for_a_refusal_through_a_rule(engine) {
        mixture(engine, ruled).await;
    }

    async fn ends_once(engine) {
        end(engine, plain).await;
    }

    async fn ends_once_through_a_rule(engine) {
        end(engine, ruled).await;
    }
}
