//! Columns that are there already.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    version: i64,
    #[entity(column = "creation_time")]
    created: i64,
    name: String,
    #[entity(column = "name")]
    title: String,
}

fn main() {}
