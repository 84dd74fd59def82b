//! What no client gives must come from somewhere.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(read_only)]
    count: i64,
    #[entity(hidden)]
    hash: String,
}

fn main() {}
