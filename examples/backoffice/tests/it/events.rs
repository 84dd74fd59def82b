//! What has happened is told: the letter of a confirmation goes out once it is sure, and until it has gone.

use crate::shop::{ACME, BRILL, CHAIR, Shop, app, pick};
use backoffice::commands::ConfirmOrder;
use kwik::prelude::*;
use kwik_testkit::on_each_engine;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// The events, in order: what, and of which row.
async fn told(shop: &Shop) -> Json {
    pick(&shop.ada.get("/events/?sorting=id").await.ok()["data"], &["name", "entity", "entity_key"])
}

/// Confirms an order and thinks better of it.
#[derive(Debug)]
struct ConfirmAndFail(ConfirmOrder);

#[async_trait]
impl Command for ConfirmAndFail {
    type Answer = ();

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<()> {
        self.0.run(ctx, work).await?;
        Err(RuleViolation::new("no", "not after all").into())
    }
}

on_each_engine! {
    async fn a_confirmed_order_is_told_to_the_customer_once(engine) {
        let shop = Shop::open_with(engine, |settings| settings.set("SHOP_NAME", "Chairs & Co")).await;
        shop.order(BRILL, &[(CHAIR, 1)]).await;
        let (order, invoice) = shop.confirmed(ACME, &[(CHAIR, 2)]).await;
        shop.app.deliver_all().await;
        shop.app.deliver_all().await;
        let [letter] = shop.letters.all().try_into().unwrap();
        assert_eq!((&*letter.to, &*letter.subject), ("office@acme.example", "Order 2"));
        let due = shop.ada.get(&format!("/invoices/{invoice}")).await.ok()["due"].as_str().unwrap().to_owned();
        let text = format!("Dear Acme,\n\nwe have your order {order}. Please pay 98.00 by {due}.\n\nChairs & Co\n");
        assert_eq!(letter.text.expose(), text);
        // What comes later sends no letter.
        shop.pay(invoice, "98").await.ok();
        shop.ada.post("/orders/1/cancel", &json!({})).await.ok();
        shop.app.deliver_all().await;
        assert_eq!(shop.letters.all().len(), 1);
    }

    async fn every_transition_is_an_event(engine) {
        let shop = Shop::open(engine).await;
        let (first, invoice) = shop.confirmed(ACME, &[(CHAIR, 1)]).await;
        let (second, _) = shop.confirmed(ACME, &[(CHAIR, 1)]).await;
        shop.ada.post(&format!("/orders/{second}/cancel"), &json!({})).await.ok();
        shop.pay(invoice, "40").await.ok();
        shop.pay(invoice, "9").await.ok();
        let (first, second, invoice) = (first.to_string(), second.to_string(), invoice.to_string());
        assert_eq!(told(&shop).await, json!([
            ["order_confirmed", "orders", first], ["order_confirmed", "orders", second], ["order_cancelled", "orders", second],
            ["invoice_paid", "invoices", invoice],
        ]));
        let event = shop.ada.get("/events/1").await.ok();
        assert_eq!(event["payload"], json!({ "order_id": 1, "invoice_id": 1, "total": "49.00" }));
        shop.clerk().await.get("/events/").await.refused(403, "forbidden");
    }

    async fn a_letter_that_could_not_be_sent_is_tried_again(engine) {
        let shop = Shop::open(engine).await;
        shop.letters.close(true);
        shop.confirmed(ACME, &[(CHAIR, 1)]).await;
        shop.app.deliver_all().await;
        assert_eq!(shop.letters.refused(), 1);
        shop.letters.close(false);
        shop.app.deliver_all().await;
        assert_eq!(shop.letters.subjects(), Vec::<String>::new(), "not at once");
        shop.clock.pass(Duration::from_secs(1));
        shop.app.deliver_all().await;
        assert_eq!(shop.letters.subjects(), ["Order 1"]);
    }

    async fn a_letter_outlives_the_process(engine) {
        let shop = Shop::open(engine).await;
        shop.letters.close(true);
        shop.confirmed(ACME, &[(CHAIR, 1)]).await;
        let Shop { mut app, ada, letters, clock } = shop;
        drop(ada);
        app.deliver_all().await;
        letters.close(false);
        app.restart(|| self::app(&letters, &clock)).await.unwrap();
        clock.pass(Duration::from_mins(2));
        app.deliver_all().await;
        assert_eq!(letters.subjects(), ["Order 1"]);
    }

    async fn what_has_not_happened_is_not_told(engine) {
        let shop = Shop::open(engine).await;
        let order = shop.order(ACME, &[(CHAIR, 1)]).await;
        shop.order(ACME, &[]).await;
        shop.ada.post("/orders/2/confirm", &json!({})).await.refused(409, "order_empty");
        let data = &shop.app.service().services.data;
        let refused = data.run(&shop.app.system(), &ConfirmAndFail(ConfirmOrder { id: order })).await;
        assert!(matches!(refused, Err(Error::Rule(_))), "{refused:?}");
        shop.app.deliver_all().await;
        assert_eq!((shop.letters.all().len(), told(&shop).await), (0, json!([])));
        assert_eq!((shop.status(order).await, &shop.ada.get("/invoices/").await.ok()["total"]), ("open".to_owned(), &json!(0)));
    }
}
