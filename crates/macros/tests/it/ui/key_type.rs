//! What a key can be.
use kwik_domain::Entity;
use rust_decimal::Decimal;

#[derive(Clone, Entity)]
struct Text {
    #[entity(key)]
    id: String,
}

#[derive(Clone, Entity)]
struct Nullable {
    #[entity(key)]
    id: Option<i64>,
}

#[derive(Clone, Entity)]
struct Amount {
    #[entity(key, given)]
    amount: Decimal,
}

#[derive(Clone, Entity)]
struct NullablePart {
    #[entity(key)]
    one: i64,
    #[entity(key)]
    other: Option<i64>,
}

#[derive(Clone, Entity)]
struct TextPart {
    #[entity(key)]
    one: i64,
    #[entity(key)]
    other: String,
}

fn main() {}
