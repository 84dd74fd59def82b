//! Arrays hold scalars, none of them null.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Nested {
    #[entity(key)]
    id: i64,
    a: Vec<Vec<i32>>,
}

#[derive(Clone, Entity)]
struct Gaps {
    #[entity(key)]
    id: i64,
    a: Vec<Option<i32>>,
}

fn main() {}
