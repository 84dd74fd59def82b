//! First rows, for whoever wants to look around.

use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

on_each_engine! {
    async fn they_are_made_once_and_are_enough_to_begin_with(engine) {
        let app = TestApp::start(engine, backoffice::app).await;
        let ada = app.admin().await;
        for _ in 0..2 {
            app.service().seed().await.unwrap();
        }
        let counts = async |list: &str| ada.get(&format!("/{list}/")).await.ok()["total"].clone();
        assert_eq!([counts("products").await, counts("categories").await, counts("customers").await], [json!(2), json!(1), json!(1)]);
        assert_eq!(ada.get("/categories/1/products").await.ok().as_array().unwrap().len(), 2);
        let order = json!({ "customer_id": 1, "lines": [{ "product_id": 1, "quantity": 2 }, { "product_id": 2, "quantity": 1 }] });
        assert_eq!(ada.post("/orders/", &order).await.ok()["total"], "297");
        ada.post("/orders/1/confirm", &json!({})).await.ok();
    }

    async fn what_has_become_of_them_stays(engine) {
        let app = TestApp::start(engine, backoffice::app).await;
        let ada = app.admin().await;
        app.service().seed().await.unwrap();
        ada.put("/products/1", &json!({ "price": "60" })).await.ok();
        ada.put("/customers/1", &json!({ "name": "Acme Ltd" })).await.ok();
        app.service().seed().await.unwrap();
        assert_eq!(ada.get("/products/1").await.ok()["price"], "60");
        assert_eq!(ada.get("/customers/1").await.ok()["name"], "Acme Ltd");
        assert_eq!(ada.get("/products/2/history").await.ok()["data"].as_array().unwrap().len(), 1);
    }
}
