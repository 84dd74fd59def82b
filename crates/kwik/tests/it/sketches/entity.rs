//! Entities: a struct each.

use kwik::prelude::*;

/// Somebody who buys from us.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "customers")]
pub struct Customer {
    #[entity(key)]
    pub id: i64,
    #[entity(length(1..=200))]
    pub name: String,
    #[entity(email, unique)]
    pub email: String,
    #[entity(default = "5000", range("0"..))]
    pub credit_limit: Decimal,
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
