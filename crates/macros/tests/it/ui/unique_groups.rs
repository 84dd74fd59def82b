//! Groups of fields that are unique together.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(unique(naem, code), unique(name), unique(code, code), unique(id, name), unique)]
struct Customer {
    #[entity(key)]
    id: i64,
    name: String,
    code: String,
}

fn main() {}
