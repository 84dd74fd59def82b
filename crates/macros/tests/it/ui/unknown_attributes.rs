//! Unknown attributes name the allowed ones, and what was perhaps meant; all at once.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(colection = "customers", soft_delete)]
struct Customer {
    #[entity(key)]
    id: i64,
    #[entity(lenght(1..=20))]
    name: String,
    #[entity(primary)]
    code: String,
}

fn main() {}
