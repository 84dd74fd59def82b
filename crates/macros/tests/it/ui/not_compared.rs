//! Bytes, JSON and arrays are not compared and have no default; arrays hold scalars.
use kwik_domain::{Entity, FieldType};

#[derive(Clone, Debug, FieldType)]
struct Tags(Vec<String>);

#[derive(Clone, Entity)]
struct Document {
    #[entity(key)]
    id: i64,
    #[entity(unique)]
    a: serde_json::Value,
    #[entity(indexed)]
    b: Vec<u8>,
    #[entity(default = "[]")]
    c: Tags,
    #[entity(range("a"..))]
    d: Vec<i64>,
    #[entity(length(..=3))]
    e: serde_json::Value,
    #[entity(pattern = "[a-z]+")]
    f: Vec<String>,
}

fn main() {}
