//! What an instance leaves behind, another one does.

use super::world::{Failure, app, deliveries, dispatcher, running, silent};
use kwik::{
    events::{Delivery, DeliveryUpdate},
    prelude::*,
};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;
use std::time::Duration;

/// As if an instance had taken the first delivery and been killed.
async fn crash(app: &TestApp) {
    let ctx = app.system();
    let first = deliveries(app).await.remove(0);
    let change = DeliveryUpdate {
        attempts: Some(1),
        due_at: Some(ctx.now + Duration::from_mins(1)),
        ..DeliveryUpdate::default()
    };
    app.service().services.data.single().repository::<Delivery>().update(&ctx, first.id, None, &change).await.unwrap();
}

on_each_engine! {
    async fn a_lease_that_has_run_out_is_taken_by_another_instance(engine) {
        let (app, first, listener, time) = silent(engine).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({})).await.ok();
        ada.put("/counters/1", &json!({ "value": 1 })).await.ok();
        crash(&app).await;
        time.pass(Duration::from_secs(59));
        let second = dispatcher(&app);
        first.deliver_all().await.unwrap();
        second.deliver_all().await.unwrap();
        assert_eq!(listener.told(), [], "the lease still runs, and what is behind it waits");
        time.pass(Duration::from_secs(1));
        second.deliver_all().await.unwrap();
        assert_eq!(listener.versions("1"), [1, 2]);
        assert_eq!(deliveries(&app).await.len(), 0);
    }

    async fn what_a_closed_program_has_left_is_told_after_the_next_start(engine) {
        let (mut app, listener, time) = running(engine).await;
        app.service().stop();
        let ada = app.admin().await;
        for _ in 0..3 {
            ada.post("/counters/", &json!({})).await.ok();
        }
        assert_eq!(listener.told(), []);
        drop(ada);
        app.restart(|| super::world::app(&listener, &time)).await.unwrap();
        // Nothing is raised that would wake it.
        listener.wait_for(3).await;
        app.deliver_all().await;
        assert_eq!(deliveries(&app).await.len(), 0);
    }

    async fn deliveries_of_a_handler_that_is_gone_stay(engine) {
        let (mut app, listener, time) = running(engine).await;
        listener.fail_at(Some(("1", Failure::Error)));
        app.admin().await.post("/counters/", &json!({})).await.ok();
        app.deliver_all().await;
        let without = || App::new().resource::<super::world::Counter>().clock(time.clone()).event::<super::world::Counted>();
        app.restart(without).await.unwrap();
        time.pass(Duration::from_secs(5));
        app.deliver_all().await;
        assert_eq!(deliveries(&app).await.len(), 1);
        listener.fail_at(None);
        app.restart(|| self::app(&listener, &time)).await.unwrap();
        app.deliver_all().await;
        assert_eq!((listener.versions("1"), deliveries(&app).await.len()), (vec![1], 0));
    }
}
