//! Cancelling: an order comes to nothing, unless something was paid for it.

use crate::shop::{ACME, CHAIR, Shop, at_once, is_replayed, keyed, patiently, payment};
use kwik::prelude::Decimal;
use kwik_testkit::on_each_engine;
use serde_json::json;

on_each_engine! {
    async fn an_open_one_is_owed_no_longer(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 20)]).await;
        shop.ada.post("/orders/", &crate::shop::order(ACME, &[(CHAIR, 1)])).await.refused(409, "credit_exceeded");
        let since = shop.last_record().await;
        let cancelled = shop.ada.post("/orders/1/cancel", &json!({})).await.ok();
        assert_eq!((&cancelled["status"], &cancelled["total"]), (&json!("cancelled"), &json!("980.00")));
        assert_eq!(shop.records_since(since).await, json!([["customers", "1", "update"], ["orders", "1", "update"]]));
        assert_eq!(shop.owed(ACME).await, Decimal::ZERO);
        assert_eq!(shop.ada.get("/invoices/").await.ok()["total"], 0);
        shop.order(ACME, &[(CHAIR, 20)]).await;
    }

    async fn of_a_confirmed_one_the_invoice_becomes_void(engine) {
        let shop = Shop::open(engine).await;
        let (order, invoice) = shop.confirmed(ACME, &[(CHAIR, 2)]).await;
        let clerk = shop.app.with_permissions(&["orders_cancel"]).await;
        clerk.post(&format!("/orders/{order}/cancel"), &json!({})).await.ok();
        let invoice = shop.ada.get(&format!("/invoices/{invoice}")).await.ok();
        assert_eq!((&invoice["status"], &invoice["outstanding"], &invoice["amount"]), (&json!("void"), &json!("0"), &json!("98.00")));
        assert_eq!(shop.ada.get("/open_invoices/").await.ok()["total"], 0);
        assert_eq!(shop.owed(ACME).await, Decimal::ZERO);
    }

    async fn one_that_was_paid_for_stays(engine) {
        let shop = Shop::open(engine).await;
        let (order, invoice) = shop.confirmed(ACME, &[(CHAIR, 1)]).await;
        shop.pay(invoice, "0.01").await.ok();
        shop.ada.post(&format!("/orders/{order}/cancel"), &json!({})).await.refused(409, "invoice_paid");
        assert_eq!(shop.status(order).await, "confirmed");
        assert_eq!(shop.owed(ACME).await, "48.99".parse().unwrap());
    }

    async fn a_key_makes_it_once(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        let answers = at_once(16, |_| {
            let ada = shop.ada.clone();
            async move { patiently(|| async { keyed(&ada, "/orders/1/cancel", "a", &json!({})).await }).await }
        }).await;
        assert!(answers.iter().all(|answer| answer.ok() == answers[0].ok()));
        assert_eq!(answers.iter().filter(|answer| !is_replayed(answer)).count(), 1);
        assert_eq!(shop.owed(ACME).await, Decimal::ZERO, "it was taken off once");
    }

    async fn either_it_is_cancelled_or_it_is_paid(engine) {
        let shop = Shop::open(engine).await;
        for _ in 0..4 {
            let (order, invoice) = shop.confirmed(ACME, &[(CHAIR, 1)]).await;
            let answers = at_once(8, |n| {
                let ada = shop.ada.clone();
                async move {
                    match n % 2 {
                        0 => patiently(|| async { ada.post(&format!("/orders/{order}/cancel"), &json!({})).await }).await,
                        _ => patiently(|| async { ada.post(&format!("/invoices/{invoice}/pay"), &payment("49")).await }).await,
                    }
                }
            }).await;
            let done: Vec<_> = answers.iter().filter(|answer| answer.status.is_success()).collect();
            assert_eq!(done.len(), 1, "{answers:?}");
            assert!(["cancelled", "settled"].contains(&shop.status(order).await.as_str()));
            assert_eq!(shop.owed(ACME).await, Decimal::ZERO);
        }
    }
}
