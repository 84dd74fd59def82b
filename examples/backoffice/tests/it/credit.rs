//! The limit holds however many order at once.

use crate::shop::{ACME, CHAIR, NAIL, Shop, at_once, order, patiently};
use kwik_testkit::on_each_engine;
use serde_json::json;

on_each_engine! {
    async fn of_64_orders_at_once_ten_fit(engine) {
        let shop = Shop::open(engine).await;
        shop.ada.put("/customers/1", &json!({ "credit_limit": "490.00" })).await.ok();
        let answers = at_once(64, |_| {
            let ada = shop.ada.clone();
            async move { patiently(|| async { ada.post("/orders/", &order(ACME, &[(CHAIR, 1)])).await }).await }
        }).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status.is_success());
        assert_eq!(made.len(), 10);
        assert!(refused.iter().all(|answer| answer.refused(409, "credit_exceeded").is_object()));
        assert_eq!(shop.owed(ACME).await, "490".parse().unwrap());
        assert_eq!(shop.ada.get("/orders/").await.ok()["total"], 10);
        shop.ada.post("/orders/", &order(ACME, &[(NAIL, 1)])).await.refused(409, "credit_exceeded");
    }
}
