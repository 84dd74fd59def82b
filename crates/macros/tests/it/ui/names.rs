//! Names that other things are made from.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(collection = "Customers", plural = "all customers", table = "")]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(column = "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps")]
    name: String,
}

#[derive(Clone, Entity)]
#[entity(renamed_from = "orders")]
struct Order {
    #[entity(key)]
    id: i64,
    #[entity(renamed_from = "amount")]
    amount: i64,
}

fn main() {}
