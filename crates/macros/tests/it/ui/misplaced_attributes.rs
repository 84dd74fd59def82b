//! Attributes of the struct on a field, and the other way round.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(read_only)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(table = "names")]
    name: String,
}

fn main() {}
