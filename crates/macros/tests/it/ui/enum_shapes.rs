//! What a field type can be made of.
use kwik_domain::FieldType;

#[derive(Clone, FieldType)]
enum Empty {}

#[derive(Clone, FieldType)]
enum WithFields {
    None,
    Some(i64),
    Named { value: i64 },
}

#[derive(Clone, FieldType)]
enum Generic<T> {
    One(T),
}

#[derive(Clone, FieldType)]
struct Named {
    value: i64,
}

#[derive(Clone, FieldType)]
struct Two(i64, i64);

#[derive(Clone, FieldType)]
struct Unit;

fn main() {}
