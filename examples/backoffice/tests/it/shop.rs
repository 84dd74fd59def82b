//! The shop that tests begin with, and who works there: Ada administers; clerks take orders, confirm and cancel
//! them; accountants record payments. A clerk with a region reaches what belongs to the customers there.

use crate::{clock::TestClock, letters::Letters};
use http::Method;
use kwik::{App, prelude::Decimal};
use kwik_testkit::{Client, TestApp, TestResponse, database::Engine};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What clerks may do.
pub const CLERK: [&str; 13] = [
    "customers_read",
    "customers_create",
    "customers_update",
    "products_read",
    "orders_read",
    "orders_create",
    "orders_update",
    "orders_delete",
    "orders_confirm",
    "orders_cancel",
    "invoices_read",
    "payments_read",
    "open_invoices_read",
];

/// What accountants may do.
pub const ACCOUNTANT: [&str; 7] = [
    "customers_read",
    "customers_read_credit",
    "orders_read",
    "invoices_read",
    "invoices_pay",
    "payments_read",
    "open_invoices_read",
];

/// The customers: Acme in the north, Brill in the south. Each may owe 1000.
pub const ACME: i64 = 1;
pub const BRILL: i64 = 2;

/// The products: chairs at 49.00 and 199.99, a nail at 0.01, a leaflet for nothing.
pub const CHAIR: i64 = 1;
pub const OFFICE_CHAIR: i64 = 2;
pub const NAIL: i64 = 3;
pub const LEAFLET: i64 = 4;

/// The shop on a database of its own.
pub struct Shop {
    pub app: TestApp,
    pub ada: Client,
    pub letters: Letters,
    pub clock: TestClock,
}

/// The example with the letters and the time of a test.
pub fn app(letters: &Letters, clock: &TestClock) -> App {
    backoffice::app().mailer(letters.clone()).clock(clock.clone())
}

impl Shop {
    /// With the two customers and the four products.
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, |_| {}).await
    }

    /// [`Shop::open`] with other settings.
    pub async fn open_with(engine: Engine, adjust: impl Fn(&mut kwik::Settings)) -> Self {
        let (letters, clock) = (Letters::default(), TestClock::default());
        let app = TestApp::start_with(engine, || app(&letters, &clock), adjust).await;
        let ada = app.admin().await;
        for customer in customers() {
            ada.post("/customers/", &customer).await.ok();
        }
        for product in products() {
            ada.post("/products/", &product).await.ok();
        }
        Self { app, ada, letters, clock }
    }

    pub async fn clerk(&self) -> Client {
        self.app.with_permissions(&CLERK).await
    }

    pub async fn accountant(&self) -> Client {
        self.app.with_permissions(&ACCOUNTANT).await
    }

    /// Somebody with these permissions who sells in the region.
    pub async fn seller(&self, permissions: &[&str], region: &str) -> Client {
        let user = self.app.new_user(permissions).await;
        self.ada.post("/profiles/", &json!({ "user_id": user.id, "region": region })).await.ok();
        self.app.as_user(&user).await
    }

    /// A new open order; its key.
    pub async fn order(&self, customer: i64, lines: &[(i64, i32)]) -> i64 {
        self.ada.post("/orders/", &order(customer, lines)).await.ok()["id"].as_i64().unwrap()
    }

    /// A new order that is confirmed; its key and that of its invoice.
    pub async fn confirmed(&self, customer: i64, lines: &[(i64, i32)]) -> (i64, i64) {
        let order = self.order(customer, lines).await;
        self.ada.post(&format!("/orders/{order}/confirm"), &json!({})).await.ok();
        let found = self.ada.get(&format!("/invoices/?filter_key=order_id&value={order}")).await.ok();
        (order, found["data"][0]["id"].as_i64().unwrap())
    }

    /// Pays so much of an invoice.
    pub async fn pay(&self, invoice: i64, amount: &str) -> TestResponse {
        self.ada.post(&format!("/invoices/{invoice}/pay"), &payment(amount)).await
    }

    /// What a customer owes.
    pub async fn owed(&self, customer: i64) -> Decimal {
        decimal(&self.ada.get(&format!("/customers/{customer}")).await.ok()["owed"])
    }

    /// Where an order stands.
    pub async fn status(&self, order: i64) -> String {
        self.ada.get(&format!("/orders/{order}")).await.ok()["status"].as_str().unwrap().to_owned()
    }

    /// The last record of the audit trail.
    pub async fn last_record(&self) -> i64 {
        self.ada.get("/audit/?sorting=id:desc&limit=1").await.ok()["data"][0]["id"].as_i64().unwrap()
    }

    /// Entity, key and action of the records of rows after one of the audit trail.
    pub async fn records_since(&self, record: i64) -> Value {
        let filter = encoded(&format!("id > {record} AND entity != access"));
        pick(
            &self.ada.get(&format!("/audit/?sorting=id&filter={filter}")).await.ok()["data"],
            &["entity", "entity_key", "action"],
        )
    }
}

/// The bodies that make the customers.
pub fn customers() -> [Value; 2] {
    [("Acme", "north"), ("Brill", "south")].map(|(name, region)| customer(name, region))
}

/// The body that makes a customer.
pub fn customer(name: &str, region: &str) -> Value {
    let email = format!("office@{}.example", name.to_lowercase());
    json!({ "name": name, "email": email, "region": region, "credit_limit": "1000" })
}

/// The bodies that make the products.
pub fn products() -> [Value; 4] {
    [
        ("CHR-001", "Kitchen chair", "49.00"),
        ("CHR-002", "Office chair", "199.99"),
        ("NAI-001", "Nail", "0.01"),
        ("LEA-001", "Leaflet", "0"),
    ]
    .map(|(sku, name, price)| json!({ "sku": sku, "name": name, "price": price }))
}

/// The body that makes an order: products and how many of each.
pub fn order(customer: i64, lines: &[(i64, i32)]) -> Value {
    json!({ "customer_id": customer, "lines": self::lines(lines) })
}

/// Lines: products and how many of each.
pub fn lines(lines: &[(i64, i32)]) -> Value {
    lines.iter().map(|(product, quantity)| json!({ "product_id": product, "quantity": quantity })).collect()
}

/// The body of a payment.
pub fn payment(amount: &str) -> Value {
    json!({ "amount": amount, "reference": "transfer" })
}

/// A command with an idempotency key.
pub async fn keyed(client: &Client, path: &str, key: &str, body: &Value) -> TestResponse {
    client.json(Method::POST, path, &[("Idempotency-Key", key)], body).await
}

pub fn is_replayed(answer: &TestResponse) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

/// An amount of a body.
#[track_caller]
pub fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("no amount: {value}")).parse().unwrap()
}

/// Members of the objects in a list.
#[track_caller]
pub fn pick(list: &Value, names: &[&str]) -> Value {
    let objects = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    objects.iter().map(|object| names.iter().map(|name| object[*name].clone()).collect::<Value>()).collect()
}

/// The values of one field in a list.
#[track_caller]
pub fn listed(list: &TestResponse, field: &str) -> Value {
    list.ok()["data"].as_array().unwrap().iter().map(|row| row[field].clone()).collect()
}

/// Where something is wrong in a body, and what.
#[track_caller]
pub fn wrong(answer: &TestResponse) -> Value {
    pick(&answer.refused(422, "invalid")["errors"], &["pointer", "code"])
}

/// A filter as a part of an address.
pub fn encoded(filter: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    filter.bytes().map(letter).collect()
}

/// The answers to requests that are all made at once.
pub async fn at_once<F>(number: usize, request: impl Fn(usize) -> F) -> Vec<TestResponse>
where
    F: Future<Output = TestResponse> + Send + 'static,
{
    (0..number).map(request).collect::<JoinSet<_>>().join_all().await
}

/// Asks again for as long as the answer is to do so: nothing was done then.
pub async fn patiently<F: Future<Output = TestResponse>>(request: impl Fn() -> F) -> TestResponse {
    loop {
        let answer = request().await;
        let again = match answer.status.as_u16() {
            409 => answer.json()["code"] == "contention",
            503 => true,
            _ => false,
        };
        if !again {
            return answer;
        }
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
        tokio::task::yield_now().await;
    }
}
