//! Names of variants.
use kwik_domain::FieldType;

#[derive(Clone, FieldType)]
enum Tier {
    Basic,
    #[field(name = "basic")]
    Gold,
    #[field(name = " silver")]
    Silver,
    #[field(nme = "x")]
    Bronze,
    #[field(name)]
    Lead,
}

#[derive(Clone, FieldType)]
#[field(validate = check, rename = "x")]
enum Other {
    One,
}

fn main() {}
