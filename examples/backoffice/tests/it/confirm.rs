//! Confirming: an order becomes binding, with an invoice, once.

use crate::shop::{ACME, BRILL, CHAIR, NAIL, Shop, at_once, is_replayed, keyed, listed};
use kwik::domain::Clock;
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};
use std::time::Duration;

const CONFIRM: &str = "/orders/1/confirm";

on_each_engine! {
    async fn an_order_becomes_binding_with_an_invoice(engine) {
        let shop = Shop::open(engine).await;
        let clerk = shop.clerk().await;
        shop.order(ACME, &[(CHAIR, 2), (NAIL, 50)]).await;
        let since = shop.last_record().await;
        let answer = clerk.post(CONFIRM, &json!({})).await;
        let confirmed = answer.ok();
        assert_eq!((&confirmed["status"], &confirmed["total"], &confirmed["version"]), (&json!("confirmed"), &json!("98.50"), &json!(2)));
        assert_eq!(answer.header("etag"), Some("\"2\""));
        let invoice = shop.ada.get("/invoices/1?expand=order,customer").await.ok();
        let due = (shop.clock.now() + Duration::from_hours(30 * 24)).date_naive();
        assert_eq!(invoice["due"], due.to_string());
        assert_eq!((&invoice["amount"], &invoice["outstanding"], &invoice["status"]), (&json!("98.50"), &json!("98.50"), &json!("open")));
        assert_eq!((&invoice["order"]["id"], &invoice["customer"]["name"]), (&json!(1), &json!("Acme")));
        assert_eq!(listed(&shop.ada.get("/open_invoices/?q=acme").await, "outstanding"), json!(["98.50"]));
        assert_eq!(shop.owed(ACME).await, "98.50".parse().unwrap(), "it was owed before");
        assert_eq!(shop.records_since(since).await, json!([["invoices", "1", "create"], ["orders", "1", "update"]]));
    }

    async fn it_is_done_on_the_account_of_whoever_asked_for_it(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        let user = shop.app.new_user(&["orders_confirm"]).await;
        // May do nothing else: neither see orders nor write invoices.
        let confirmer = shop.app.as_user(&user).await;
        confirmer.get("/orders/1").await.refused(403, "forbidden");
        confirmer.post(CONFIRM, &json!({})).await.ok();
        for path in ["/orders/1", "/invoices/1"] {
            let record = shop.ada.get(&format!("{path}/history?limit=1")).await.ok()["data"][0].clone();
            assert_eq!(record["user_id"], user.id, "{record}");
        }
    }

    async fn one_that_is_not_there_cannot_be(engine) {
        let shop = Shop::open(engine).await;
        let missing = shop.ada.post("/orders/99/confirm", &json!({})).await.problem(404);
        assert_eq!(missing, shop.ada.get("/orders/99").await.problem(404), "as for all that is not there");
        shop.ada.get(CONFIRM).await.refused(405, "method_not_allowed");
    }

    async fn a_key_makes_it_once_and_gives_its_answer_again(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        shop.order(BRILL, &[(CHAIR, 1)]).await;
        let first = keyed(&shop.ada, CONFIRM, "a", &json!({})).await;
        let again = keyed(&shop.ada, CONFIRM, "a", &json!({})).await;
        assert_eq!((first.ok(), first.header("etag")), (again.ok(), again.header("etag")));
        assert_eq!((is_replayed(&first), is_replayed(&again)), (false, true));
        for other in ["/orders/2/confirm", "/orders/1/cancel"] {
            keyed(&shop.ada, other, "a", &json!({})).await.refused(422, "idempotency_key_reused");
        }
        assert_eq!(shop.status(2).await, "open");
        keyed(&shop.ada, CONFIRM, "b", &json!({})).await.refused(409, "order_not_open");
        // What was refused may be asked for again.
        keyed(&shop.ada, "/orders/2/confirm", "b", &json!({})).await.ok();
    }

    async fn of_many_at_once_one_does_it(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        let answers = at_once(16, |_| {
            let ada = shop.ada.clone();
            async move { crate::shop::patiently(|| ada.post(CONFIRM, &Value::Null)).await }
        }).await;
        let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status.is_success());
        assert_eq!(done.len(), 1);
        assert!(refused.iter().all(|answer| answer.refused(409, "order_not_open").is_object()));
        let answers = at_once(16, |_| {
            let ada = shop.ada.clone();
            async move { crate::shop::patiently(|| async { keyed(&ada, "/orders/2/confirm", "a", &json!({})).await }).await }
        }).await;
        assert!(answers.iter().all(|answer| answer.ok() == answers[0].ok()), "with a key, all of them are told so");
        assert_eq!(answers.iter().filter(|answer| !is_replayed(answer)).count(), 1);
        assert_eq!(shop.ada.get("/invoices/").await.ok()["total"], 2);
    }
}
