//! Sinks of the audit trail get the trail, and nothing else.

use super::world::{Counter, Kept, all, deliveries};
use kwik::{
    domain::{AccessEvent, access::AuditEntry},
    events::JsonLines,
    prelude::*,
};
use kwik_testkit::{TestApp, database::Engine, on_each_engine};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::task::JoinSet;

/// With a rule, which makes changes parts of a larger unit of work, and without one.
async fn app(engine: Engine, sinks: &[Kept], ruled: bool) -> TestApp {
    struct Silence;
    impl Rule<Counter> for Silence {}
    let app = || {
        let app = App::new().resource::<Counter>();
        let app = if ruled { app.rule::<Counter>(Silence) } else { app };
        sinks.iter().fold(app, |app, sink| app.audit_sink(sink.clone()))
    };
    TestApp::start(engine, app).await
}

/// Changes, refusals, sign-ins, denials, several at once.
async fn everything(app: &TestApp) {
    let ada = app.admin().await;
    let victor = app.with_permissions(&["counters_read"]).await;
    let mut writers = JoinSet::new();
    for n in 0..8 {
        let (ada, victor) = (ada.clone(), victor.clone());
        writers.spawn(async move {
            let id = ada.post("/counters/", &json!({ "value": n })).await.ok()["id"].clone();
            victor.delete(&format!("/counters/{id}")).await.refused(403, "forbidden");
            ada.put(&format!("/counters/{id}"), &json!({ "value": n + 100 })).await.ok();
            ada.put("/counters/1", &json!({ "value": n })).await;
            if n % 2 == 1 {
                ada.delete(&format!("/counters/{id}")).await.ok();
            }
        });
    }
    writers.join_all().await;
    let mut work = app.service().services.data.begin().await.unwrap();
    work.record(&app.system(), &AccessEvent::new("dropped")).await.unwrap();
    drop(work);
    app.service().services.data.record(&app.system(), &AccessEvent::new("kept")).await.unwrap();
}

/// What a sink got is the trail since the program knows it: each record once, those of a row in their order.
async fn is_the_trail(app: &TestApp, sink: &Kept) {
    let taken = sink.taken();
    let ids: BTreeSet<_> = taken.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), taken.len(), "none twice");
    let first = *ids.first().unwrap();
    let trail: Vec<AuditEntry> = all::<AuditEntry>(app).await.into_iter().filter(|entry| entry.id >= first).collect();
    let mut sorted = taken.clone();
    sorted.sort_by_key(|entry| entry.id);
    assert_eq!(sorted, trail);
    let mut rows: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for entry in taken.iter().filter(|entry| entry.entity == "counters") {
        rows.entry(&entry.entity_key).or_default().push(entry.id);
    }
    assert!(rows.values().all(|ids| ids.is_sorted()), "{rows:?}");
    for action in ["create", "update", "delete", "sign_in", "denied", "kept"] {
        assert!(taken.iter().any(|entry| entry.action == action), "{action}");
    }
    assert!(taken.iter().all(|entry| entry.action != "dropped"));
}

on_each_engine! {
    async fn sinks_get_every_record_of_writes_that_stand_alone(engine) {
        let sinks = [Kept::new("one"), Kept::new("two")];
        let app = app(engine, &sinks, false).await;
        everything(&app).await;
        app.deliver_all().await;
        is_the_trail(&app, &sinks[0]).await;
        is_the_trail(&app, &sinks[1]).await;
        assert_eq!(deliveries(&app).await.len(), 0);
        app.admin().await.get("/events/").await.refused(404, "not_found");
    }

    async fn sinks_get_every_record_of_units_of_work(engine) {
        let sinks = [Kept::new("one")];
        let app = app(engine, &sinks, true).await;
        everything(&app).await;
        app.deliver_all().await;
        is_the_trail(&app, &sinks[0]).await;
    }

    async fn a_sink_that_is_closed_gets_everything_later(engine) {
        let time = super::world::Time::default();
        let sink = Kept::new("one");
        let app = TestApp::start(engine, || {
            App::new().resource::<Counter>().clock(time.clone()).audit_sink(sink.clone())
        }).await;
        sink.close(true);
        everything(&app).await;
        app.deliver_all().await;
        sink.close(false);
        app.deliver_all().await;
        time.pass(Duration::from_secs(61));
        app.deliver_all().await;
        is_the_trail(&app, &sink).await;
        assert_eq!(deliveries(&app).await.len(), 0);
    }

    async fn refused_writes_are_answered_as_without_a_sink(engine) {
        let sinks = [Kept::new("one")];
        let app = app(engine, &sinks, false).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({})).await.ok();
        ada.put("/counters/9", &json!({ "value": 1 })).await.refused(404, "not_found");
        let stale = [("if-match", "\"9\"")];
        ada.json(http::Method::PUT, "/counters/1", &stale, &json!({ "value": 1 })).await.refused(412, "version_conflict");
        app.deliver_all().await;
        let counters = sinks[0].taken().into_iter().filter(|entry| entry.entity == "counters").count();
        assert_eq!(counters, 1);
    }

    async fn records_are_lines_of_json(engine) {
        let path = std::env::temp_dir().join(format!("kwik-audit-{}.jsonl", Uuid::new_v4().simple()));
        let app = TestApp::start(engine, || App::new().resource::<Counter>().audit_sink(JsonLines::file(&path))).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "value": 5 })).await.ok();
        ada.put("/counters/1", &json!({ "value": 6 })).await.ok();
        app.deliver_all().await;
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let counters: Vec<_> = lines.iter().filter(|line| line["entity"] == "counters").collect();
        assert_eq!(counters.len(), 2, "{text}");
        assert_eq!((&counters[1]["before"]["value"], &counters[1]["after"]["value"]), (&json!(5), &json!(6)));
        let shown = ada.get(&format!("/audit/{}", counters[1]["id"])).await.ok();
        assert_eq!(&shown, counters[1]);
    }
}
