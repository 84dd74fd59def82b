//! Rows that refer to others: what may be referred to, and what deleting the other side does.

mod race;
mod refer;
mod remove;
mod views;

use kwik::prelude::*;
use kwik_testkit::Client;
use serde_json::Value;

/// Somebody who buys.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "customers")]
pub struct Customer {
    #[entity(key)]
    pub id: i64,
    pub name: String,
    #[entity(default = "north")]
    pub region: String,
}

/// What somebody buys; customers with orders stay.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "orders")]
pub struct Order {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Customer)]
    pub customer_id: i64,
    #[entity(references = Customer, on_delete = "set_null")]
    pub payer_id: Option<i64>,
}

/// A part of an order, which goes with it.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "order_lines")]
pub struct OrderLine {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Order, on_delete = "cascade")]
    pub order_id: i64,
    #[entity(references = Product, on_delete = "set_null")]
    pub product_id: Option<i64>,
}

/// What is said of a line goes with it.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "remarks")]
pub struct Remark {
    #[entity(key)]
    pub id: Uuid,
    #[entity(references = OrderLine, on_delete = "cascade")]
    pub line_id: i64,
}

/// What can be bought.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "products")]
pub struct Product {
    #[entity(key)]
    pub id: i64,
    pub name: String,
}

/// Part of a tree, or of a ring.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "nodes")]
pub struct Node {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Node, on_delete = "cascade")]
    pub parent_id: Option<i64>,
}

/// A program with all of them; without a permission of its own, one stays with the customers of the north.
pub fn app() -> App {
    App::new()
        .resource::<Customer>()
        .resource::<Order>()
        .resource::<OrderLine>()
        .resource::<Remark>()
        .resource::<Product>()
        .resource::<Node>()
        .policy(Rows::of::<Customer>(Customer::REGION.eq("north")).unless("customers_anywhere"))
}

/// What the trail says of all changes after the first so many records: `delete orders/1`, the first first.
pub async fn trail(admin: &Client, after: usize) -> Vec<String> {
    let page = admin.get("/audit/?limit=1000&sorting=id").await.ok();
    let record = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        format!("{} {}/{}", text("action"), text("entity"), text("entity_key"))
    };
    page["data"].as_array().unwrap().iter().map(record).filter(|line| !line.contains(" users/")).skip(after).collect()
}
