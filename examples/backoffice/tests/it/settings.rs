//! What can be set of the shop.

use crate::shop::{ACME, CHAIR, Shop};
use kwik::domain::Clock;
use kwik_testkit::{TestApp, on_each_engine};
use std::time::Duration;

on_each_engine! {
    async fn customers_have_as_many_days_to_pay_as_is_set(engine) {
        for days in [0, 14, 365] {
            let shop = Shop::open_with(engine, |settings| settings.set("SHOP_DUE_DAYS", days.to_string())).await;
            shop.confirmed(ACME, &[(CHAIR, 1)]).await;
            let due = (shop.clock.now() + Duration::from_hours(24 * days)).date_naive();
            assert_eq!(shop.ada.get("/invoices/1").await.ok()["due"], due.to_string());
        }
    }

    async fn what_is_wrong_keeps_it_from_starting(engine) {
        for (name, value, line) in [
            ("SHOP_DUE_DAYS", "366", "SHOP_DUE_DAYS must be a number from 0 to 365"),
            ("SHOP_DUE_DAYS", "-1", "SHOP_DUE_DAYS must be a number from 0 to 365"),
            ("SHOP_DUE_DAYS", "soon", "SHOP_DUE_DAYS must be a number from 0 to 365"),
            ("SHOP_DUE_DAY", "1", "SHOP_DUE_DAY is not a setting; did you mean SHOP_DUE_DAYS?"),
        ] {
            let refused = TestApp::first_start(engine, backoffice::app(), |settings| settings.set(name, value)).await;
            assert_eq!(refused.err().expect("it must not start").to_string(), line);
        }
    }
}
