//! Every entity has a key.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    id: i64,
    name: String,
}

fn main() {}
