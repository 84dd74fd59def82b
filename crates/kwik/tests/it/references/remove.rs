//! What deleting the other side does: each row that goes or changes leaves its record.

use super::{Customer, Node, Order, app, trail};
use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::json;

/// Customers 1 and 2, products 1 and 2, order 1 of customer 1, with lines 1 (a remark) and 2 of product 1.
async fn fill(admin: &Client) {
    for name in ["Acme", "Bolt"] {
        admin.post("/customers/", &json!({ "name": name })).await.ok();
        admin.post("/products/", &json!({ "name": name })).await.ok();
    }
    admin.post("/orders/", &json!({ "customer_id": 1, "payer_id": 2 })).await.ok();
    for product in [1, 1] {
        admin.post("/order_lines/", &json!({ "order_id": 1, "product_id": product })).await.ok();
    }
    admin.post("/remarks/", &json!({ "line_id": 1 })).await.ok();
}

/// Makes a node below another one.
async fn node(admin: &Client, parent: Option<i64>) -> i64 {
    admin.post("/nodes/", &json!({ "parent_id": parent })).await.ok()["id"].as_i64().unwrap()
}

on_each_engine! {
    async fn restrict_keeps_the_row(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        fill(&admin).await;
        let before = trail(&admin, 0).await.len();
        let problem = admin.delete("/customers/1").await.refused(409, "reference");
        assert_eq!(problem["detail"], "others refer to it; change or remove those first");
        assert_eq!(admin.get("/customers/1").await.ok()["version"], 1);
        assert!(trail(&admin, before).await.is_empty());
    }

    async fn cascade_takes_rows_along_over_two_levels(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        fill(&admin).await;
        let remark = admin.get("/remarks/").await.ok()["data"][0]["id"].as_str().unwrap().to_owned();
        // The one who deletes may do so to orders alone, and is the one whom the trail names.
        let clerk = app.with_permissions(&["orders_delete"]).await;
        let before = trail(&admin, 0).await.len();
        let gone = clerk.delete("/orders/1").await.ok();
        assert_eq!((&gone["id"], &gone["version"]), (&json!(1), &json!(1)));
        assert_eq!(
            trail(&admin, before).await,
            [format!("delete remarks/{remark}").as_str(), "delete order_lines/1", "delete order_lines/2", "delete orders/1"]
        );
        let records = admin.get("/audit/?limit=4&sorting=id:desc").await.ok();
        let user = &records["data"][0]["user_id"];
        assert!(user.is_i64() && *user != json!(1), "{records}");
        assert!(records["data"].as_array().unwrap().iter().all(|record| record["user_id"] == *user), "{records}");
        for list in ["/orders/", "/order_lines/", "/remarks/"] {
            assert_eq!(admin.get(list).await.ok()["total"], 0, "{list}");
        }
    }

    async fn set_null_lets_go(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        fill(&admin).await;
        let before = trail(&admin, 0).await.len();
        admin.delete("/products/1").await.ok();
        admin.delete("/customers/2").await.ok();
        assert_eq!(
            trail(&admin, before).await,
            ["update order_lines/1", "update order_lines/2", "delete products/1", "update orders/1", "delete customers/2"]
        );
        let line = admin.get("/order_lines/2").await.ok();
        assert_eq!((&line["product_id"], &line["version"]), (&json!(null), &json!(2)));
        assert_eq!(admin.get("/orders/1").await.ok()["payer_id"], json!(null));
        let history = admin.get("/order_lines/1/history").await.ok();
        assert_eq!(history["data"][0]["changes"], json!([{ "field": "product_id", "from": 1, "to": null }]));
    }

    async fn a_refusal_further_down_undoes_all(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        fill(&admin).await;
        admin.post("/orders/", &json!({ "customer_id": 2 })).await.ok();
        // It pays for order 1, which would let go of it, and has order 2, which keeps it.
        admin.delete("/customers/2").await.refused(409, "reference");
        assert_eq!(admin.get("/orders/1").await.ok()["payer_id"], 2);
    }

    async fn the_version_and_the_scope_hold_as_ever(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        fill(&admin).await;
        let headers = [("if-match", "\"7\"")];
        let stale = admin.send(http::Method::DELETE, "/orders/1", &headers, Vec::new()).await;
        stale.refused(412, "version_conflict");
        admin.delete("/orders/77").await.refused(404, "not_found");
        assert_eq!(admin.get("/order_lines/").await.ok()["total"], 2);
        admin.post("/customers/", &json!({ "name": "x", "region": "south" })).await.ok();
        let north = app.with_permissions(&["customers_delete"]).await;
        north.delete("/customers/3").await.refused(404, "not_found");
        north.delete("/customers/33").await.refused(404, "not_found");
    }

    async fn trees_go_from_the_leaves_and_rings_let_go(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let root = node(&admin, None).await;
        let left = node(&admin, Some(root)).await;
        let right = node(&admin, Some(root)).await;
        let leaf = node(&admin, Some(left)).await;
        let before = trail(&admin, 0).await.len();
        admin.delete(&format!("/nodes/{root}")).await.ok();
        let gone = [leaf, left, right, root].map(|id| format!("delete nodes/{id}"));
        assert_eq!(trail(&admin, before).await, gone);
        // A ring of three, and one that refers to itself.
        let first = node(&admin, None).await;
        let second = node(&admin, Some(first)).await;
        let third = node(&admin, Some(second)).await;
        admin.put(&format!("/nodes/{first}"), &json!({ "parent_id": third })).await.ok();
        let itself = node(&admin, None).await;
        admin.put(&format!("/nodes/{itself}"), &json!({ "parent_id": itself })).await.ok();
        for id in [second, itself] {
            admin.delete(&format!("/nodes/{id}")).await.ok();
        }
        assert_eq!(admin.get("/nodes/").await.ok()["total"], 0);
    }

    async fn a_deep_tree_goes_as_well(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let mut last = None;
        let data = &app.service().services.data;
        let ctx = app.system();
        let mut work = data.begin().await.unwrap();
        for _ in 0..1500 {
            let create = super::NodeCreate { parent_id: last };
            last = Some(work.repository::<Node>().create(&ctx, &create).await.unwrap().id);
        }
        work.commit().await.unwrap();
        admin.delete("/nodes/1").await.ok();
        assert_eq!(admin.get("/nodes/").await.ok()["total"], 0);
    }

    async fn too_many_are_refused(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let (data, ctx) = (&app.service().services.data, app.system());
        let mut work = data.begin().await.unwrap();
        let root = work.repository::<Node>().create(&ctx, &super::NodeCreate { parent_id: None }).await.unwrap().id;
        for _ in 0..=10_000 {
            work.repository::<Node>().create(&ctx, &super::NodeCreate { parent_id: Some(root) }).await.unwrap();
        }
        work.commit().await.unwrap();
        let problem = admin.delete(&format!("/nodes/{root}")).await.refused(409, "too_many_references");
        assert!(problem["detail"].as_str().unwrap().starts_with("more than 10000 rows"), "{problem}");
        admin.delete("/nodes/2").await.ok();
        admin.delete(&format!("/nodes/{root}")).await.ok();
        assert_eq!(admin.get("/nodes/").await.ok()["total"], 0);
    }

    async fn by_itself_such_a_delete_is_a_defect(engine) {
        let app = TestApp::start(engine, app).await;
        fill(&app.admin().await).await;
        let (data, ctx) = (&app.service().services.data, app.system());
        let error = data.single().repository::<Order>().delete(&ctx, 1, None).await.unwrap_err();
        assert!(error.to_string().contains("begin a unit of work"), "{error}");
        let error = data.single().repository::<Customer>().delete(&ctx, 1, None).await.unwrap_err();
        assert!(matches!(error, Error::Internal(_)), "{error}");
        let mut work = data.begin().await.unwrap();
        work.repository::<Order>().delete(&ctx, 1, None).await.unwrap();
        work.commit().await.unwrap();
    }
}
