//! What is declared wrongly is told before anything is touched.

use super::world::{Counted, Counter, Listener, Time, app};
use kwik::{Error, prelude::*};
use kwik_testkit::{TestApp, database::Engine, on_each_engine};

async fn problems(engine: Engine, app: App) -> Vec<String> {
    match TestApp::first_start(engine, app, |_| {}).await {
        Err(Error::Declaration(problems)) => problems,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it starts"),
    }
}

on_each_engine! {
    async fn two_handlers_with_one_name_are_refused(engine) {
        let (listener, time) = (Listener::default(), Time::default());
        let app = app(&listener, &time).on::<Counted>("listener", listener.clone());
        assert_eq!(problems(engine, app).await, ["two receivers are called listener; rename one"]);
    }

    async fn names_are_ones_that_a_database_keeps(engine) {
        let (listener, time) = (Listener::default(), Time::default());
        let app = app(&listener, &time).on::<Counted>("tell everybody", listener.clone());
        let expected = "\"tell everybody\" cannot be the name of the handler; take 1 to 100 letters, digits and any of _-.";
        assert_eq!(problems(engine, app).await, [expected]);
    }

    async fn an_app_without_events_has_nothing_of_them(engine) {
        let plain = || App::new().resource::<Counter>();
        assert!(!plain().fingerprint().unwrap().contains("kwik_events"));
        assert!(!plain().fingerprint().unwrap().contains("events_read"));
        let app = TestApp::start(engine, plain).await;
        app.admin().await.get("/events/").await.refused(404, "not_found");
        // Nothing to do is no error.
        app.deliver_all().await;
    }

    async fn an_app_with_events_has_one_permission_more(engine) {
        let _ = engine;
        let (listener, time) = (Listener::default(), Time::default());
        let fingerprint = app(&listener, &time).fingerprint().unwrap();
        assert!(fingerprint.contains("\"events_read\"") && !fingerprint.contains("events_create"), "{fingerprint}");
        assert!(!fingerprint.contains("deliveries_read"), "{fingerprint}");
    }
}
