//! The seed's example: a complete API for customers.

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

fn main() -> kwik::Result<()> {
    kwik::App::new().migrations(kwik::migrations!()).resource::<Customer>().main()
}
