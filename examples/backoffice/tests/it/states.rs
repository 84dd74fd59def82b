//! Where an order stands, and what can be done to it there: every state and every command, as a table.

use crate::shop::{ACME, CHAIR, Shop, lines, payment};
use kwik_testkit::{Client, TestResponse, on_each_engine};
use serde_json::json;

const COMMANDS: [&str; 5] = ["change", "delete", "confirm", "cancel", "pay"];

/// What each command answers in each state: `ok`, or the code of the refusal.
#[rustfmt::skip]
const TABLE: [(&str, [&str; 5]); 8] = [
    //             change            delete            confirm           cancel          pay
    ("open",      ["ok",             "ok",             "ok",             "ok",           "not_found"]),
    ("empty",     ["ok",             "ok",             "order_empty",    "ok",           "not_found"]),
    ("confirmed", ["order_not_open", "order_not_open", "order_not_open", "ok",           "ok"]),
    ("part paid", ["order_not_open", "order_not_open", "order_not_open", "invoice_paid", "ok"]),
    ("settled",   ["order_not_open", "order_not_open", "order_not_open", "order_closed", "invoice_not_open"]),
    ("cancelled", ["order_not_open", "order_not_open", "order_not_open", "order_closed", "not_found"]),
    ("voided",    ["order_not_open", "order_not_open", "order_not_open", "order_closed", "invoice_not_open"]),
    ("deleted",   ["not_found",      "not_found",      "not_found",      "not_found",    "not_found"]),
];

/// Where an order stands after a command that was carried out.
fn next(state: &str, command: &str) -> Option<&'static str> {
    match (command, state) {
        ("delete", _) => None,
        ("change", _) => Some("open"),
        ("confirm", _) | ("pay", "confirmed" | "part paid") => Some("confirmed"),
        ("cancel", _) => Some("cancelled"),
        _ => panic!("{command} of {state}"),
    }
}

/// A new order in that state; its key and its invoice's, which may be that of none.
async fn order_in(shop: &Shop, state: &str) -> (i64, i64) {
    const NONE: i64 = 99_999;
    let one = [(CHAIR, 1)];
    match state {
        "open" => (shop.order(ACME, &one).await, NONE),
        "empty" => (shop.order(ACME, &[]).await, NONE),
        "cancelled" | "deleted" => {
            let order = shop.order(ACME, &one).await;
            let path = format!("/orders/{order}");
            match state {
                "deleted" => shop.ada.delete(&path).await.ok(),
                _ => shop.ada.post(&format!("{path}/cancel"), &json!({})).await.ok(),
            };
            (order, NONE)
        }
        _ => {
            let (order, invoice) = shop.confirmed(ACME, &one).await;
            match state {
                "part paid" => drop(shop.pay(invoice, "0.50").await.ok()),
                "settled" => drop(shop.pay(invoice, "49").await.ok()),
                "voided" => drop(shop.ada.post(&format!("/orders/{order}/cancel"), &json!({})).await.ok()),
                _ => {}
            }
            (order, invoice)
        }
    }
}

async fn carry_out(client: &Client, command: &str, (order, invoice): (i64, i64)) -> TestResponse {
    let path = format!("/orders/{order}");
    match command {
        "change" => client.put(&path, &json!({ "lines": lines(&[(CHAIR, 2)]) })).await,
        "delete" => client.delete(&path).await,
        "pay" => client.post(&format!("/invoices/{invoice}/pay"), &payment("0.01")).await,
        _ => client.post(&format!("{path}/{command}"), &json!({})).await,
    }
}

on_each_engine! {
    async fn every_command_in_every_state(engine) {
        let shop = Shop::open(engine).await;
        shop.ada.put("/customers/1", &json!({ "credit_limit": "1000000" })).await.ok();
        for (state, answers) in TABLE {
            for (command, expected) in COMMANDS.into_iter().zip(answers) {
                let order = order_in(&shop, state).await;
                let before = (shop.ada.get(&format!("/orders/{}", order.0)).await.json()["status"].clone(), shop.owed(ACME).await);
                let since = shop.last_record().await;
                let answer = carry_out(&shop.ada, command, order).await;
                let status = async || shop.ada.get(&format!("/orders/{}", order.0)).await.json()["status"].clone();
                match expected {
                    "ok" => {
                        answer.ok();
                        let after = next(state, command).map_or(json!(404), |status| json!(status));
                        assert_eq!(status().await, after, "{command} of one that is {state}");
                        assert_ne!(shop.records_since(since).await, json!([]));
                    }
                    code => {
                        answer.refused(if code == "not_found" { 404 } else { 409 }, code);
                        assert_eq!((status().await, shop.owed(ACME).await), before, "{command} of one that is {state}");
                        assert_eq!(shop.records_since(since).await, json!([]), "nothing has happened");
                    }
                }
            }
        }
    }
}
