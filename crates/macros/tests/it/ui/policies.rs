use kwik_domain::Entity;

#[derive(Clone, Debug, Entity)]
#[entity(collection = "tickets", owner(clark_id), profile(user_id, name))]
struct Ticket {
    #[entity(key, guard = "keys")]
    id: i64,
    clerk_id: i64,
    #[entity(guard = "Big Costs")]
    price: i64,
    #[entity(hidden, default = "0", guard = "costs")]
    hours: i64,
    #[entity(guard = "own")]
    mine: i64,
}

#[derive(Clone, Debug, Entity)]
#[entity(collection = "notes", owner(author))]
struct Note {
    #[entity(key)]
    id: i64,
    author: String,
}

#[derive(Clone, Debug, Entity)]
#[entity(collection = "people", profile(user_id))]
struct Person {
    #[entity(key)]
    id: i64,
    user_id: i64,
}

fn main() {}
