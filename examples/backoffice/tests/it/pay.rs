//! Paying: in parts or at once, never more than is outstanding.

use crate::shop::{ACME, CHAIR, Shop, at_once, is_replayed, keyed, listed, patiently, payment, pick, wrong};
use http::Method;
use kwik::prelude::Decimal;
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

const PAY: &str = "/invoices/1/pay";

/// The shop with an order of Acme's over 98.00 that is confirmed.
async fn invoiced(engine: kwik_testkit::database::Engine) -> Shop {
    let shop = Shop::open(engine).await;
    shop.confirmed(ACME, &[(CHAIR, 2)]).await;
    shop
}

on_each_engine! {
    async fn parts_add_up_until_the_order_is_settled(engine) {
        let shop = invoiced(engine).await;
        let accountant = shop.accountant().await;
        for (amount, outstanding, status, order) in
            [("0.01", "97.99", "open", "confirmed"), ("97", "0.99", "open", "confirmed"), ("0.99", "0.00", "paid", "settled")]
        {
            let invoice = accountant.post(PAY, &payment(amount)).await.ok();
            assert_eq!((&invoice["outstanding"], &invoice["status"]), (&json!(outstanding), &json!(status)));
            assert_eq!(shop.status(1).await, order);
            assert_eq!(shop.owed(ACME).await, outstanding.parse().unwrap());
        }
        let payments = accountant.get("/payments/?expand=invoice.order&sorting=id").await.ok();
        assert_eq!(pick(&payments["data"], &["amount", "reference"]), json!([["0.01", "transfer"], ["97", "transfer"], ["0.99", "transfer"]]));
        assert_eq!(payments["data"][0]["invoice"]["order"]["status"], "settled");
        assert_eq!(shop.ada.get("/open_invoices/").await.ok()["total"], 0);
        assert_eq!(shop.owed(ACME).await, Decimal::ZERO);
    }

    async fn an_amount_must_be_one_that_is_outstanding(engine) {
        let shop = invoiced(engine).await;
        for amount in ["0", "-1", "0.009", "0.00"] {
            assert_eq!(wrong(&shop.pay(1, amount).await), json!([["/amount", "range"]]), "{amount}");
        }
        for amount in ["98.01", "1000000000000"] {
            shop.pay(1, amount).await.refused(409, "overpaid");
        }
        shop.pay(1, "98.0").await.ok();
        shop.pay(1, "0.01").await.refused(409, "invoice_not_open");
        shop.pay(99, "0.01").await.refused(404, "not_found");
    }

    async fn what_is_wrong_in_a_payment_is_said_all_at_once(engine) {
        let shop = invoiced(engine).await;
        let post = async |body: Value| wrong(&shop.ada.post(PAY, &body).await);
        assert_eq!(post(json!({})).await, json!([["/amount", "required"], ["/reference", "required"]]));
        assert_eq!(post(json!({ "amount": "much", "reference": "", "colour": 1 })).await, json!([
            ["/amount", "type"], ["/reference", "length"], ["/colour", "unknown"],
        ]));
        assert_eq!(post(json!({ "amount": 1, "reference": "x".repeat(141) })).await, json!([["/reference", "length"]]));
        assert_eq!(post(json!({ "amount": null, "reference": 7 })).await, json!([["/amount", "null"], ["/reference", "type"]]));
        shop.ada.raw(Method::POST, PAY, "{").await.refused(422, "malformed");
        shop.ada.raw(Method::POST, PAY, "[]").await.refused(422, "malformed");
        assert_eq!(shop.ada.get("/payments/").await.ok()["total"], 0);
        shop.ada.post(PAY, &json!({ "amount": 1, "reference": "x".repeat(140) })).await.ok();
    }

    async fn many_at_once_pay_no_more_than_is_outstanding(engine) {
        let shop = invoiced(engine).await;
        let answers = at_once(16, |_| {
            let ada = shop.ada.clone();
            async move { patiently(|| async { ada.post(PAY, &payment("30")).await }).await }
        }).await;
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 3, "{answers:?}");
        assert!(answers.iter().filter(|answer| !answer.status.is_success()).all(|answer| answer.refused(409, "overpaid").is_object()));
        assert_eq!(listed(&shop.ada.get("/invoices/").await, "outstanding"), json!(["8.00"]));
        assert_eq!(shop.owed(ACME).await, "8".parse().unwrap());
    }

    async fn a_key_makes_a_payment_once(engine) {
        let shop = invoiced(engine).await;
        let answers = at_once(16, |_| {
            let ada = shop.ada.clone();
            async move { patiently(|| async { keyed(&ada, PAY, "a", &payment("30")).await }).await }
        }).await;
        assert!(answers.iter().all(|answer| answer.ok() == answers[0].ok()));
        assert_eq!(answers.iter().filter(|answer| !is_replayed(answer)).count(), 1);
        keyed(&shop.ada, PAY, "a", &payment("31")).await.refused(422, "idempotency_key_reused");
        keyed(&shop.ada, PAY, "b", &payment("68")).await.ok();
        // It is told again as it was then, although the invoice is paid by now.
        assert_eq!(keyed(&shop.ada, PAY, "a", &payment("30")).await.ok()["outstanding"], "68.00");
        assert_eq!(shop.ada.get("/payments/").await.ok()["total"], 2);
    }

    async fn invoices_and_payments_are_made_by_commands_alone(engine) {
        let shop = invoiced(engine).await;
        shop.pay(1, "1").await.ok();
        for path in ["/invoices/", "/payments/", "/open_invoices/"] {
            shop.ada.post(path, &json!({})).await.refused(405, "method_not_allowed");
            for method in [Method::PUT, Method::PATCH, Method::DELETE] {
                shop.ada.raw(method, &format!("{path}1"), "{}").await.refused(405, "method_not_allowed");
            }
        }
        assert_eq!(listed(&shop.ada.get("/payments/?q=transfer").await, "amount"), json!(["1"]));
    }
}
