//! Attributes that need text.
use kwik_domain::{Entity, FieldType};

#[derive(Clone, FieldType)]
enum Tier {
    Basic,
}

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(length(1..=20))]
    a: i64,
    #[entity(email)]
    b: bool,
    #[entity(trim)]
    c: Option<i32>,
    #[entity(lowercase)]
    d: Tier,
}

fn main() {}
