//! Newtypes.
use kwik_domain::FieldType;

#[derive(Clone, FieldType)]
struct Nullable(Option<i64>);

#[derive(Clone, FieldType)]
#[field(name = "x")]
struct Email(#[field(validate = check)] String);

#[derive(Clone, FieldType)]
struct List(std::collections::BTreeSet<String>);

fn main() {}
