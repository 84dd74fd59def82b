//! What is stored with a change, and what becomes of it.

use super::world::{
    Counted, Counter, CounterCreate, Listener, Removed, Time, app, deliveries, events, running, silent,
};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;
use std::sync::{Arc, Mutex};

on_each_engine! {
    async fn an_event_and_its_deliveries_are_there_with_the_change_and_not_without(engine) {
        let (app, dispatcher, listener, _) = silent(engine).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "value": 5 })).await.ok();
        ada.put("/counters/1", &json!({ "value": 13 })).await.refused(409, "unlucky");
        let (stored, due) = (events(&app).await, deliveries(&app).await);
        assert_eq!(stored.len(), 1, "{stored:?}");
        let event = &stored[0];
        assert_eq!((event.name.as_str(), event.entity.as_str(), event.entity_key.as_str()), ("counted", "counters", "1"));
        assert_eq!((event.payload.as_str(), event.user_id), (r#"{"version":1,"value":5}"#, Some(1)));
        assert_eq!(due.len(), 1, "{due:?}");
        let told = (due[0].event_id, due[0].handler.as_str(), due[0].stream.as_str(), due[0].attempts);
        assert_eq!(told, (event.id, "listener", "counters/1", 0));
        assert_eq!(listener.told(), [], "not before it is handed over");
        dispatcher.deliver_all().await.unwrap();
        assert_eq!(listener.told(), [("1".to_owned(), 1)]);
        assert_eq!((deliveries(&app).await.len(), events(&app).await.len()), (0, 1), "the event stays");
    }

    async fn a_unit_of_work_that_is_dropped_leaves_no_event(engine) {
        let (app, _, _, _) = silent(engine).await;
        let (ctx, data) = (app.system(), app.service().services.data.clone());
        let mut work = data.begin().await.unwrap();
        let counter = work.repository::<Counter>().create(&ctx, &CounterCreate { value: 1 }).await.unwrap();
        work.raise(&ctx, &counter, Counted { version: 1, value: 1 }).await.unwrap();
        drop(work);
        assert_eq!((events(&app).await.len(), deliveries(&app).await.len()), (0, 0));
    }

    async fn handlers_are_told_at_once_by_the_program_itself(engine) {
        let (app, listener, _) = running(engine).await;
        app.admin().await.post("/counters/", &json!({})).await.ok();
        listener.wait_for(1).await;
        // What is in hand is waited for.
        app.deliver_all().await;
        assert_eq!(deliveries(&app).await.len(), 0);
    }

    async fn each_handler_of_an_event_has_a_delivery_of_its_own(engine) {
        let (listener, second, time) = (Listener::default(), Listener::default(), Time::default());
        let removed: Arc<Mutex<Vec<(i64, i64)>>> = Arc::default();
        let app = TestApp::start(engine, || {
            let removed = removed.clone();
            let on_removed = move |_: Ctx, _: Data, event: Arc<Delivered<Removed>>| {
                removed.lock().unwrap().push((event.event.last, event.attempt));
                async { Ok(()) }
            };
            app(&listener, &time).on::<Counted>("second", second.clone()).on::<Removed>("on_removed", on_removed)
        }).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "value": 7 })).await.ok();
        // A row that is gone can be told of, too.
        ada.delete("/counters/1").await.ok();
        app.deliver_all().await;
        assert_eq!((listener.told(), second.told()), (vec![("1".to_owned(), 1)], vec![("1".to_owned(), 1)]));
        assert_eq!(*removed.lock().unwrap(), [(7, 1)]);
    }

    async fn what_a_handler_raises_is_told_as_well(engine) {
        let (listener, time) = (Listener::default(), Time::default());
        let app = TestApp::start(engine, || {
            // Counts up to five, each step told by the one before.
            let next = |ctx: Ctx, data: Data, event: Arc<Delivered<Counted>>| async move {
                if event.event.value < 5 {
                    let (key, value) = (event.entity_key.parse().unwrap(), Some(event.event.value + 1));
                    let mut work = data.begin().await?;
                    work.update::<Counter>(&ctx, key, None, super::world::CounterUpdate { value }).await?;
                    work.commit().await?;
                }
                Ok(())
            };
            app(&listener, &time).on::<Counted>("next", next)
        }).await;
        app.admin().await.post("/counters/", &json!({ "value": 1 })).await.ok();
        app.deliver_all().await;
        assert_eq!(listener.versions("1"), [1, 2, 3, 4, 5]);
        let requests: Vec<_> = events(&app).await.into_iter().map(|event| event.request_id).collect();
        assert_eq!(requests.iter().filter(|id| *id == &requests[0]).count(), 5, "all within one request: {requests:?}");
    }

    async fn events_are_shown_to_those_who_may_see_them(engine) {
        let (app, _, _, _) = silent(engine).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "value": 5 })).await.ok();
        ada.put("/counters/1", &json!({ "value": 6 })).await.ok();
        let victor = app.with_permissions(&["events_read"]).await;
        let page = victor.get("/events/").await.ok();
        assert_eq!((&page["total"], &page["data"][0]["payload"]), (&json!(2), &json!({ "version": 2, "value": 6 })));
        assert_eq!(victor.get("/events/1").await.ok()["name"], "counted");
        assert_eq!(victor.get("/events/?filter=name=%22removed%22").await.ok()["total"], 0);
        victor.get("/counters/1").await.refused(403, "forbidden");
        app.with_permissions(&["counters_read"]).await.get("/events/").await.refused(403, "forbidden");
        app.anonymous().get("/events/1").await.refused(401, "not_authenticated");
        ada.post("/events/", &json!({})).await.refused(405, "method_not_allowed");
        ada.delete("/events/1").await.refused(405, "method_not_allowed");
        ada.get("/kwik_deliveries/").await.refused(404, "not_found");
    }

    async fn an_event_that_is_not_declared_cannot_be_raised(engine) {
        #[derive(serde::Serialize, serde::Deserialize)]
        struct Unknown {}
        impl Event for Unknown {
            const NAME: &'static str = "unknown";
        }
        let (app, _, _, _) = silent(engine).await;
        let (ctx, data) = (app.system(), app.service().services.data.clone());
        let mut work = data.begin().await.unwrap();
        let counter = work.repository::<Counter>().create(&ctx, &CounterCreate { value: 1 }).await.unwrap();
        let error = work.raise(&ctx, &counter, Unknown {}).await.unwrap_err().to_string();
        assert_eq!(error, "the event unknown is not declared; add it with App::on or App::event");
    }
}
