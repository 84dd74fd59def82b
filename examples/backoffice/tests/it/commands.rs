//! Commands without HTTP: values that a job, a test or another command carries out.

use crate::shop::{ACME, BRILL, CHAIR, Shop};
use backoffice::{
    commands::{CancelOrder, ConfirmOrder, PayInvoice, PaymentForm},
    invoice::InvoiceStatus,
    order::OrderStatus,
};
use kwik::{
    domain::{Grants, Via},
    prelude::*,
};
use kwik_testkit::on_each_engine;
use std::sync::Arc;

fn payment(id: i64, amount: &str) -> PayInvoice {
    let reference = "transfer".to_owned();
    PayInvoice { id, payment: PaymentForm { amount: amount.parse().unwrap(), reference } }
}

/// A user who sells in a region, by no request.
fn seller(shop: &Shop, region: &str) -> Ctx {
    let attributes = [("region".into(), Value::Text(region.to_owned()))].into();
    let grants = Grants { attributes, ..Grants::default() };
    let actor = Actor::user(1, Via::Job("test"), Arc::new(grants));
    Ctx { actor: Arc::new(actor), ..shop.app.system() }
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Rule(violation)) => violation.code.to_string(),
        other => panic!("{other:?}"),
    }
}

on_each_engine! {
    async fn the_program_carries_them_out(engine) {
        let shop = Shop::open(engine).await;
        let order = shop.order(ACME, &[(CHAIR, 1)]).await;
        let (data, ctx) = (&shop.app.service().services.data, shop.app.system());
        let confirmed = data.run(&ctx, &ConfirmOrder { id: order }).await.unwrap();
        assert_eq!((confirmed.status, confirmed.version()), (OrderStatus::Confirmed, 2));
        assert_eq!(code(data.run(&ctx, &ConfirmOrder { id: order }).await), "order_not_open");
        assert_eq!(code(data.run(&ctx, &payment(1, "49.01")).await), "overpaid");
        let invoice = data.run(&ctx, &payment(1, "49")).await.unwrap();
        assert_eq!((invoice.status, invoice.outstanding), (InvoiceStatus::Paid, Decimal::ZERO));
        assert_eq!(code(data.run(&ctx, &CancelOrder { id: order }).await), "order_closed");
        let missing = data.run(&ctx, &CancelOrder { id: 99 }).await;
        assert!(matches!(missing, Err(Error::NotFound { entity: "orders", .. })), "{missing:?}");
    }

    async fn somebody_is_bounded_as_by_http(engine) {
        let shop = Shop::open(engine).await;
        let (here, there) = (shop.order(ACME, &[(CHAIR, 1)]).await, shop.order(BRILL, &[(CHAIR, 1)]).await);
        let (data, ctx) = (&shop.app.service().services.data, seller(&shop, "north"));
        let confirmed = data.run(&ctx, &ConfirmOrder { id: here }).await.unwrap();
        assert_eq!(confirmed.status, OrderStatus::Confirmed);
        for outcome in [data.run(&ctx, &ConfirmOrder { id: there }).await, data.run(&ctx, &CancelOrder { id: there }).await] {
            assert!(matches!(outcome, Err(Error::NotFound { .. })), "{outcome:?}");
        }
        assert!(matches!(data.run(&seller(&shop, "south"), &payment(1, "1")).await, Err(Error::NotFound { .. })));
        data.run(&ctx, &payment(1, "1")).await.unwrap();
    }

    async fn several_of_them_are_one_unit_of_work(engine) {
        let shop = Shop::open(engine).await;
        let order = shop.order(ACME, &[(CHAIR, 1)]).await;
        let (data, ctx) = (&shop.app.service().services.data, shop.app.system());
        for commits in [false, true] {
            let mut work = data.begin().await.unwrap();
            ConfirmOrder { id: order }.run(&ctx, &mut work).await.unwrap();
            let invoices = work.repository::<backoffice::invoice::Invoice>().list(&ctx, &Filter::All, &[], Page { skip: 0, limit: 2 }).await;
            payment(invoices.unwrap()[0].id, "49").run(&ctx, &mut work).await.unwrap();
            if commits {
                work.commit().await.unwrap();
            } else {
                drop(work);
                assert_eq!(shop.status(order).await, "open", "all of it is undone");
            }
        }
        assert_eq!((shop.status(order).await, shop.owed(ACME).await), ("settled".to_owned(), Decimal::ZERO));
    }
}
