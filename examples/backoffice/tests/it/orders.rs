//! Orders: what they cost, what may change, what is said of lines that are wrong.

use crate::shop::{
    ACME, BRILL, CHAIR, LEAFLET, NAIL, OFFICE_CHAIR, Shop, decimal, encoded, lines, listed, order, pick, wrong,
};
use http::Method;
use kwik::prelude::Decimal;
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

const LINE: [&str; 3] = ["product_id", "quantity", "unit_price"];

on_each_engine! {
    async fn one_costs_what_its_products_cost(engine) {
        let shop = Shop::open(engine).await;
        let clerk = shop.clerk().await;
        let since = shop.last_record().await;
        let body = json!({ "customer_id": ACME, "note": "for Monday", "total": "1", "status": "settled", "lines": [
            { "product_id": CHAIR, "quantity": 2, "unit_price": "0.01", "order_id": 77 }, { "product_id": NAIL, "quantity": 50 },
        ] });
        let made = clerk.post("/orders/", &body).await.ok();
        assert_eq!(pick(&made["lines"], &LINE), json!([[CHAIR, 2, "49.00"], [NAIL, 50, "0.01"]]), "whatever was sent");
        assert_eq!((&made["total"], &made["status"]), (&json!("98.50"), &json!("open")));
        assert_eq!(clerk.get("/orders/1").await.ok(), made);
        assert_eq!(shop.owed(ACME).await, "98.50".parse().unwrap());
        assert_eq!(shop.records_since(since).await, json!([
            ["customers", "1", "update"], ["orders", "1", "create"], ["order_lines", "1", "create"], ["order_lines", "2", "create"],
        ]));
    }

    async fn its_lines_are_changed_up_and_down(engine) {
        let shop = Shop::open(engine).await;
        let made = shop.ada.post("/orders/", &order(ACME, &[(CHAIR, 2), (NAIL, 1)])).await.ok();
        let (chairs, nails) = (&made["lines"][0]["id"], &made["lines"][1]["id"]);
        let change = async |lines: Value, total: &str| {
            let changed = shop.ada.put("/orders/1", &json!({ "lines": lines })).await.ok();
            assert_eq!(decimal(&changed["total"]), total.parse::<Decimal>().unwrap());
            assert_eq!(shop.owed(ACME).await, total.parse().unwrap());
            pick(&changed["lines"], &["id", "quantity"])
        };
        let up = json!([{ "id": chairs, "product_id": CHAIR, "quantity": 5 }, { "id": nails, "product_id": NAIL, "quantity": 1 }]);
        assert_eq!(change(up, "245.01").await, json!([[chairs, 5], [nails, 1]]));
        let down = json!([{ "id": chairs, "product_id": CHAIR, "quantity": 1 }]);
        assert_eq!(change(down, "49").await, json!([[chairs, 1]]));
        change(lines(&[(OFFICE_CHAIR, 2)]), "399.98").await;
        assert_eq!(change(json!([]), "0").await, json!([]));
        let noted = shop.ada.patch("/orders/1", &json!({ "note": "nothing yet" })).await.ok();
        assert_eq!((&noted["note"], &noted["version"]), (&json!("nothing yet"), &json!(6)));
    }

    async fn a_price_is_that_of_the_day_on_which_lines_were_written(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 2)]).await;
        shop.ada.put("/products/1", &json!({ "price": "60" })).await.ok();
        let noted = shop.ada.put("/orders/1", &json!({ "note": "x" })).await.ok();
        assert_eq!((&noted["total"], &noted["lines"][0]["unit_price"]), (&json!("98.00"), &json!("49.00")));
        let mut lines = noted["lines"].clone();
        let change = async |lines: &Value, prices: Value, total: &str| {
            let written = shop.ada.put("/orders/1", &json!({ "lines": lines })).await.ok();
            assert_eq!(pick(&written["lines"], &["unit_price"]), prices);
            assert_eq!(decimal(&written["total"]), total.parse::<Decimal>().unwrap());
            assert_eq!(shop.owed(ACME).await, total.parse().unwrap());
        };
        change(&lines, json!([["49.00"]]), "98").await;
        lines[0]["quantity"] = json!(3);
        change(&lines, json!([["49.00"]]), "147").await;
        lines[0]["product_id"] = json!(NAIL);
        change(&lines, json!([["0.01"]]), "0.03").await;
        change(&self::lines(&[(CHAIR, 1), (NAIL, 1)]), json!([["60"], ["0.01"]]), "60.01").await;
    }

    async fn credit_ends_at_the_limit_and_not_before(engine) {
        let shop = Shop::open(engine).await;
        shop.ada.put("/customers/1", &json!({ "credit_limit": "98.00" })).await.ok();
        shop.ada.post("/orders/", &order(ACME, &[(CHAIR, 2), (NAIL, 1)])).await.refused(409, "credit_exceeded");
        assert_eq!(shop.ada.get("/orders/").await.ok()["total"], 0, "nothing of it was written");
        assert_eq!(shop.owed(ACME).await, Decimal::ZERO);
        shop.order(ACME, &[(CHAIR, 2)]).await;
        shop.ada.post("/orders/", &order(ACME, &[(NAIL, 1)])).await.refused(409, "credit_exceeded");
        let more = json!({ "lines": lines(&[(CHAIR, 2), (NAIL, 1)]) });
        shop.ada.put("/orders/1", &more).await.refused(409, "credit_exceeded");
        assert_eq!(shop.ada.get("/orders/1").await.ok()["version"], 1);
        shop.order(ACME, &[(LEAFLET, 1000)]).await;
        shop.order(BRILL, &[(CHAIR, 2), (NAIL, 1)]).await;
        shop.ada.put("/customers/1", &json!({ "credit_limit": "98.01" })).await.ok();
        shop.ada.put("/orders/1", &more).await.ok();
    }

    async fn lines_that_are_wrong_are_named_by_their_place(engine) {
        let shop = Shop::open(engine).await;
        let post = async |lines: Value| shop.ada.post("/orders/", &json!({ "customer_id": ACME, "lines": lines })).await;
        let many = json!([{ "product_id": 1, "quantity": 0 }, { "quantity": 1001, "colour": 1 }, 7, { "product_id": "1", "quantity": 1.5 }]);
        assert_eq!(wrong(&post(many).await), json!([
            ["/lines/0/quantity", "range"], ["/lines/1/product_id", "required"], ["/lines/1/quantity", "range"],
            ["/lines/1/colour", "unknown"], ["/lines/2", "type"], ["/lines/3/product_id", "type"], ["/lines/3/quantity", "type"],
        ]));
        assert_eq!(wrong(&post(lines(&[(CHAIR, 1), (99, 1)])).await), json!([["/lines/1/product_id", "reference"]]));
        post(lines(&[(CHAIR, 1), (CHAIR, 2)])).await.refused(409, "taken");
        assert_eq!(wrong(&shop.ada.post("/orders/", &order(99, &[(CHAIR, 1)])).await), json!([["/customer_id", "reference"]]));
        let of_another = shop.ada.post("/orders/", &order(BRILL, &[(CHAIR, 1)])).await.ok()["lines"][0]["id"].clone();
        let own = shop.order(ACME, &[(NAIL, 1)]).await;
        let stolen = json!({ "lines": [{ "id": of_another, "product_id": CHAIR, "quantity": 1 }] });
        assert_eq!(wrong(&shop.ada.put(&format!("/orders/{own}"), &stolen).await), json!([["/lines/0/id", "reference"]]));
        assert_eq!((shop.owed(ACME).await, shop.owed(BRILL).await), ("0.01".parse().unwrap(), "49".parse().unwrap()));
        assert_eq!(shop.ada.get("/orders/").await.ok()["total"], 2);
    }

    async fn one_stays_its_customers(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        let changed = shop.ada.put("/orders/1", &json!({ "customer_id": BRILL, "note": "x" })).await.ok();
        assert_eq!((&changed["customer_id"], &changed["note"]), (&json!(ACME), &json!("x")), "as all that cannot be changed, it is ignored");
        assert_eq!((shop.owed(ACME).await, shop.owed(BRILL).await), ("49".parse().unwrap(), Decimal::ZERO));
    }

    async fn one_that_is_deleted_is_owed_no_longer(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1), (NAIL, 1)]).await;
        shop.order(ACME, &[(NAIL, 3)]).await;
        let clerk = shop.clerk().await;
        let since = shop.last_record().await;
        let gone = clerk.delete("/orders/1").await.ok();
        assert_eq!((&gone["id"], &gone["status"]), (&json!(1), &json!("open")));
        assert_eq!(shop.owed(ACME).await, "0.03".parse().unwrap());
        shop.ada.get("/orders/1").await.refused(404, "not_found");
        assert_eq!(shop.records_since(since).await, json!([
            ["customers", "1", "update"], ["order_lines", "1", "delete"], ["order_lines", "2", "delete"], ["orders", "1", "delete"],
        ]));
    }

    async fn a_change_of_another_version_is_refused(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        let tag = shop.ada.get("/orders/1").await.header("etag").unwrap().to_owned();
        let body = json!({ "lines": lines(&[(CHAIR, 3)]) });
        shop.ada.json(Method::PUT, "/orders/1", &[("if-match", &tag)], &body).await.ok();
        shop.ada.json(Method::PUT, "/orders/1", &[("if-match", &tag)], &body).await.refused(412, "version_conflict");
        shop.ada.json(Method::DELETE, "/orders/1", &[("if-match", &tag)], &json!({})).await.refused(412, "version_conflict");
        assert_eq!(shop.owed(ACME).await, "147".parse().unwrap());
    }

    async fn lists_show_what_is_around_them(engine) {
        let shop = Shop::open(engine).await;
        shop.order(ACME, &[(CHAIR, 1)]).await;
        shop.order(BRILL, &[(NAIL, 1), (LEAFLET, 1)]).await;
        shop.ada.put("/orders/2", &json!({ "note": "To the back door" })).await.ok();
        let page = shop.clerk().await.get("/orders/?expand=customer,lines.product&sorting=id").await.ok();
        assert_eq!(page["data"][0]["customer"]["name"], "Acme");
        assert_eq!(page["data"][0]["customer"].get("credit_limit"), None, "kept from clerks here too");
        assert_eq!(page["data"][1]["lines"][0]["product"]["sku"], "NAI-001");
        assert_eq!(shop.ada.get("/orders/").await.ok()["data"][0].get("lines"), None);
        for (query, found) in [
            (format!("filter={}", encoded("customer.name = \"Acme\"")), json!([1])),
            (format!("filter={}", encoded("customer.region = south AND status = open")), json!([2])),
            (format!("filter={}", encoded("total > 0.01")), json!([1])),
            ("q=back%20door".to_owned(), json!([2])),
            ("q=acme".to_owned(), json!([])),
        ] {
            assert_eq!(listed(&shop.ada.get(&format!("/orders/?{query}")).await, "id"), found, "{query}");
        }
        // Who may not read customers cannot look at orders through them.
        let reader = shop.app.with_permissions(&["orders_read"]).await;
        reader.get("/orders/?expand=customer").await.refused(403, "forbidden");
        reader.get(&format!("/orders/?filter={}", encoded("customer.name = \"Acme\""))).await.refused(400, "invalid_query");
    }

    async fn whoever_orders_must_read_what_is_ordered_and_by_whom(engine) {
        let shop = Shop::open(engine).await;
        // A line refers to its order: whoever writes lines reads orders, too.
        let needed = ["orders_create", "orders_read", "customers_read", "products_read"];
        for missing in needed {
            let others: Vec<_> = needed.into_iter().filter(|permission| *permission != missing).collect();
            let clerk = shop.app.with_permissions(&others).await;
            clerk.post("/orders/", &order(ACME, &[(CHAIR, 1)])).await.refused(403, "forbidden");
        }
        let clerk = shop.app.with_permissions(&needed).await;
        clerk.post("/orders/", &order(ACME, &[(CHAIR, 1)])).await.ok();
        assert_eq!(shop.owed(ACME).await, "49".parse().unwrap());
    }
}
