//! Who may do what, afterwards.

use crate::kwik_database::{Kwik, PASSWORD};
use kwik_testkit::{Client, TestApp};
use serde_json::{Value, json};

async fn sign_in(app: &TestApp, email: &str) -> Client {
    let form = [("username", email), ("password", PASSWORD)];
    let answer = app.anonymous().form("/login/access-token", &form).await.ok();
    app.anonymous().with_token(answer["access_token"].as_str().unwrap())
}

fn names(list: &Value) -> Vec<&str> {
    let rows = list.as_array().or_else(|| list["data"].as_array()).unwrap();
    let mut names: Vec<_> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn people_sign_in_with_the_passwords_that_they_had() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let app = kwik.program().await;
    let ada = sign_in(&app, "ada@example.com").await;
    let me = ada.get("/users/me").await.ok();
    assert_eq!((&me["id"], &me["name"], &me["email"]), (&json!(1), &json!("Ada"), &json!("Ada@example.com")));
    let wrong = [("username", "bea@example.com"), ("password", "correct horsf")];
    assert_ne!(app.anonymous().form("/login/access-token", &wrong).await.status, 200);
    // At the first sign-in the hash becomes one of ours; the password stays.
    sign_in(&app, "ada@example.com").await;
}

#[tokio::test]
async fn who_was_inactive_or_in_doubt_does_not() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let app = kwik.program().await;
    for email in ["cem@example.com", "dee@example.com"] {
        let form = [("username", email), ("password", PASSWORD)];
        assert_ne!(app.anonymous().form("/login/access-token", &form).await.status, 200, "{email}");
    }
}

#[tokio::test]
async fn a_superuser_is_an_administrator() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let app = kwik.program().await;
    let ada = sign_in(&app, "ada@example.com").await;
    assert_eq!(names(&ada.get("/users/me/roles").await.ok()), ["admin"]);
    assert_eq!(ada.get("/users/").await.ok()["data"].as_array().unwrap().len(), 4, "the first start makes no other");
    let user = json!({ "name": "Eve", "surname": "New", "email": "eve@example.com", "password": "a long password" });
    let eve = ada.post("/users/", &user).await.ok();
    assert_eq!(eve["id"], 10, "ids go on after the largest");
}

#[tokio::test]
async fn a_clerk_holds_what_the_merged_role_grants_and_nothing_of_a_retired_one() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let app = kwik.program().await;
    let bea = sign_in(&app, "bea@example.com").await;
    assert_eq!(names(&bea.get("/users/me/permissions").await.ok()), ["orders_create", "orders_read"]);
    assert_eq!(names(&bea.get("/users/me/roles").await.ok()), ["clerk", "retired"]);
    bea.get("/users/").await.refused(403, "forbidden");
}

#[tokio::test]
async fn business_rows_are_there_and_go_on() {
    let kwik = Kwik::new().await;
    kwik.run().await.unwrap().unwrap();
    let app = kwik.program().await;
    let bea = sign_in(&app, "bea@example.com").await;
    let old = bea.get("/orders/70").await.ok();
    assert_eq!((&old["number"], &old["total"], &old["version"]), (&json!("A-70"), &json!("12.50"), &json!(1)));
    assert_eq!(old["creator_user_id"], 2);
    let new = bea.post("/orders/", &json!({ "number": "A-71", "total": "1" })).await.ok();
    assert_eq!((&new["id"], &new["creator_user_id"]), (&json!(71), &json!(2)));
    bea.delete("/orders/70").await.refused(403, "forbidden");
}
