//! Somebody who does this and that all day, as a seed has it: the same seed, the same day.

use crate::shop::{Shop, patiently};
use http::Method;
use kwik_testkit::{Client, TestResponse};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
};

/// Numbers by chance that are the same for the same seed (SplitMix64).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of so many.
    pub fn below(&mut self, number: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % number
    }

    /// One of 1 to so many, as a key.
    pub fn key(&mut self, number: i64) -> i64 {
        i64::try_from(self.below(u64::try_from(number.max(1)).unwrap())).unwrap() + 1
    }

    /// Up to three lines of different products, seldom none.
    pub fn lines(&mut self) -> Value {
        let (first, number) = (self.below(4), self.below(6).min(3));
        (0..number).map(|n| json!({ "product_id": (first + n) % 4 + 1, "quantity": self.key(3) })).collect()
    }
}

/// What all clerks together know: how many orders were made.
#[derive(Clone, Default)]
pub struct Desk {
    orders: Arc<AtomicI64>,
}

/// What was asked for, and how it was answered: `change ok`, `pay overpaid`.
pub type Answers = BTreeMap<String, usize>;

/// A clerk, and what became of what it did.
pub struct SimulatedClerk {
    client: Client,
    chance: Chance,
    desk: Desk,
    pub answers: Answers,
}

/// One request: its kind, and what it sends.
struct Request {
    kind: &'static str,
    method: Method,
    path: String,
    body: Value,
}

impl SimulatedClerk {
    pub fn new(shop: &Shop, desk: &Desk, seed: u64) -> Self {
        Self { client: shop.ada.clone(), chance: Chance::new(seed), desk: desk.clone(), answers: Answers::new() }
    }

    /// Does so many things, one after the other.
    pub async fn work(mut self, operations: usize) -> Answers {
        for _ in 0..operations {
            let mut request = self.think();
            if request.kind == "pay" && self.chance.below(2) == 0 {
                self.pay_all(&mut request).await;
            }
            let client = &self.client;
            let Request { kind, method, path, body } = &request;
            let answer = patiently(|| async { client.json(method.clone(), path, &[], body).await }).await;
            if *kind == "create" && answer.status.is_success() {
                self.desk.orders.fetch_max(answer.json()["id"].as_i64().unwrap(), SeqCst);
            }
            *self.answers.entry(format!("{kind} {}", outcome(&answer))).or_default() += 1;
        }
        self.answers
    }

    /// Has a payment be of all that is outstanding, if anything is.
    async fn pay_all(&self, request: &mut Request) {
        let invoice = self.client.get(request.path.trim_end_matches("/pay")).await;
        if invoice.status.is_success() && invoice.json()["status"] == "open" {
            request.body["amount"] = invoice.json()["outstanding"].clone();
        }
    }

    /// What to do next, to any of the orders that there may be.
    fn think(&mut self) -> Request {
        let chance = &mut self.chance;
        let newest = self.desk.orders.load(SeqCst);
        // Mostly a recent one: with those that are closed there is little to do.
        let order = if chance.below(4) == 0 { chance.key(newest) } else { (newest - 12).max(0) + chance.key(12) };
        let customer = chance.key(2);
        let request = |kind, method, path: String, body| Request { kind, method, path, body };
        let command = |kind| request(kind, Method::POST, format!("/orders/{order}/{kind}"), json!({}));
        match chance.below(21) {
            0..5 => request(
                "create",
                Method::POST,
                "/orders/".to_owned(),
                json!({ "customer_id": customer, "lines": chance.lines() }),
            ),
            5..8 => request("change", Method::PUT, format!("/orders/{order}"), json!({ "lines": chance.lines() })),
            8 => request("delete", Method::DELETE, format!("/orders/{order}"), json!({})),
            9..13 => command("confirm"),
            13..15 => command("cancel"),
            15 => {
                let price = ["49.00", "54.5", "0.07"][usize::try_from(chance.below(3)).unwrap()];
                request("price", Method::PUT, format!("/products/{}", chance.key(3)), json!({ "price": price }))
            }
            _ => {
                let amount =
                    ["0.01", "49.00", "98", "199.99", "12.5", "147.02"][usize::try_from(chance.below(6)).unwrap()];
                let invoice = chance.key(newest / 2 + 1);
                let body = json!({ "amount": amount, "reference": "transfer" });
                request("pay", Method::POST, format!("/invoices/{invoice}/pay"), body)
            }
        }
    }
}

/// `ok`, or the code of a refusal that has the right form.
fn outcome(answer: &TestResponse) -> String {
    if answer.status.is_success() {
        return "ok".to_owned();
    }
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    answer.refused(answer.status.as_u16(), &code);
    code
}
