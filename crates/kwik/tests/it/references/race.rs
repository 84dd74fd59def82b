//! New rows while the other side goes.

use super::app;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_each_engine! {
    async fn no_row_is_left_behind(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = &app.admin().await;
        admin.post("/customers/", &json!({ "name": "x" })).await.ok();
        for round in 1..=64 {
            let order = admin.post("/orders/", &json!({ "customer_id": 1 })).await.ok()["id"].as_i64().unwrap();
            admin.post("/order_lines/", &json!({ "order_id": order })).await.ok();
            let line = json!({ "order_id": order });
            let path = format!("/orders/{order}");
            let (made, gone, again) = tokio::join!(
                admin.post("/order_lines/", &line),
                admin.delete(&path),
                admin.post("/order_lines/", &line),
            );
            for answer in [made, again] {
                assert!([201, 422].contains(&answer.status.as_u16()), "round {round}: {answer:?}");
            }
            if gone.status != 200 {
                gone.refused(409, "reference");
            }
        }
        let ids = async |path: &str, field: &str| -> BTreeSet<i64> {
            let rows = admin.get(path).await.ok();
            rows["data"].as_array().unwrap().iter().map(|row: &Value| row[field].as_i64().unwrap()).collect()
        };
        let orders = ids("/orders/?limit=1000", "id").await;
        let of_lines = ids("/order_lines/?limit=1000", "order_id").await;
        assert_eq!(of_lines, orders, "an order that stayed has its lines, and one that went has none");
    }

    async fn two_who_delete_the_same_do_it_once(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = &app.admin().await;
        admin.post("/customers/", &json!({ "name": "x" })).await.ok();
        for _ in 0..16 {
            let order = admin.post("/orders/", &json!({ "customer_id": 1 })).await.ok()["id"].as_i64().unwrap();
            for _ in 0..3 {
                admin.post("/order_lines/", &json!({ "order_id": order })).await.ok();
            }
            let path = format!("/orders/{order}");
            let (one, other) = tokio::join!(admin.delete(&path), admin.delete(&path));
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 404]);
        }
    }
}
