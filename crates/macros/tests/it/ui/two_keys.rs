//! One key.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(key)]
    code: i64,
}

fn main() {}
