//! Fewer operations, and for other people.

use super::shop::{app, stock};
use http::Method;
use kwik_testkit::{Client, TestApp, TestUser, on_each_engine};
use serde_json::{Value, json};

async fn names(client: &Client) -> Vec<String> {
    let page = client.get("/products/").await.ok();
    assert_eq!(page["total"].as_u64(), page["data"].as_array().map(|rows| rows.len() as u64));
    page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

on_each_engine! {
    async fn what_is_public_is_bounded_by_rows_and_fields_all_the_same(engine) {
        let app = TestApp::start(engine, app).await;
        stock(&app).await;
        let nobody = app.anonymous();
        assert_eq!(names(&nobody).await, ["Tea"]);
        let tea = nobody.get("/products/1").await.ok();
        assert!(tea["price"] == "10" && tea.get("cost").is_none(), "{tea}");
        let hidden = nobody.get("/products/2").await;
        hidden.refused(404, "not_found");
        assert_eq!(hidden.problem(404), nobody.get("/products/2").await.problem(404));
        nobody.get("/products/?filter=cost%20%3D%202").await.refused(400, "invalid_query");
        nobody.get("/products/?limit=100000").await.refused(400, "invalid_query");
        assert_eq!(nobody.get("/products/1").await.header("etag"), nobody.get("/products/1").await.header("etag"));
    }

    async fn who_signs_in_for_what_is_public_is_known(engine) {
        let app = TestApp::start(engine, app).await;
        stock(&app).await;
        let clerk = app.with_permissions(&["products_unlisted", "products_read_cost"]).await;
        assert_eq!(names(&clerk).await, ["Tea", "Surprise"]);
        assert_eq!(clerk.get("/products/2").await.ok()["cost"], "2");
        assert_eq!(names(&app.with_permissions(&[]).await).await, ["Tea"]);
        // Not less than was asked for, without a word.
        for wrong in [app.anonymous().with_token("garbage"), app.anonymous().with_api_key("kwik_garbage")] {
            wrong.get("/products/").await.refused(401, "invalid_token");
            wrong.get("/products/1").await.refused(401, "invalid_token");
        }
    }

    async fn signed_in_is_whoever_has_signed_in(engine) {
        let app = TestApp::start(engine, app).await;
        stock(&app).await;
        app.anonymous().get("/products/1/history").await.refused(401, "not_authenticated");
        let user = app.new_user(&[]).await;
        let client = app.as_user(&user).await;
        let history = client.get("/products/1/history").await.ok();
        assert_eq!(history["data"].as_array().or(history.as_array()).map(Vec::len), Some(1), "{history}");
        assert!(!history.to_string().contains("\"cost\""), "guarded in the history, too: {history}");
        client.get("/products/2/history").await.refused(404, "not_found");
        let path = format!("/users/{}/reset-password", user.id);
        app.admin().await.put(&path, &json!({ "new_password": "a temporary password" })).await.ok();
        let client = app.as_user(&TestUser { password: "a temporary password".into(), ..user }).await;
        client.get("/products/1/history").await.refused(403, "password_change_required");
        client.get("/products/1").await.ok();
    }

    async fn another_permission_takes_the_place_of_the_generated_one(engine) {
        let app = TestApp::start(engine, app).await;
        let tea = json!({ "name": "Tea", "price": "10" });
        app.anonymous().post("/products/", &tea).await.refused(401, "not_authenticated");
        let denied = app.with_permissions(&["products_update"]).await.post("/products/", &tea).await.problem(403);
        assert_eq!(denied["detail"], "Not enough privileges: the permission shop_manage is needed");
        let keeper = app.with_permissions(&["shop_manage"]).await;
        assert_eq!(keeper.post("/products/", &tea).await.ok()["name"], "Tea");
        assert_eq!(keeper.put("/products/1", &json!({ "price": "11" })).await.ok()["price"], "11");
        keeper.post("/products/", &json!({ "name": "Rum", "price": "1", "cost": "1" })).await.refused(403, "forbidden");
        // PATCH was left with the generated one.
        keeper.patch("/products/1", &json!({ "price": "12" })).await.refused(403, "forbidden");
        let patcher = app.with_permissions(&["products_update"]).await;
        patcher.patch("/products/1", &json!({ "price": "12" })).await.ok();
        let gone = app.admin().await.send(Method::DELETE, "/products/1", &[], Vec::new()).await;
        gone.refused(405, "method_not_allowed");
        assert_eq!(gone.header("allow"), Some("GET, PATCH, PUT"));
    }

    async fn only_permissions_that_something_needs_are_there(engine) {
        let app = TestApp::start(engine, app).await;
        let page = app.admin().await.get("/permissions/?limit=1000").await.ok();
        let all: Vec<_> = page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        for there in ["shop_manage", "products_update", "products_read_cost", "products_unlisted"] {
            assert!(all.contains(&there), "{there} in {all:?}");
        }
        assert!(all.contains(&"products_read"), "whoever refers to products is asked for it");
        assert!(!all.contains(&"products_create"), "{all:?}");
    }

    async fn the_document_says_who_may_call_what(engine) {
        let app = TestApp::start(engine, app).await;
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        let security = |path: &str, method: &str| document["paths"][path][method]["security"].clone();
        let key = json!({ "apiKey": [] });
        assert_eq!(security("/products/", "get"), json!([{}, { "oauth2": [] }, key]));
        assert_eq!(security("/products/{id}/history", "get"), json!([{ "oauth2": [] }, key]));
        assert_eq!(security("/products/", "post"), json!([{ "oauth2": ["shop_manage"] }, key]));
        assert_eq!(security("/products/{id}", "patch"), json!([{ "oauth2": ["products_update"] }, key]));
        assert_eq!(security("/products/{id}", "delete"), Value::Null);
        let scopes = &document["components"]["securitySchemes"]["oauth2"]["flows"]["password"]["scopes"];
        assert!(scopes["shop_manage"].is_string() && scopes["products_create"].is_null(), "{scopes}");
    }
}
