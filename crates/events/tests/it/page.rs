//! The page about events shows this code and no other.

use kwik::{
    domain::{AuditSink, Mail, MailError, Mailer, Secret, SinkError, access::AuditEntry},
    events::JsonLines,
    prelude::*,
};
use kwik_testkit::{TestApp, on_each_engine};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

/// What somebody buys.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "orders")]
pub struct Order {
    #[entity(key)]
    pub id: i64,
    #[entity(email)]
    pub email: String,
    #[entity(read_only, default = false)]
    pub is_confirmed: bool,
}

/// An order was confirmed.
#[derive(Serialize, Deserialize)]
pub struct OrderConfirmed {
    pub email: String,
}

impl Event for OrderConfirmed {
    const NAME: &'static str = "order_confirmed";
}

/// Confirms an order.
#[derive(Debug)]
pub struct ConfirmOrder {
    pub id: i64,
}

#[async_trait]
impl Command for ConfirmOrder {
    type Answer = Stored<Order>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Order>> {
        let change = OrderUpdate { is_confirmed: Some(true), ..OrderUpdate::default() };
        let order = work.update::<Order>(ctx, self.id, None, change).await?;
        work.raise(ctx, &order, OrderConfirmed { email: order.email.clone() }).await?;
        Ok(order)
    }
}

/// Sends letters that confirm orders.
pub struct Confirmations {
    pub mailer: Arc<dyn Mailer>,
}

#[async_trait]
impl Handler<OrderConfirmed> for Confirmations {
    async fn handle(&self, _: &Ctx, _: &Data, order: &Arc<Delivered<OrderConfirmed>>) -> Result<()> {
        let letter = Mail {
            to: order.event.email.clone(),
            subject: format!("Order {} is confirmed", order.entity_key),
            text: Secret::new("Thank you!\n"),
        };
        self.mailer.send(letter).await.map_err(|error| Error::Internal(error.to_string()))
    }
}

/// Sends records to a collector of logs.
pub struct Collector;

#[async_trait]
impl AuditSink for Collector {
    fn name(&self) -> &'static str {
        "collector"
    }

    async fn take(&self, entry: &AuditEntry) -> Result<(), SinkError> {
        send(entry).await.map_err(|error| SinkError(error.to_string()))
    }
}

async fn send(_: &AuditEntry) -> std::io::Result<()> {
    Ok(())
}

fn app(mailer: Arc<dyn Mailer>) -> App {
    App::new().resource::<Order>().on::<OrderConfirmed>("send_confirmation", Confirmations { mailer })
}

fn with_sinks(app: App, path: &Path) -> App {
    app.audit_sink(JsonLines::file(path)).audit_sink(Collector)
}

#[derive(Clone, Default)]
struct Letters(Arc<Mutex<Vec<Mail>>>);

#[async_trait]
impl Mailer for Letters {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.0.lock().unwrap().push(mail);
        Ok(())
    }
}

on_each_engine! {
    async fn the_page_tells_the_truth(engine) {
        let letters = Letters::default();
        let path = std::env::temp_dir().join(format!("kwik-audit-{}.jsonl", Uuid::new_v4().simple()));
        let app = TestApp::start(engine, || with_sinks(app(Arc::new(letters.clone())), &path)).await;
        let order = serde_json::json!({ "email": "ann@example.com" });
        app.admin().await.post("/orders/", &order).await.ok();
        app.service().services.data.run(&app.system(), &ConfirmOrder { id: 1 }).await.unwrap();
        app.deliver_all().await;
        assert_eq!(letters.0.lock().unwrap().len(), 1);
        assert_eq!(letters.0.lock().unwrap()[0].subject, "Order 1 is confirmed");
        assert!(fs::read_to_string(&path).unwrap().contains("\"entity\":\"orders\""));
        fs::remove_file(path).unwrap();
    }
}

/// The text without what indents its lines.
fn flat(text: &str) -> String {
    text.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

#[test]
fn the_page_shows_the_code_as_it_is() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = flat(&fs::read_to_string(here.join("tests/it/page.rs")).unwrap());
    let page = fs::read_to_string(here.join("../../docs/events.md")).unwrap();
    let blocks: Vec<_> = page.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 5, "{}", blocks.len());
    for block in blocks {
        assert!(source.contains(&flat(block)), "is not this code any more:\n{block}");
    }
}
