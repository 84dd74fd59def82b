//! Ranges that nothing is in, or everything.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(max_limit = 0)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(range(10..=1))]
    a: i64,
    #[entity(range(1..1))]
    b: i64,
    #[entity(range(..))]
    c: i64,
    #[entity(length(5..=2))]
    d: String,
    #[entity(length(..0))]
    e: String,
    #[entity(length(-1..=5))]
    f: String,
    #[entity(range("2026-02-01"..="2026-01-01"))]
    g: String,
    #[entity(range(true..))]
    h: bool,
}

fn main() {}
