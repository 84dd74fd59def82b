//! A process is killed amid orders, confirmations and payments. Afterwards the money is right, each confirmation that
//! was committed is told to its customer, and none that was not.

use super::harness::{Caller, Folder, Running, empty};
use crate::{
    books::Books,
    clock::TestClock,
    letters::Letters,
    shop::{app, customers, lines, payment, products},
    simulated_clerk::Chance,
};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;
use std::{collections::BTreeSet, sync::mpsc, thread, time::Duration};

const CLERKS: u64 = 8;
/// Confirmations that were answered before the process is killed.
const ENOUGH: usize = 25;

/// Takes orders, confirms them, and takes money or cancels, until nobody answers. Reports each confirmation.
fn work(caller: &Caller, seed: u64, confirmed: &mpsc::Sender<i64>) -> Option<()> {
    let mut chance = Chance::new(seed);
    loop {
        let ask = |method: &str, path: &str, body: serde_json::Value| {
            let answer = caller.try_ask(method, path, &body.to_string()).ok()?;
            assert!([200, 201, 409, 503].contains(&answer.status), "{path}: {}", answer.body);
            Some(answer)
        };
        let order = json!({ "customer_id": chance.key(2), "lines": lines(&[(1, 1), (chance.key(3) + 1, 2)]) });
        let made = ask("POST", "/orders/", order)?;
        if made.status != 201 {
            continue;
        }
        let order = made.json()["id"].as_i64().unwrap();
        if chance.below(4) == 0 {
            ask("PUT", &format!("/orders/{order}"), json!({ "lines": chance.lines() }))?;
        }
        if ask("POST", &format!("/orders/{order}/confirm"), json!({}))?.status == 200 {
            let _ = confirmed.send(order);
        }
        if chance.below(4) == 0 {
            ask("POST", &format!("/orders/{order}/cancel"), json!({}))?;
            continue;
        }
        let invoices = ask("GET", &format!("/invoices/?filter_key=order_id&value={order}"), json!(null))?.json();
        let Some(invoice) = invoices["data"][0]["id"].as_i64() else { continue };
        let outstanding = invoices["data"][0]["outstanding"].as_str().unwrap().to_owned();
        for amount in ["0.01", &outstanding, "49.00"] {
            ask("POST", &format!("/invoices/{invoice}/pay"), payment(amount))?;
        }
    }
}

/// The subjects of the letters in the log of development, of the lines that are whole.
fn logged(log: &str) -> Vec<String> {
    let whole = log.lines().filter(|line| line.contains(" a letter "));
    let subjects = whole.filter_map(|line| line.split_once("subject=")?.1.split_once(" text="));
    subjects.map(|(subject, _)| subject.to_owned()).collect()
}

on_each_engine! {
    async fn what_was_answered_lasts_and_what_was_confirmed_is_told(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let running = Running::on(&folder, database.url(), &[]);
        let admin = running.admin();
        for mut customer in customers() {
            customer["credit_limit"] = json!("1000000");
            admin.make("/customers/", &customer);
        }
        for product in products() {
            admin.make("/products/", &product);
        }
        let (report, reports) = mpsc::channel();
        let clerks: Vec<_> = (0..CLERKS)
            .map(|seed| {
                let (caller, report) = (admin.clone(), report.clone());
                thread::spawn(move || work(&caller, seed, &report))
            })
            .collect();
        drop(report);
        let mut answered: Vec<i64> = reports.iter().take(ENOUGH).collect();
        let log = running.kill();
        for clerk in clerks {
            clerk.join().unwrap();
        }
        answered.extend(reports);
        assert!(answered.len() >= ENOUGH);
        // The next start: later, so that nobody is thought to be at work on a letter still.
        let (letters, clock) = (Letters::default(), TestClock::default());
        clock.pass(Duration::from_hours(1));
        let app = TestApp::start_on(database, app(&letters, &clock), |_| {}).await.unwrap();
        app.deliver_all().await;
        let books = Books::read(&app).await;
        books.must_be_right();
        let confirmed: BTreeSet<i64> = books.told("order_confirmed").into_iter().collect();
        let lost: Vec<_> = answered.iter().filter(|order| !confirmed.contains(order)).collect();
        assert!(lost.is_empty(), "confirmed by an answer, and lost: {lost:?}");
        let before = logged(&log);
        eprintln!("{engine}: {} answered, {} committed, {} letters before the end, {} after it", answered.len(), confirmed.len(), before.len(), letters.all().len());
        let told: BTreeSet<_> = before.into_iter().chain(letters.subjects()).collect();
        assert_eq!(told, confirmed.iter().map(|order| format!("Order {order}")).collect());
        assert!(books.deliveries.is_empty());
    }
}
