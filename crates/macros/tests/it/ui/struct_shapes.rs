//! Only structs with named fields and without generics are entities.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Tuple(i64);

#[derive(Clone, Entity)]
struct Unit;

#[derive(Clone, Entity)]
enum Either {
    One,
}

#[derive(Clone, Entity)]
struct Generic<T> {
    #[entity(key)]
    id: T,
}

fn main() {}
