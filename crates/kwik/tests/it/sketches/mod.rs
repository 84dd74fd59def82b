//! The five things that users write, as they are meant to look: an entity, a rule, a command over
//! several entities, a policy, an endpoint. They came before the code behind them, and stay as tests.

mod command;
mod endpoint;
mod entity;
mod policy;
mod rule;

use entity::{Customer, Order};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

/// A program with one of each.
fn app() -> App {
    App::new()
        .title("Sketches")
        .resource::<Customer>()
        .resource::<Order>()
        .rule::<Order>(rule::CreditLimit)
        .policy(policy::OpenOrdersOnly)
        .api(|services| command::Orders { data: services.data.clone() })
        .api(|_| endpoint::Greetings)
}

on_each_engine! {
    async fn a_rule_bounds_what_a_customer_may_owe(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        admin.post("/customers/", &json!({ "name": "Acme", "email": "a@acme.example", "credit_limit": "100" })).await.ok();
        let order = |total: &str| json!({ "customer_id": 1, "total": total });
        admin.post("/orders/", &order("60")).await.ok();
        admin.post("/orders/", &order("60")).await.refused(409, "credit_exceeded");
        admin.post("/orders/", &order("40")).await.ok();
    }

    async fn a_command_changes_several_entities_or_none(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        admin.post("/customers/", &json!({ "name": "Acme", "email": "a@acme.example", "credit_limit": "100" })).await.ok();
        admin.post("/orders/", &json!({ "customer_id": 1, "total": "60" })).await.ok();
        let confirmed = admin.post("/orders/1/confirm", &json!({})).await.ok();
        assert_eq!((&confirmed["status"], &confirmed["version"]), (&json!("confirmed"), &json!(2)));
        assert_eq!(admin.get("/customers/1").await.ok()["credit_limit"], "40");
        admin.post("/orders/1/confirm", &json!({})).await.refused(404, "not_found");
        app.with_permissions(&["orders_read"]).await.post("/orders/1/confirm", &json!({})).await.refused(403, "forbidden");
    }

    async fn a_policy_bounds_every_read_and_write(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        admin.post("/customers/", &json!({ "name": "Acme", "email": "a@acme.example" })).await.ok();
        admin.post("/orders/", &json!({ "customer_id": 1, "total": "60" })).await.ok();
        admin.post("/orders/1/confirm", &json!({})).await.ok();
        assert_eq!(admin.get("/orders/").await.ok(), json!({ "total": 0, "data": [] }));
        admin.get("/orders/1").await.refused(404, "not_found");
        admin.put("/orders/1", &json!({ "total": "1" })).await.refused(404, "not_found");
        admin.delete("/orders/1").await.refused(404, "not_found");
    }

    async fn an_endpoint_of_ones_own_says_who_may_call_it(engine) {
        let app = TestApp::start(engine, app).await;
        let body = app.anonymous().get("/hello").await;
        assert_eq!(body.body, b"hello, stranger");
        app.anonymous().get("/whoami").await.refused(401, "not_authenticated");
        assert_eq!(app.admin().await.get("/whoami").await.body, b"user 1");
    }
}
