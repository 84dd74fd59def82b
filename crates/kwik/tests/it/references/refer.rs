//! To what one may refer.

use super::app;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

on_each_engine! {
    async fn a_row_out_of_reach_is_refused_as_a_missing_one(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        for region in ["north", "south"] {
            admin.post("/customers/", &json!({ "name": "x", "region": region })).await.ok();
        }
        let clerk = app.with_permissions(&["orders_create", "orders_read", "orders_update", "customers_read"]).await;
        clerk.post("/orders/", &json!({ "customer_id": 1 })).await.ok();
        let expected = json!({
            "code": "invalid",
            "detail": "one field is not valid",
            "errors": [{
                "pointer": "/customer_id",
                "code": "reference",
                "detail": "must be the key of a customer that exists",
            }],
        });
        // The south is there, and 99 is not; the administrator, who sees all, is told the same by the database.
        for (client, customer) in [(&clerk, 2), (&clerk, 99), (&admin, 99)] {
            let body = json!({ "customer_id": customer });
            assert_eq!(client.post("/orders/", &body).await.problem(422), expected, "a new row, {customer}");
            assert_eq!(client.put("/orders/1", &body).await.problem(422), expected, "a changed row, {customer}");
        }
        let both = json!({ "customer_id": 1, "payer_id": 2 });
        let problem = clerk.post("/orders/", &both).await.problem(422);
        assert_eq!(problem["errors"][0]["pointer"], "/payer_id", "{problem}");
        assert_eq!(problem["errors"][0]["detail"], "must be the key of a payer that exists");
        admin.put("/orders/1", &json!({ "customer_id": 2, "payer_id": 2 })).await.ok();
        clerk.put("/orders/1", &json!({ "payer_id": null })).await.ok();
        assert_eq!(clerk.get("/orders/").await.ok()["total"], 1);
    }

    async fn who_may_not_read_the_other_side_may_not_refer_to_it(engine) {
        let app = TestApp::start(engine, app).await;
        app.admin().await.post("/customers/", &json!({ "name": "x" })).await.ok();
        let clerk = app.with_permissions(&["orders_create", "orders_read"]).await;
        let refused = async |customer: i64| clerk.post("/orders/", &json!({ "customer_id": customer })).await.problem(403);
        let there = refused(1).await;
        assert_eq!(there, refused(99).await);
        assert!(there["detail"].as_str().unwrap().contains("customers_read"), "{there}");
    }

    async fn several_wrong_ones_are_told_of(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let problem = admin.post("/orders/", &json!({ "customer_id": 7, "payer_id": 8 })).await.problem(422);
        assert!(problem["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{problem}");
        // A row may refer to itself once it is there.
        let node = admin.post("/nodes/", &json!({})).await.ok();
        admin.put("/nodes/1", &json!({ "parent_id": node["id"] })).await.ok();
    }
}
