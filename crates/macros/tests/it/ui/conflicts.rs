//! Attributes that contradict each other.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(read_only, write_only)]
    a: Option<i64>,
    #[entity(hidden, write_only)]
    b: Option<i64>,
    #[entity(hidden, read_only)]
    c: Option<i64>,
    #[entity(create_only, read_only)]
    d: Option<i64>,
    #[entity(create_only, hidden)]
    g: Option<i64>,
    #[entity(unique, indexed)]
    e: i64,
    #[entity(length(1..), range(1..))]
    f: String,
}

fn main() {}
