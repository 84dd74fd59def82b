//! A program over a business table that Kwik in Python made: built with the feature `takeover`, it has the
//! command that takes over the users.

use kwik::prelude::*;

/// An order. The table is older than the program, and has names of its own.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "orders", table = "shop_orders")]
pub struct Order {
    /// Identity.
    #[entity(key)]
    pub id: i64,
    /// Number.
    #[entity(column = "order_no", length(1..=20))]
    pub number: String,
    /// What is to be paid.
    pub total: Decimal,
}

fn main() -> kwik::Result<()> {
    App::new().resource::<Order>().main()
}
