//! The key comes first.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    name: String,
    #[entity(key)]
    id: i64,
}

fn main() {}
