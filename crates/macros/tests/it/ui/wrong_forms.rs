//! Attributes in another form than theirs.
use kwik_domain::Entity;

#[derive(Clone, Entity)]
#[entity(table = customers, max_limit = "many", unaudited = true, validate = "path")]
struct Customer {
    #[entity(key = true)]
    id: i64,
    #[entity(length = 20)]
    a: String,
    #[entity(length(20))]
    b: String,
    #[entity(default)]
    c: String,
    #[entity(default = make())]
    d: String,
    #[entity(validate("path"))]
    e: String,
    #[entity]
    f: String,
    #[entity(label = 'x')]
    g: String,
    #[entity(default = 5i64)]
    h: i64,
}

fn main() {}
