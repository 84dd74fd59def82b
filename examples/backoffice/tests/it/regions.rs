//! Regions: whoever sells in the north reaches the customers there, their orders and their invoices, and nothing else.
//! What lies elsewhere is as if it were not there.

use crate::shop::{
    ACCOUNTANT, ACME, BRILL, CHAIR, CLERK, NAIL, Shop, customer, encoded, lines, listed, order, payment,
};
use http::Method;
use kwik_testkit::{Client, TestResponse, database::Engine, on_each_engine};
use serde_json::{Value, json};

/// The shop with an order of each customer's that is confirmed and paid in part (1: Acme, 2: Brill), one more that is
/// open (3: Acme, 4: Brill), and somebody who may do everything that clerks and accountants may, in the north.
async fn north(engine: Engine) -> (Shop, Client) {
    let shop = Shop::open(engine).await;
    for customer in [ACME, BRILL] {
        let (_, invoice) = shop.confirmed(customer, &[(CHAIR, 1)]).await;
        shop.pay(invoice, "9").await.ok();
    }
    for customer in [ACME, BRILL] {
        shop.order(customer, &[(NAIL, 1)]).await;
    }
    let permissions = [&CLERK[..], &ACCOUNTANT[1..2], &["invoices_pay", "customers_delete"]].concat();
    let nora = shop.seller(&permissions, "north").await;
    (shop, nora)
}

/// An answer without what is another in each: the request, and the key that was asked for.
fn shape(answer: &TestResponse, key: i64) -> (u16, Vec<String>, String) {
    let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("x-request-id"));
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let request = answer.header("x-request-id").unwrap();
    (answer.status.as_u16(), headers, text.replace(request, "…").replace(&format!("id={key} "), "id=… "))
}

on_each_engine! {
    async fn lists_are_of_the_region(engine) {
        let (shop, nora) = north(engine).await;
        for (list, here, all) in [
            ("customers", json!([1]), 2), ("orders", json!([1, 3]), 4), ("invoices", json!([1]), 2),
            ("payments", json!([1]), 2), ("open_invoices", json!([1]), 2),
        ] {
            let answer = nora.get(&format!("/{list}/?sorting=id")).await;
            assert_eq!((listed(&answer, "id"), &answer.ok()["total"]), (here.clone(), &json!(here.as_array().unwrap().len())), "{list}");
            assert_eq!(shop.ada.get(&format!("/{list}/")).await.ok()["total"], all, "{list}: who has no region reaches all");
        }
        assert_eq!(nora.get("/products/").await.ok()["total"], 4, "what belongs to nobody is for all");
    }

    async fn rows_elsewhere_are_as_if_there_were_none(engine) {
        let (shop, nora) = north(engine).await;
        let note = json!({ "note": "x" });
        let operations: [(Method, &str, i64, Value); 17] = [
            (Method::GET, "/customers/{}", BRILL, Value::Null),
            (Method::GET, "/customers/{}/history", BRILL, Value::Null),
            (Method::PUT, "/customers/{}", BRILL, json!({ "name": "x" })),
            (Method::PATCH, "/customers/{}", BRILL, json!({ "region": "north" })),
            (Method::DELETE, "/customers/{}", BRILL, Value::Null),
            (Method::GET, "/orders/{}", 4, Value::Null),
            (Method::GET, "/orders/{}/history", 4, Value::Null),
            (Method::PUT, "/orders/{}", 4, note.clone()),
            (Method::PATCH, "/orders/{}", 4, json!({ "lines": lines(&[(CHAIR, 1)]) })),
            (Method::DELETE, "/orders/{}", 4, Value::Null),
            (Method::POST, "/orders/{}/confirm", 4, Value::Null),
            (Method::POST, "/orders/{}/cancel", 4, Value::Null),
            (Method::GET, "/invoices/{}", 2, Value::Null),
            (Method::GET, "/invoices/{}/history", 2, Value::Null),
            (Method::POST, "/invoices/{}/pay", 2, payment("1")),
            (Method::GET, "/payments/{}", 2, Value::Null),
            (Method::GET, "/open_invoices/{}", 2, Value::Null),
        ];
        let since = shop.last_record().await;
        for (method, path, key, body) in operations {
            for headers in [&[][..], &[("if-match", "\"7\"")], &[("if-none-match", "*")]] {
                let ask = async |key: i64| {
                    let path = path.replace("{}", &key.to_string());
                    shape(&nora.json(method.clone(), &path, headers, &body).await, key)
                };
                let missing = ask(99_999).await;
                assert_eq!(missing.0, 404, "{method} {path}: {}", missing.2);
                assert_eq!(ask(key).await, missing, "{method} {path}");
            }
        }
        assert_eq!(shop.records_since(since).await, json!([]));
        // A closed one, too, is told of in no other way.
        nora.post("/orders/2/confirm", &Value::Null).await.refused(404, "not_found");
        nora.post("/invoices/2/pay", &payment("1000")).await.refused(404, "not_found");
    }

    async fn all_of_it_is_open_in_the_region(engine) {
        let (shop, nora) = north(engine).await;
        assert_eq!(nora.get("/orders/3?expand=customer,lines.product").await.ok()["customer"]["name"], "Acme");
        nora.put("/orders/3", &json!({ "lines": lines(&[(NAIL, 2)]) })).await.ok();
        nora.post("/orders/3/confirm", &Value::Null).await.ok();
        nora.post("/invoices/1/pay", &payment("40")).await.ok();
        assert_eq!(shop.status(1).await, "settled");
        nora.post("/orders/3/cancel", &Value::Null).await.ok();
        assert_eq!(nora.get("/customers/1").await.ok()["owed"], "0.00");
        nora.put("/customers/1", &json!({ "name": "Acme Ltd" })).await.ok();
        nora.get("/orders/1/history").await.ok();
    }

    async fn nothing_is_ordered_for_customers_elsewhere(engine) {
        let (_shop, nora) = north(engine).await;
        let elsewhere = nora.post("/orders/", &order(BRILL, &[(CHAIR, 1)])).await.problem(422);
        assert_eq!(elsewhere, nora.post("/orders/", &order(99, &[(CHAIR, 1)])).await.problem(422), "as for none at all");
        nora.post("/orders/", &order(ACME, &[(CHAIR, 1)])).await.ok();
        // Not even what exceeds their credit is told.
        assert_eq!(nora.post("/orders/", &order(BRILL, &[(CHAIR, 1000)])).await.problem(422), elsewhere);
    }

    async fn filters_and_expansions_do_not_lead_out(engine) {
        let (_shop, nora) = north(engine).await;
        for (list, filter, found) in [
            ("orders", "customer.name = \"Brill\"", json!([])),
            ("orders", "customer.region = south OR customer.name = \"Acme\"", json!([1, 3])),
            ("orders", "NOT customer.name = \"Acme\"", json!([])),
            ("payments", "invoice.customer.name = \"Brill\"", json!([])),
            ("payments", "invoice.order.customer.name = \"Acme\"", json!([1])),
            ("open_invoices", "region = south", json!([])),
        ] {
            assert_eq!(listed(&nora.get(&format!("/{list}/?sorting=id&filter={}", encoded(filter))).await, "id"), found, "{filter}");
        }
        assert_eq!(nora.get("/open_invoices/?q=brill").await.ok()["total"], 0);
        let page = nora.get("/payments/?expand=invoice.order.lines,invoice.customer").await.ok();
        assert_eq!(page["data"].as_array().unwrap().len(), 1);
        assert_eq!(page["data"][0]["invoice"]["order"]["lines"][0]["quantity"], 1);
        assert_eq!(page["data"][0]["invoice"]["customer"]["region"], "north");
    }

    async fn customers_are_not_moved_over_the_border(engine) {
        let (shop, nora) = north(engine).await;
        nora.put("/customers/1", &json!({ "region": "south" })).await.refused(403, "forbidden");
        let mut cog = customer("Cog", "south");
        cog.as_object_mut().unwrap().remove("credit_limit");
        nora.post("/customers/", &cog).await.refused(403, "forbidden");
        cog["region"] = json!("north");
        nora.post("/customers/", &cog).await.ok();
        // Whoever may moves them, with everything that is theirs.
        shop.ada.put("/customers/2", &json!({ "region": "north" })).await.ok();
        nora.post("/invoices/2/pay", &payment("40")).await.ok();
        shop.ada.put("/customers/1", &json!({ "region": "south" })).await.ok();
        assert_eq!(listed(&nora.get("/orders/?sorting=id").await, "id"), json!([2, 4]));
    }

    async fn another_region_holds_from_the_next_request_on(engine) {
        let (shop, nora) = north(engine).await;
        let customers = async || listed(&nora.get("/customers/?sorting=id").await, "id");
        shop.ada.put("/profiles/1", &json!({ "region": "south" })).await.ok();
        assert_eq!(customers().await, json!([2]));
        shop.ada.put("/profiles/1", &json!({ "region": null })).await.ok();
        assert_eq!(customers().await, json!([1, 2]), "without a region all of them");
        shop.ada.put("/profiles/1", &json!({ "region": "nowhere" })).await.ok();
        assert_eq!(customers().await, json!([]));
        shop.ada.delete("/profiles/1").await.ok();
        assert_eq!(customers().await, json!([1, 2]));
    }
}
