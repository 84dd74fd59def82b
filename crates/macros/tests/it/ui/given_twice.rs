//! An attribute is given once, in however many brackets.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(collection = "a", collection = "b")]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(trim)]
    #[entity(trim)]
    name: String,
}

fn main() {}
