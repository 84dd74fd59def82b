//! A key is given by the framework: nothing that constrains what clients give.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key, default = 0, unique, read_only)]
    id: i64,
}

fn main() {}
