//! The history of a customer: who changed what, from what to what.

use crate::people::{CLERK, ada_and_three_customers, timeless};
use kwik_testkit::{ADMIN_EMAIL, Client, TestApp, on_each_engine};
use serde_json::{Value, json};

/// The records of a history, without what is another each time.
async fn history(client: &Client, path: &str) -> Vec<Value> {
    let page = client.get(path).await.ok();
    assert_eq!(page["total"], Value::Null, "records are not counted");
    page["data"].as_array().unwrap().iter().cloned().map(checked).collect()
}

fn checked(record: Value) -> Value {
    let mut record = timeless(record);
    let members = record.as_object_mut().unwrap();
    assert!(members.remove("via").unwrap().as_str().unwrap().split(':').next() == Some("session"));
    assert!(!members.remove("request_id").unwrap().as_str().unwrap().is_empty());
    record
}

fn change(field: &str, from: impl Into<Value>, to: impl Into<Value>) -> Value {
    json!({ "field": field, "from": from.into(), "to": to.into() })
}

fn record(action: &str, version: i64, (id, email): (i64, &str), changes: &[Value]) -> Value {
    json!({
        "action": action, "version": version, "at": "some time", "user_id": id, "user_email": email,
        "impersonator_user_id": null, "address": null, "changes": changes,
    })
}

const ADA: (i64, &str) = (1, ADMIN_EMAIL);

async fn a_life(app: &TestApp, ada: &Client) -> Vec<Value> {
    let clara = app.with_permissions(&CLERK).await;
    clara.put("/customers/1", &json!({ "name": "Acme Ltd", "credit_limit": "250.00" })).await.ok();
    ada.patch("/customers/1", &json!({ "name": "Acme Ltd", "email": "new@example.com" })).await.ok();
    ada.delete("/customers/1").await.ok();
    let gone = [
        change("id", 1, Value::Null),
        change("name", "Acme Ltd", Value::Null),
        change("email", "new@example.com", Value::Null),
        change("credit_limit", "250.00", Value::Null),
    ];
    let made = [
        change("id", Value::Null, 1),
        change("name", Value::Null, "Acme"),
        change("email", Value::Null, "acme@example.com"),
        change("credit_limit", Value::Null, "100"),
    ];
    vec![
        record("delete", 3, ADA, &gone),
        record("update", 3, ADA, &[change("email", "acme@example.com", "new@example.com")]),
        record(
            "update",
            2,
            (2, "user0@test.example"),
            &[change("name", "Acme", "Acme Ltd"), change("credit_limit", "100", "250.00")],
        ),
        record("create", 1, ADA, &made),
    ]
}

on_each_engine! {
    async fn says_who_changed_what_from_what_to_what_also_after_the_end(engine) {
        let (app, ada) = ada_and_three_customers(engine).await;
        let expected = a_life(&app, &ada).await;
        assert_eq!(history(&ada, "/customers/1/history").await, expected, "the latest first");
    }

    async fn comes_in_pages(engine) {
        let (app, ada) = ada_and_three_customers(engine).await;
        let all = a_life(&app, &ada).await;
        assert_eq!(history(&ada, "/customers/1/history?limit=2").await, all[..2]);
        assert_eq!(history(&ada, "/customers/1/history?skip=1&limit=2").await, all[1..3]);
        assert_eq!(history(&ada, "/customers/1/history?skip=4").await, all[4..], "an empty page, not a missing customer");
        assert_eq!(history(&ada, "/customers/1/history?limit=0").await, all[4..]);
        ada.get("/customers/1/history?limit=1001").await.refused(400, "invalid_query");
        ada.get("/customers/1/history?sorting=at").await.refused(400, "invalid_query");
    }

    async fn is_for_those_who_may_read(engine) {
        let (app, ada) = ada_and_three_customers(engine).await;
        app.anonymous().get("/customers/1/history").await.refused(401, "not_authenticated");
        app.with_permissions(&["customers_update"]).await.get("/customers/1/history").await.refused(403, "forbidden");
        let victor = app.with_permissions(&["customers_read"]).await;
        assert_eq!(history(&victor, "/customers/1/history").await, history(&ada, "/customers/1/history").await);
        // Which session it was is for those alone who may read the audit trail.
        let via = async |client: &Client| client.get("/customers/1/history").await.ok()["data"][0]["via"].as_str().unwrap().to_owned();
        assert_eq!(via(&victor).await, "session");
        assert!(via(&ada).await.starts_with("session:"));
    }

    async fn is_not_there_for_who_never_was(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        assert_eq!(ada.get("/customers/99/history").await.problem(404), ada.get("/customers/99").await.problem(404));
        ada.get("/customers/x/history").await.refused(422, "invalid_path");
    }

    async fn a_change_that_sets_the_same_again_is_a_change_of_nothing(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.put("/customers/1", &json!({ "name": "Acme" })).await.ok();
        assert_eq!(history(&ada, "/customers/1/history?limit=1").await, [record("update", 2, ADA, &[])]);
    }

    async fn what_was_refused_leaves_no_trace(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.put("/customers/1", &json!({ "email": "bolt@example.com" })).await.refused(409, "taken");
        ada.put("/customers/1", &json!({ "name": "" })).await.refused(422, "invalid");
        assert_eq!(history(&ada, "/customers/1/history").await.len(), 1);
    }

    async fn the_request_of_a_change_is_told(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let changed = ada.put("/customers/1", &json!({ "name": "A" })).await;
        let told = ada.get("/customers/1/history?limit=1").await.ok()["data"][0]["request_id"].clone();
        assert_eq!(told.as_str(), changed.header("x-request-id"));
    }
}
