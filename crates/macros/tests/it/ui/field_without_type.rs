//! A field's type says what it is as a field; not every type does.
use kwik_domain::Entity;

#[derive(Clone, Debug)]
struct Colour;

#[derive(Clone, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    colour: Colour,
}

fn main() {}
