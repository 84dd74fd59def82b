//! A range needs something that has an order that people know.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(range("a".."z"))]
    name: String,
    #[entity(range("false"..))]
    active: Option<bool>,
}

fn main() {}
