//! Who uses the example: Ada administers, Clara is a clerk, Victor only looks, Nora may do nothing.

use crate::program::Customer;
use kwik::App;
use kwik_testkit::{Client, TestApp, TestResponse, database::Engine};
use serde_json::{Value, json};

/// What clerks may do.
pub const CLERK: [&str; 3] = ["customers_read", "customers_create", "customers_update"];

/// The example.
pub fn app() -> App {
    App::new().resource::<Customer>()
}

/// The example on a database of its own, with somebody who may do everything.
pub async fn ada(engine: Engine) -> (TestApp, Client) {
    let app = TestApp::start(engine, app).await;
    let ada = app.admin().await;
    (app, ada)
}

/// The same with three customers: Acme (1), Bolt (2) and Cobra (3).
pub async fn ada_and_three_customers(engine: Engine) -> (TestApp, Client) {
    let (app, ada) = ada(engine).await;
    for (name, credit_limit) in [("Acme", "100"), ("Bolt", "20.50"), ("Cobra", "3")] {
        ada.post("/customers/", &customer(name, credit_limit)).await.ok();
    }
    (app, ada)
}

/// The body that makes a customer.
pub fn customer(name: &str, credit_limit: &str) -> Value {
    json!({ "name": name, "email": format!("{}@example.com", name.to_lowercase()), "credit_limit": credit_limit })
}

/// A body without its moments, which are of the right form.
pub fn timeless(mut body: Value) -> Value {
    for name in ["creation_time", "last_modification_time", "at"] {
        if let Some(moment) = body.get_mut(name)
            && let Some(text) = moment.as_str()
        {
            assert!(is_moment(text), "{name}: {text}");
            *moment = json!("some time");
        }
    }
    body
}

/// RFC 3339 in UTC with microseconds.
fn is_moment(text: &str) -> bool {
    text.len() == 27 && text.ends_with('Z') && text.as_bytes()[10] == b'T' && text.as_bytes()[19] == b'.'
}

/// The names in a list.
pub fn names(list: &TestResponse) -> Vec<String> {
    let list = list.ok();
    list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// One wrong member of a body.
pub fn wrong(pointer: &str, code: &str, detail: &str) -> Value {
    json!({ "pointer": pointer, "code": code, "detail": detail })
}

/// One wrong parameter.
pub fn wrong_parameter(parameter: &str, code: &str, detail: &str) -> Value {
    json!({ "parameter": parameter, "code": code, "detail": detail })
}
