//! Eight clerks work at once and do a thousand things. Afterwards the money is right to the last cent, and the audit
//! trail and the events say what has happened, no more and no less.

use crate::{
    books::Books,
    shop::{ACME, BRILL, Shop},
    simulated_clerk::{Answers, Desk, SimulatedClerk},
};
use kwik_testkit::on_each_engine;
use serde_json::json;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

const CLERKS: u64 = 8;
const OPERATIONS: usize = 125;

/// The answers that there may be.
const EXPECTED: [&str; 22] = [
    "create ok",
    "create credit_exceeded",
    "change ok",
    "change credit_exceeded",
    "change order_not_open",
    "change not_found",
    "delete ok",
    "delete order_not_open",
    "delete not_found",
    "confirm ok",
    "confirm order_not_open",
    "confirm order_empty",
    "confirm not_found",
    "cancel ok",
    "cancel order_closed",
    "cancel invoice_paid",
    "cancel not_found",
    "pay ok",
    "pay overpaid",
    "pay invoice_not_open",
    "pay not_found",
    "price ok",
];

async fn a_day(shop: &Shop, seed: u64) -> Answers {
    let desk = Desk::default();
    let clerks: JoinSet<_> =
        (0..CLERKS).map(|clerk| SimulatedClerk::new(shop, &desk, seed + clerk).work(OPERATIONS)).collect();
    let mut all = Answers::new();
    for (answer, times) in clerks.join_all().await.into_iter().flatten() {
        *all.entry(answer).or_default() += times;
    }
    all
}

on_each_engine! {
    async fn money_is_neither_made_nor_lost(engine) {
        let shop = Shop::open(engine).await;
        for customer in [ACME, BRILL] {
            shop.ada.put(&format!("/customers/{customer}"), &json!({ "credit_limit": "2000" })).await.ok();
        }
        let answers = a_day(&shop, 2026).await;
        eprintln!("{engine}: {answers:?}");
        let unexpected: Vec<_> = answers.keys().filter(|answer| !EXPECTED.contains(&answer.as_str())).collect();
        assert!(unexpected.is_empty(), "{unexpected:?}");
        let done = |kind: &str| answers.get(&format!("{kind} ok")).copied().unwrap_or_default();
        for kind in ["create", "change", "delete", "confirm", "cancel", "pay", "price"] {
            assert!(done(kind) > 0, "a day without {kind} proves nothing: {answers:?}");
        }
        shop.app.deliver_all().await;
        let books = Books::read(&shop.app).await;
        books.must_be_right();
        // What was answered is what was written.
        assert_eq!(books.records("orders", "create"), done("create"));
        assert_eq!(books.records("orders", "delete"), done("delete"));
        assert_eq!(books.records("invoices", "create"), done("confirm"));
        assert_eq!(books.records("payments", "create"), done("pay"));
        let settled = books.told("invoice_paid").len();
        assert!(settled > 0, "{answers:?}");
        assert_eq!(books.records("orders", "update"), done("change") + done("confirm") + done("cancel") + settled);
        assert_eq!(books.records("invoices", "update"), done("pay") + books.records("invoices", "create") - open_or_paid(&books));
        // Each confirmation was told, and nothing is left to be.
        let told: BTreeSet<_> = shop.letters.subjects().into_iter().collect();
        let confirmed: BTreeSet<_> = books.told("order_confirmed").iter().map(|order| format!("Order {order}")).collect();
        assert_eq!((told.len(), &told), (done("confirm"), &confirmed));
        assert!(books.deliveries.is_empty(), "{:?}", books.deliveries);
    }
}

/// How many invoices were not voided.
fn open_or_paid(books: &Books) -> usize {
    books.invoices.iter().filter(|invoice| invoice.status != backoffice::invoice::InvoiceStatus::Void).count()
}
