//! What a key can be.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Text {
    #[entity(key)]
    id: String,
}

#[derive(Clone, Entity)]
struct Nullable {
    #[entity(key)]
    id: Option<i64>,
}

fn main() {}
