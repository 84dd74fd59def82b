//! Many writers of few rows.

use super::world::{deliveries, dispatcher, events, running};
use kwik_testkit::{TestApp, database::Engine, on_each_engine};
use serde_json::json;
use tokio::task::JoinSet;

const WRITERS: i64 = 16;
const ROWS: i64 = 4;
const CHANGES: i64 = 6;

/// All writers change all rows.
async fn write(app: &TestApp) {
    let ada = app.admin().await;
    for _ in 0..ROWS {
        ada.post("/counters/", &json!({})).await.ok();
    }
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let ada = ada.clone();
        writers.spawn(async move {
            for n in 0..CHANGES {
                let row = (writer + n) % ROWS + 1;
                ada.put(&format!("/counters/{row}"), &json!({ "value": 100 + n })).await.ok();
            }
        });
    }
    writers.join_all().await;
}

/// Each row was told of once for each of its versions, in their order.
async fn holds(engine: Engine, dispatchers: usize) {
    let (app, listener, _) = running(engine).await;
    let others: Vec<_> = (1..dispatchers).map(|_| dispatcher(&app)).collect();
    for other in &others {
        other.start();
    }
    write(&app).await;
    let all = usize::try_from(ROWS + WRITERS * CHANGES).unwrap();
    listener.wait_for(all).await;
    for other in &others {
        other.close().await;
    }
    app.deliver_all().await;
    let changes = WRITERS * CHANGES / ROWS;
    for row in 1..=ROWS {
        assert_eq!(listener.versions(&row.to_string()), (1..=changes + 1).collect::<Vec<_>>(), "row {row}");
    }
    assert_eq!((listener.told().len(), events(&app).await.len(), deliveries(&app).await.len()), (all, all, 0));
}

on_each_engine! {
    async fn events_of_a_row_come_in_the_order_of_its_changes(engine) {
        holds(engine, 1).await;
    }

    async fn dispatchers_share_the_work_and_each_event_is_told_once(engine) {
        holds(engine, 4).await;
    }
}
