//! Handlers that fail.

use super::world::{Failure, deliveries, silent};
use kwik_testkit::{database::Engine, on_each_engine};
use serde_json::json;
use std::time::Duration;

/// Row 1 cannot be told of; row 2 can.
async fn backs_off(engine: Engine, failure: Failure, reason: &str) {
    let (app, dispatcher, listener, time) = silent(engine).await;
    let ada = app.admin().await;
    listener.fail_at(Some(("1", failure)));
    for _ in 0..2 {
        ada.post("/counters/", &json!({})).await.ok();
    }
    for value in 1..=3 {
        ada.put("/counters/1", &json!({ "value": value })).await.ok();
        ada.put("/counters/2", &json!({ "value": value })).await.ok();
    }
    dispatcher.deliver_all().await.unwrap();
    assert_eq!(listener.versions("2"), [1, 2, 3, 4], "others are not held up");
    assert_eq!((listener.failures(), listener.versions("1")), (1, vec![]));
    for (n, seconds) in [1_u64, 2, 4, 8].into_iter().enumerate() {
        let tried = i64::try_from(n).unwrap() + 1;
        time.pass(Duration::from_millis(seconds * 1000 - 1));
        dispatcher.deliver_all().await.unwrap();
        assert_eq!(listener.failures(), tried, "not before {seconds} s have passed");
        time.pass(Duration::from_millis(1));
        dispatcher.deliver_all().await.unwrap();
        assert_eq!(listener.failures(), tried + 1, "after {seconds} s");
    }
    let left = deliveries(&app).await;
    assert_eq!(left.iter().map(|delivery| delivery.attempts).collect::<Vec<_>>(), [5, 0, 0, 0], "{left:?}");
    assert_eq!(left[0].last_error.as_deref(), Some(reason));
    // A row whose events fail holds up no others that come later.
    ada.put("/counters/2", &json!({ "value": 9 })).await.ok();
    dispatcher.deliver_all().await.unwrap();
    assert_eq!(listener.versions("2"), [1, 2, 3, 4, 5]);
    listener.fail_at(None);
    time.pass(Duration::from_secs(16));
    dispatcher.deliver_all().await.unwrap();
    assert_eq!(listener.versions("1"), [1, 2, 3, 4], "it goes on in order");
    assert_eq!(deliveries(&app).await.len(), 0);
}

on_each_engine! {
    async fn a_handler_that_fails_is_tried_again_later_and_then_goes_on_in_order(engine) {
        backs_off(engine, Failure::Error, "come again later").await;
    }

    async fn a_handler_that_panics_has_failed(engine) {
        backs_off(engine, Failure::Panic, "the handler panicked").await;
    }

    async fn many_events_of_a_row_that_fails_starve_no_other_row(engine) {
        let (app, dispatcher, listener, _) = silent(engine).await;
        let ada = app.admin().await;
        listener.fail_at(Some(("1", Failure::Error)));
        ada.post("/counters/", &json!({})).await.ok();
        // More than are looked at together.
        for value in 0..120 {
            ada.put("/counters/1", &json!({ "value": value + 100 })).await.ok();
        }
        ada.post("/counters/", &json!({})).await.ok();
        dispatcher.deliver_all().await.unwrap();
        assert_eq!(listener.told(), [("2".to_owned(), 1)]);
        assert_eq!(listener.failures(), 1);
    }
}
