//! Who may do what: every operation of the business with everybody whom there is, as a table.

use crate::shop::{ACCOUNTANT, CHAIR, CLERK, Shop};
use http::Method;
use kwik_testkit::{Client, on_each_engine};
use serde_json::Value;
use std::collections::BTreeSet;

/// Nobody; somebody who has signed in and may do nothing; a clerk; a clerk of the north; an accountant; Ada.
const PEOPLE: usize = 6;

/// What is asked for is there, in the south, and new each time: an open order, one that is confirmed with its invoice
/// and a payment, and so on. Of the answers only the status is given here; each has its code.
#[rustfmt::skip]
const TABLE: [(&str, &str, [u16; PEOPLE]); 58] = [
    //                                                                                  nobody none clerk north acc. Ada
    ("GET /customers/", "",                                                              [401, 403, 200, 200, 200, 200]),
    ("POST /customers/", r#"{"name":"N","email":"{new}@n.example","region":"south"}"#,   [401, 403, 201, 403, 403, 201]),
    ("GET /customers/{customer}", "",                                                    [401, 403, 200, 404, 200, 200]),
    ("PUT /customers/{customer}", r#"{"name":"N"}"#,                                     [401, 403, 200, 404, 403, 200]),
    ("PATCH /customers/{customer}", r#"{"name":"N"}"#,                                   [401, 403, 200, 404, 403, 200]),
    ("PUT /customers/{customer}", r#"{"credit_limit":"1"}"#,                             [401, 403, 403, 403, 403, 200]),
    ("DELETE /customers/{customer}", "",                                                 [401, 403, 403, 403, 403, 200]),
    ("GET /customers/{customer}/history", "",                                            [401, 403, 200, 404, 200, 200]),
    ("GET /products/", "",                                                               [200, 200, 200, 200, 200, 200]),
    ("POST /products/", r#"{"sku":"NEW-{new}","name":"N","price":"1"}"#,                 [401, 403, 403, 403, 403, 201]),
    ("GET /products/{product}", "",                                                      [200, 200, 200, 200, 200, 200]),
    ("PUT /products/{product}", r#"{"price":"2"}"#,                                      [401, 403, 403, 403, 403, 200]),
    ("PATCH /products/{product}", r#"{"price":"2"}"#,                                    [401, 403, 403, 403, 403, 200]),
    ("DELETE /products/{product}", "",                                                   [401, 403, 403, 403, 403, 200]),
    ("GET /products/{product}/history", "",                                              [401, 403, 200, 200, 403, 200]),
    ("GET /products/{product}/categories", "",                                           [401, 403, 403, 403, 403, 200]),
    ("GET /products/{product}/available-categories", "",                                 [401, 403, 403, 403, 403, 200]),
    ("POST /products/{product}/categories", r#"{"category_id":{category}}"#,             [401, 403, 403, 403, 403, 200]),
    ("DELETE /products/{product}/categories", "",                                        [401, 403, 403, 403, 403, 200]),
    ("DELETE /products/{product}/categories/{category}", "",                             [401, 403, 403, 403, 403, 200]),
    ("GET /categories/", "",                                                             [200, 200, 200, 200, 200, 200]),
    ("POST /categories/", r#"{"name":"{new}"}"#,                                         [401, 403, 403, 403, 403, 201]),
    ("GET /categories/{category}", "",                                                   [200, 200, 200, 200, 200, 200]),
    ("PUT /categories/{category}", r#"{"name":"{new}"}"#,                                [401, 403, 403, 403, 403, 200]),
    ("PATCH /categories/{category}", r#"{"name":"{new}"}"#,                              [401, 403, 403, 403, 403, 200]),
    ("DELETE /categories/{category}", "",                                                [401, 403, 403, 403, 403, 200]),
    ("GET /categories/{category}/history", "",                                           [401, 403, 403, 403, 403, 200]),
    ("GET /categories/{category}/products", "",                                          [401, 403, 403, 403, 403, 200]),
    ("GET /categories/{category}/available-products", "",                                [401, 403, 403, 403, 403, 200]),
    ("POST /categories/{category}/products", r#"{"product_id":{product}}"#,              [401, 403, 403, 403, 403, 200]),
    ("DELETE /categories/{category}/products", "",                                       [401, 403, 403, 403, 403, 200]),
    ("DELETE /categories/{category}/products/{product}", "",                             [401, 403, 403, 403, 403, 200]),
    ("GET /orders/", "",                                                                 [401, 403, 200, 200, 200, 200]),
    ("POST /orders/", r#"{"customer_id":{customer}}"#,                                   [401, 403, 201, 422, 403, 201]),
    ("GET /orders/{order}", "",                                                          [401, 403, 200, 404, 200, 200]),
    ("PUT /orders/{order}", r#"{"note":"n"}"#,                                           [401, 403, 200, 404, 403, 200]),
    ("PATCH /orders/{order}", r#"{"lines":[]}"#,                                         [401, 403, 200, 404, 403, 200]),
    ("DELETE /orders/{order}", "",                                                       [401, 403, 200, 404, 403, 200]),
    ("GET /orders/{order}/history", "",                                                  [401, 403, 200, 404, 200, 200]),
    ("POST /orders/{order}/confirm", "",                                                 [401, 403, 200, 404, 403, 200]),
    ("POST /orders/{order}/cancel", "",                                                  [401, 403, 200, 404, 403, 200]),
    ("GET /invoices/", "",                                                               [401, 403, 200, 200, 200, 200]),
    ("GET /invoices/{invoice}", "",                                                      [401, 403, 200, 404, 200, 200]),
    ("GET /invoices/{invoice}/history", "",                                              [401, 403, 200, 404, 200, 200]),
    ("POST /invoices/{invoice}/pay", r#"{"amount":"1","reference":"r"}"#,                [401, 403, 403, 403, 200, 200]),
    ("GET /payments/", "",                                                               [401, 403, 200, 200, 200, 200]),
    ("GET /payments/{payment}", "",                                                      [401, 403, 200, 404, 200, 200]),
    ("GET /payments/{payment}/history", "",                                              [401, 403, 200, 404, 200, 200]),
    ("GET /open_invoices/", "",                                                          [401, 403, 200, 200, 200, 200]),
    ("GET /open_invoices/{invoice}", "",                                                 [401, 403, 200, 404, 200, 200]),
    ("GET /profiles/", "",                                                               [401, 403, 403, 403, 403, 200]),
    ("POST /profiles/", r#"{"user_id":{user},"region":"south"}"#,                        [401, 403, 403, 403, 403, 201]),
    ("GET /profiles/{profile}", "",                                                      [401, 403, 403, 403, 403, 200]),
    ("PUT /profiles/{profile}", r#"{"region":"east"}"#,                                  [401, 403, 403, 403, 403, 200]),
    ("PATCH /profiles/{profile}", r#"{"region":"east"}"#,                                [401, 403, 403, 403, 403, 200]),
    ("DELETE /profiles/{profile}", "",                                                   [401, 403, 403, 403, 403, 200]),
    ("GET /profiles/{profile}/history", "",                                              [401, 403, 403, 403, 403, 200]),
    ("GET /events/", "",                                                                 [401, 403, 403, 403, 403, 200]),
];

/// Makes what a request names, and puts the keys in its place.
struct Filled<'a> {
    shop: &'a Shop,
    number: u32,
}

impl Filled<'_> {
    async fn fill(&mut self, text: &str) -> String {
        let mut filled = text.to_owned();
        for name in ["new", "customer", "product", "category", "order", "invoice", "payment", "user", "profile"] {
            let place = format!("{{{name}}}");
            if filled.contains(&place) {
                let key = self.make(name).await;
                filled = filled.replace(&place, &key);
            }
        }
        filled
    }

    async fn post(&self, path: &str, body: &str) -> i64 {
        self.shop.ada.post(path, &serde_json::from_str(body).unwrap()).await.ok()["id"].as_i64().unwrap()
    }

    async fn make(&mut self, what: &str) -> String {
        self.number += 1;
        let n = self.number;
        let ordered = async || {
            let customer = self.customer(n).await;
            self.shop.confirmed(customer, &[(CHAIR, 1)]).await.1
        };
        let key = match what {
            "new" => return format!("{n:04}"),
            "customer" => self.customer(n).await,
            "product" => self.post("/products/", &format!(r#"{{"sku":"PRO-{n:04}","name":"P","price":"1"}}"#)).await,
            "category" => self.post("/categories/", &format!(r#"{{"name":"C{n}"}}"#)).await,
            "order" => self.shop.order(self.customer(n).await, &[(CHAIR, 1)]).await,
            "invoice" => ordered().await,
            "payment" => {
                let invoice = ordered().await;
                self.shop.pay(invoice, "1").await.ok();
                let found = self.shop.ada.get(&format!("/payments/?filter_key=invoice_id&value={invoice}")).await.ok();
                found["data"][0]["id"].as_i64().unwrap()
            }
            "user" => self.shop.app.new_user(&[]).await.id,
            _ => {
                let user = self.shop.app.new_user(&[]).await.id;
                self.post("/profiles/", &format!(r#"{{"user_id":{user},"region":"south"}}"#)).await
            }
        };
        key.to_string()
    }

    async fn customer(&self, n: u32) -> i64 {
        self.post("/customers/", &format!(r#"{{"name":"S","email":"{n}@s.example","region":"south"}}"#)).await
    }
}

async fn people(shop: &Shop) -> [Client; PEOPLE] {
    [
        shop.app.anonymous(),
        shop.app.with_permissions(&[]).await,
        shop.clerk().await,
        shop.seller(&CLERK, "north").await,
        shop.app.with_permissions(&ACCOUNTANT).await,
        shop.ada.clone(),
    ]
}

const fn code(status: u16) -> &'static str {
    match status {
        401 => "not_authenticated",
        403 => "forbidden",
        404 => "not_found",
        _ => "invalid",
    }
}

on_each_engine! {
    async fn everybody_gets_the_answer_of_the_table(engine) {
        let shop = Shop::open(engine).await;
        let people = people(&shop).await;
        let mut filled = Filled { shop: &shop, number: 0 };
        for (operation, body, statuses) in TABLE {
            for (somebody, status) in people.iter().zip(statuses) {
                let (request, body) = (filled.fill(operation).await, filled.fill(body).await);
                let (method, path) = request.split_once(' ').unwrap();
                let answer = somebody.raw(method.parse::<Method>().unwrap(), path, body).await;
                assert_eq!(answer.status.as_u16(), status, "{operation}: {}", String::from_utf8_lossy(&answer.body));
                if status >= 400 {
                    answer.refused(status, code(status));
                }
            }
        }
    }
}

/// The operation without the names of its keys.
fn nameless(operation: &str) -> String {
    let parts = operation.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_table_leaves_no_operation_out() {
    let shop = Shop::open(kwik_testkit::database::Engine::Sqlite).await;
    let document: Value = serde_json::from_str(&shop.app.service().document).unwrap();
    let framework = ["/login", "/users", "/roles", "/permissions", "/api-keys", "/audit", "/access"];
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if !framework.iter().any(|prefix| path.starts_with(prefix)) {
            operations.extend(
                methods
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(|method| nameless(&format!("{} {path}", method.to_uppercase()))),
            );
        }
    }
    let table: BTreeSet<_> = TABLE.iter().map(|(operation, ..)| nameless(operation)).collect();
    let left_out: Vec<_> = operations.difference(&table).collect();
    assert_eq!(left_out, ["GET /events/{}"], "of which there is none at the beginning");
    assert!(table.is_subset(&operations), "{:?}", table.difference(&operations));
}
