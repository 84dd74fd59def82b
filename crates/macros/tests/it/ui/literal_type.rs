//! Literals without quotes say what they are for.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(default = 5)]
    name: String,
    #[entity(default = true)]
    count: i32,
    #[entity(default = 0.5)]
    whole: i64,
    #[entity(example = 1)]
    active: bool,
    #[entity(range(0.5..))]
    number: i64,
}

fn main() {}
