//! Two processes on one database: the limit holds over both, and each letter goes out.

use super::harness::{Caller, Folder, Running, empty};
use crate::shop::{customers, order, products};
use kwik_testkit::database::Engine;
use serde_json::json;
use std::thread;

/// Asks again for as long as the answer is to do so; the status of the one that is not.
fn ask(caller: &Caller, path: &str, body: &str) -> u16 {
    loop {
        let answer = caller.try_ask("POST", path, body).unwrap();
        if answer.status != 503 && !answer.body.contains("contention") {
            return answer.status;
        }
    }
}

#[tokio::test]
async fn of_64_orders_at_two_of_them_ten_fit() {
    let (folder, database) = (Folder::new(), empty(Engine::Postgres).await);
    let instances = [(); 2].map(|()| Running::on(&folder, database.url(), &[]));
    let callers = [instances[0].admin(), instances[1].admin()];
    let mut acme = customers()[0].clone();
    acme["credit_limit"] = json!("490.00");
    callers[0].make("/customers/", &acme);
    callers[0].make("/products/", &products()[0]);
    let body = order(1, &[(1, 1)]).to_string();
    let asked: Vec<_> = (0..64)
        .map(|n| {
            let (caller, body) = (callers[n % 2].clone(), body.clone());
            thread::spawn(move || ask(&caller, "/orders/", &body))
        })
        .collect();
    let answers: Vec<_> = asked.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 10, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 409).count(), 54, "{answers:?}");
    let owed = callers[1].try_ask("GET", "/customers/1", "").unwrap().json();
    assert_eq!(owed["owed"], "490.00");
}
