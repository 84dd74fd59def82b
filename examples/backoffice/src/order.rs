//! What a customer wants.

use crate::{customer::Customer, product::Product};
use kwik::prelude::*;

/// Where an order stands: open → confirmed → settled; open or confirmed → cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FieldType)]
pub enum OrderStatus {
    Open,
    Confirmed,
    Settled,
    Cancelled,
}

/// What a customer wants, with its lines.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "orders", children(lines = OrderLine::ORDER_ID))]
pub struct Order {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Customer, create_only)]
    pub customer_id: i64,
    #[entity(length(..=500), search)]
    pub note: Option<String>,
    #[entity(read_only, default = "open")]
    pub status: OrderStatus,
    /// The sum of the lines.
    #[entity(read_only, default = "0")]
    pub total: Decimal,
}

/// So many of a product. Whoever may do something to orders may do it to their lines.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "order_lines", permissions = "orders", unique(order_id, product_id))]
pub struct OrderLine {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Order, on_delete = "cascade", create_only)]
    pub order_id: i64,
    #[entity(references = Product)]
    pub product_id: i64,
    #[entity(range(1..=1000))]
    pub quantity: i32,
    /// What the product cost when the line was written.
    #[entity(read_only, default = "0")]
    pub unit_price: Decimal,
}
