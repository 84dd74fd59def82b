//! Validation functions have the signatures that are asked for.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(validate = whole)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(validate = missing)]
    name: String,
}

fn whole(_: &Customer) -> bool {
    true
}

fn main() {}
