//! The fields of a key.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Apart {
    #[entity(key)]
    one: i64,
    name: String,
    #[entity(key)]
    other: i64,
}

#[derive(Clone, Entity)]
struct GivenTwice {
    #[entity(key, given)]
    one: i64,
    #[entity(key)]
    other: i64,
}

#[derive(Clone, Entity)]
struct Many {
    #[entity(key)]
    a: i64,
    #[entity(key)]
    b: i64,
    #[entity(key)]
    c: i64,
    #[entity(key)]
    d: i64,
    #[entity(key)]
    e: i64,
}

#[derive(Clone, Entity)]
struct Constrained {
    #[entity(key, range(1..), default = 1, indexed)]
    one: i64,
    #[entity(key, unique)]
    other: i64,
}

#[derive(Clone, Entity)]
struct Generated {
    #[entity(key, range(1..))]
    id: i64,
    #[entity(given)]
    name: String,
}

fn main() {}
