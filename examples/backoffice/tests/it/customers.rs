//! Customers: what is kept of them, what they may owe, and who sees that.

use crate::shop::{ACME, BRILL, CHAIR, Shop, customer, listed, order, wrong};
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

on_each_engine! {
    async fn everything_that_was_said_of_one_comes_back(engine) {
        let shop = Shop::open(engine).await;
        let mut body = customer("Cog", "west");
        let more = json!({
            "website": "https://cog.example/shop?x=1", "vat_number": "DE136695976", "deliver_from": "09:30:00.000000",
            "tags": ["early", "fragile"], "preferences": { "colour": "red", "pages": [1, 2.50, null] },
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = shop.ada.post("/customers/", &body).await.ok();
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&made[name], value, "{name}");
        }
        assert_eq!((&made["owed"], &made["version"]), (&json!("0"), &json!(1)));
        assert_eq!(shop.ada.get("/customers/3").await.ok(), made);
        let cleared = json!({ "website": null, "vat_number": null, "deliver_from": null, "tags": null, "preferences": null });
        let changed = shop.ada.patch("/customers/3", &cleared).await.ok();
        assert!(cleared.as_object().unwrap().keys().all(|name| changed[name].is_null()), "{changed}");
    }

    async fn what_is_wrong_is_said_all_at_once(engine) {
        let shop = Shop::open(engine).await;
        let body = json!({
            "name": "", "email": "nobody", "website": "no address", "vat_number": "de1", "deliver_from": "25:00:00",
            "tags": ["a", 1], "credit_limit": "-0.01", "colour": "red",
        });
        assert_eq!(wrong(&shop.ada.post("/customers/", &body).await), json!([
            ["/name", "length"], ["/email", "format"], ["/region", "required"], ["/website", "format"], ["/vat_number", "pattern"],
            ["/deliver_from", "type"], ["/tags/1", "type"], ["/credit_limit", "range"], ["/colour", "unknown"],
        ]));
        let many = json!({ "tags": vec!["x"; 21] });
        assert_eq!(wrong(&shop.ada.put("/customers/1", &many).await), json!([["/tags", "length"]]));
    }

    async fn an_address_belongs_to_one_of_them(engine) {
        let shop = Shop::open(engine).await;
        let mut other = customer("Other", "north");
        other["email"] = json!("office@acme.example");
        let problem = shop.ada.post("/customers/", &other).await.refused(409, "taken");
        assert_eq!(problem["errors"][0]["pointer"], "/email");
        shop.ada.put("/customers/2", &json!({ "email": "office@acme.example" })).await.refused(409, "taken");
    }

    async fn the_limit_is_seen_and_set_with_permissions_of_its_own(engine) {
        let shop = Shop::open(engine).await;
        let clerk = shop.clerk().await;
        assert_eq!(clerk.get("/customers/1").await.ok().get("credit_limit"), None);
        assert_eq!(shop.accountant().await.get("/customers/1").await.ok()["credit_limit"], "1000");
        for (method, body) in [("PUT", json!({ "credit_limit": "9000" })), ("POST", customer("Cog", "west"))] {
            let answer = if method == "PUT" { clerk.put("/customers/1", &body).await } else { clerk.post("/customers/", &body).await };
            answer.refused(403, "forbidden");
        }
        let mut cog = customer("Cog", "west");
        cog.as_object_mut().unwrap().remove("credit_limit");
        clerk.post("/customers/", &cog).await.ok();
        assert_eq!(shop.ada.get("/customers/3").await.ok()["credit_limit"], "5000", "what all begin with");
        clerk.get("/customers/?sorting=credit_limit").await.refused(400, "invalid_query");
        let manager = shop.app.with_permissions(&["customers_read", "customers_update", "customers_update_credit"]).await;
        manager.put("/customers/1", &json!({ "credit_limit": "2000" })).await.ok();
        assert_eq!(shop.ada.get("/customers/1").await.ok()["credit_limit"], "2000");
    }

    async fn nobody_writes_by_hand_what_they_owe(engine) {
        let shop = Shop::open(engine).await;
        let mut body = customer("Cog", "west");
        body["owed"] = json!("77");
        assert_eq!(shop.ada.post("/customers/", &body).await.ok()["owed"], "0", "as all that is only read, it is ignored");
        shop.order(ACME, &[(CHAIR, 1)]).await;
        let same = shop.ada.put("/customers/1", &json!({ "name": "Acme Ltd", "owed": "0" })).await.ok();
        assert_eq!(same["owed"], "49.00");
    }

    async fn one_with_orders_stays(engine) {
        let shop = Shop::open(engine).await;
        let order = shop.order(ACME, &[(CHAIR, 1)]).await;
        shop.ada.delete("/customers/1").await.refused(409, "reference");
        shop.ada.delete(&format!("/orders/{order}")).await.ok();
        shop.ada.delete("/customers/1").await.ok();
        shop.ada.get("/customers/1").await.refused(404, "not_found");
        shop.ada.post("/orders/", &self::order(BRILL, &[(CHAIR, 1)])).await.ok();
    }

    async fn they_are_searched_by_name_and_address(engine) {
        let shop = Shop::open(engine).await;
        shop.ada.post("/customers/", &customer("Cog", "acme-land")).await.ok();
        let found = async |query: &str| listed(&shop.ada.get(&format!("/customers/?{query}")).await, "name");
        assert_eq!(found("q=ACME").await, json!(["Acme"]));
        assert_eq!(found("q=office%20cog").await, json!(["Cog"]));
        assert_eq!(found("q=acme-land").await, json!([]), "the region is not searched");
        assert_eq!(found("filter_key=region&value=south").await, json!(["Brill"]));
        assert_eq!(found("sorting=name:desc").await, json!(["Cog", "Brill", "Acme"]));
    }

    async fn a_limit_below_what_is_owed_keeps_from_more_alone(engine) {
        let shop = Shop::open(engine).await;
        let first = shop.order(ACME, &[(CHAIR, 2)]).await;
        shop.ada.put("/customers/1", &json!({ "credit_limit": "50" })).await.ok();
        let change = async |quantity: i32| {
            let lines: Value = crate::shop::lines(&[(CHAIR, quantity)]);
            shop.ada.put(&format!("/orders/{first}"), &json!({ "lines": lines })).await
        };
        change(3).await.refused(409, "credit_exceeded");
        shop.ada.post("/orders/", &order(ACME, &[(crate::shop::NAIL, 1)])).await.refused(409, "credit_exceeded");
        change(2).await.ok();
        change(1).await.ok();
        shop.ada.put(&format!("/orders/{first}"), &json!({ "note": "later" })).await.ok();
    }
}
