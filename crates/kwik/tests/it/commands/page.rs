//! The code that the page about commands shows, and that it works.

use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;
use std::{
    fs,
    path::Path as FilePath,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

/// Somebody who buys from us.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "customers")]
pub struct Customer {
    #[entity(key)]
    pub id: i64,
    #[entity(range("0"..))]
    pub credit: Decimal,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, FieldType)]
pub enum Status {
    Open,
    Confirmed,
}

/// What somebody buys.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "orders")]
pub struct Order {
    #[entity(key)]
    pub id: i64,
    #[entity(indexed, create_only)]
    pub customer_id: i64,
    #[entity(range("0"..))]
    pub total: Decimal,
    #[entity(read_only, default = "open")]
    pub status: Status,
}

/// Open orders together do not exceed the customer's credit.
struct CreditLimit {
    told: Arc<AtomicUsize>,
}

const ALL: Page = Page { skip: 0, limit: 1000 };

#[async_trait]
impl Rule<Order> for CreditLimit {
    async fn before_create(&self, ctx: &Ctx, work: &mut Work, order: &mut OrderCreate) -> Result<()> {
        // All orders count, also those that the actor may not see.
        let ctx = &ctx.elevated();
        // Locked: of two orders of one customer, the second one waits for the first.
        let customer = work.repository::<Customer>().find_for_update(ctx, order.customer_id).await?;
        let customer = customer.ok_or(RuleViolation::new("no_customer", "there is no such customer"))?;
        let open = Order::CUSTOMER_ID.eq(customer.id) & Order::STATUS.eq(Status::Open);
        let orders = work.repository::<Order>().list(ctx, &open, &[], ALL).await?;
        let owed: Decimal = orders.iter().map(|order| order.total).sum();
        if owed + order.total > customer.credit {
            return Err(RuleViolation::new("credit_exceeded", "the order exceeds the customer's credit").into());
        }
        Ok(())
    }

    async fn committed(&self, _: &Ctx, _: &Data, change: &Committed<Order>) -> Result<()> {
        if let Committed::Created(order) = change {
            self.tell(order);
        }
        Ok(())
    }
}

impl CreditLimit {
    fn tell(&self, _: &Order) {
        self.told.fetch_add(1, SeqCst);
    }
}

/// Confirms an order: it takes up the customer's credit.
#[derive(Debug)]
pub struct Confirm {
    pub id: i64,
}

#[async_trait]
impl Command for Confirm {
    type Answer = Stored<Order>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Order>> {
        let order = work.repository::<Order>().find_for_update(ctx, self.id).await?;
        let order = order.ok_or(Error::NotFound { entity: "orders", key: self.id.to_string() })?;
        if order.status != Status::Open {
            return Err(RuleViolation::new("not_open", "only open orders are confirmed").into());
        }
        // Whoever may confirm need not be allowed to change customers.
        let ctx = &ctx.elevated();
        let customer = work.repository::<Customer>().find_for_update(ctx, order.customer_id).await?;
        let customer = customer.ok_or(RuleViolation::new("no_customer", "there is no such customer"))?;
        let less = CustomerUpdate { credit: Some(customer.credit - order.total) };
        work.update::<Customer>(ctx, customer.id, None, less).await?;
        let confirmed = OrderUpdate { status: Some(Status::Confirmed), ..OrderUpdate::default() };
        work.update::<Order>(ctx, order.id, None, confirmed).await
    }
}

permission!(pub ConfirmOrders = "orders_confirm");

struct Orders {
    data: Data,
}

#[OpenApi]
impl Orders {
    /// Confirm an order.
    #[oai(path = "/orders/:id/confirm", method = "post", operation_id = "confirmOrder")]
    async fn confirm(&self, ctx: Allow<ConfirmOrders>, once: Once, id: Path<i64>) -> ApiResult<Replayed<Json<Order>>> {
        once.run(&ctx, &self.data, &Confirm { id: id.0 }).await
    }
}

/// How many orders are open.
#[derive(Debug)]
pub struct CountOpen;

#[async_trait]
impl Command for CountOpen {
    type Answer = u64;
    const ISOLATION: Isolation = Isolation::Serializable;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<u64> {
        work.repository::<Order>().count(ctx, &Order::STATUS.eq(Status::Open)).await
    }
}

fn app(told: &Arc<AtomicUsize>) -> App {
    App::new()
        .resource::<Customer>()
        .resource::<Order>()
        .rule::<Order>(CreditLimit { told: told.clone() })
        .api(|services| Orders { data: services.data.clone() })
        .idempotent_commands()
}

on_each_engine! {
    async fn the_code_of_the_page_does_what_the_page_says(engine) {
        let told = Arc::new(AtomicUsize::new(0));
        let app = TestApp::start(engine, || app(&told)).await;
        let admin = app.admin().await;
        admin.post("/customers/", &json!({ "credit": "100" })).await.ok();
        admin.post("/orders/", &json!({ "customer_id": 1, "total": "60" })).await.ok();
        admin.post("/orders/", &json!({ "customer_id": 1, "total": "60" })).await.refused(409, "credit_exceeded");
        assert_eq!(told.load(SeqCst), 1);
        for replayed in [None, Some("true")] {
            let key = [("Idempotency-Key", "6f1c")];
            let answer = admin.json(http::Method::POST, "/orders/1/confirm", &key, &json!({})).await;
            assert_eq!((&answer.ok()["status"], answer.header("idempotency-replayed")), (&json!("confirmed"), replayed));
        }
        admin.post("/orders/1/confirm", &json!({})).await.refused(409, "not_open");
        assert_eq!(admin.get("/customers/1").await.ok()["credit"], "40");
        let open = app.service().services.data.run(&app.system(), &CountOpen).await;
        assert_eq!(open.unwrap(), 0);
    }
}

/// The text without what indents its lines.
fn flat(text: &str) -> String {
    text.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

#[test]
fn the_page_shows_the_code_as_it_is() {
    let here = FilePath::new(env!("CARGO_MANIFEST_DIR"));
    let source = flat(&fs::read_to_string(here.join("tests/it/commands/page.rs")).unwrap());
    let page = fs::read_to_string(here.join("../../docs/commands.md")).unwrap();
    let blocks: Vec<_> = page.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 5, "{}", blocks.len());
    for block in blocks {
        assert!(source.contains(&flat(block)), "is not the code any more:\n{block}");
    }
}
