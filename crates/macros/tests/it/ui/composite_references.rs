//! A reference holds the whole key of what it refers to.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
struct Place {
    #[entity(key)]
    row: i64,
    #[entity(key)]
    seat: i64,
}

#[derive(Clone, Entity)]
struct Country {
    #[entity(key, given)]
    code: String,
}

#[derive(Clone, Entity)]
struct Ticket {
    #[entity(key)]
    id: i64,
    #[entity(references = Place)]
    place_id: i64,
    #[entity(references = Country)]
    country_id: String,
    #[entity(references = Country, relation = "other")]
    other_country: i64,
}

fn main() {}
