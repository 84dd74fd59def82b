//! What is told of operations that are for others than whoever has the permission.

use super::shop::{app, stock};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};

fn ways(explanation: &Value) -> Vec<(String, bool)> {
    let ways = explanation["operations"].as_array().unwrap().iter();
    ways.map(|way| (way["operation"].as_str().unwrap().to_owned(), way["allowed"] == true)).collect()
}

on_each_engine! {
    async fn explanations_know_who_may_call_what(engine) {
        let app = TestApp::start(engine, app).await;
        stock(&app).await;
        let admin = app.admin().await;
        let plain = app.new_user(&[]).await;
        let keeper = app.new_user(&["shop_manage"]).await;
        let explain = async |user: i64, rest: &str| {
            admin.get(&format!("/access/explain?user_id={user}&resource=products&{rest}")).await.ok()
        };

        let read = explain(plain.id, "action=read").await;
        assert_eq!((&read["allowed"], &read["rows"]), (&json!(true), &json!("listed = true")), "{read}");
        assert_eq!(read["policies"][0]["reason"], "GET /products/ is for everybody");
        let all = ["GET /products/", "GET /products/{id}", "GET /products/{id}/history"].map(|way| (way.to_owned(), true));
        assert_eq!(ways(&read), all);
        let row = explain(plain.id, "action=read&id=2").await;
        assert_eq!(row["allowed"], false, "{row}");
        assert!(row["reason"].as_str().unwrap().starts_with("the row lies outside of what rows of products"), "{row}");

        let create = explain(plain.id, "action=create").await;
        let reason = "the permission shop_manage is needed";
        assert_eq!((&create["allowed"], &create["reason"]), (&json!(false), &json!(reason)), "{create}");
        let create = explain(keeper.id, "action=create").await;
        assert_eq!((&create["allowed"], &create["roles"][0]["permissions"]), (&json!(true), &json!(["shop_manage"])), "{create}");

        let update = explain(keeper.id, "action=update").await;
        let by = [("PUT /products/{id}".to_owned(), true), ("PATCH /products/{id}".to_owned(), false)];
        assert_eq!((ways(&update), &update["allowed"]), (by.into(), &json!(true)), "{update}");
        let user = explain(plain.id, "action=delete").await;
        assert_eq!((ways(&user), &user["allowed"]), (vec![], &json!(false)), "{user}");
    }
}
