//! An entity with a field of every kind, each once more as an option.

use kwik::prelude::{App, DateTime, Decimal, Entity, FieldType, NaiveDate, NaiveTime, Utc, Uuid};
use serde_json::{Value, json};

/// An enum.
#[derive(Clone, Copy, Debug, PartialEq, FieldType)]
pub enum Tier {
    Basic,
    GoldPlus,
    #[field(name = "n/a")]
    NotKnown,
}

/// A newtype that has something to say about its values.
#[derive(Clone, Debug, PartialEq, FieldType)]
#[field(validate = Code::check)]
pub struct Code(pub String);

impl Code {
    fn check(text: &str) -> Result<(), &'static str> {
        if text.starts_with("C-") { Ok(()) } else { Err("must begin with C-") }
    }
}

/// A newtype over an array.
#[derive(Clone, Debug, PartialEq, FieldType)]
pub struct Codes(pub Vec<Code>);

/// A field of every kind. Its key is a UUID, made by the program.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "things")]
pub struct Thing {
    #[entity(key)]
    pub id: Uuid,
    pub flag: bool,
    pub small: i32,
    pub large: i64,
    pub ratio: f64,
    pub text: String,
    pub amount: Decimal,
    pub reference: Uuid,
    pub day: NaiveDate,
    pub moment: DateTime<Utc>,
    pub tier: Tier,
    pub code: Code,
    pub time: NaiveTime,
    pub bytes: Vec<u8>,
    pub document: Value,
    pub tags: Vec<String>,
    pub tiers: Vec<Tier>,
    pub codes: Codes,
    pub amounts: Vec<Decimal>,
    pub maybe_flag: Option<bool>,
    pub maybe_small: Option<i32>,
    pub maybe_large: Option<i64>,
    pub maybe_ratio: Option<f64>,
    pub maybe_text: Option<String>,
    pub maybe_amount: Option<Decimal>,
    pub maybe_reference: Option<Uuid>,
    pub maybe_day: Option<NaiveDate>,
    pub maybe_moment: Option<DateTime<Utc>>,
    pub maybe_tier: Option<Tier>,
    pub maybe_code: Option<Code>,
    pub maybe_time: Option<NaiveTime>,
    pub maybe_bytes: Option<Vec<u8>>,
    pub maybe_document: Option<Value>,
    pub maybe_tags: Option<Vec<String>>,
    pub maybe_tiers: Option<Vec<Tier>>,
    pub maybe_codes: Option<Codes>,
    pub maybe_amounts: Option<Vec<Decimal>>,
}

pub fn app() -> App {
    App::new().resource::<Thing>()
}

/// The names of the kinds.
pub const KINDS: [&str; 18] = [
    "flag",
    "small",
    "large",
    "ratio",
    "text",
    "amount",
    "reference",
    "day",
    "moment",
    "tier",
    "code",
    "time",
    "bytes",
    "document",
    "tags",
    "tiers",
    "codes",
    "amounts",
];

/// Those whose values are compared.
pub fn compared() -> &'static [&'static str] {
    &KINDS[..12]
}

/// A thing of which every optional field is null.
pub fn thing() -> Value {
    json!({
        "flag": true, "small": -7, "large": 9_007_199_254_740_993_i64, "ratio": 0.1, "text": "", "amount": "12.50",
        "reference": "01890a5d-ac96-774b-bcce-b302099a8057", "day": "2024-02-29", "moment": "2026-01-31T09:30:00.123456Z",
        "tier": "gold_plus", "code": "C-1", "time": "09:30:00.123456", "bytes": "AAH7/w==",
        "document": { "b": [1, -2.5, "x", null, true], "a": {} }, "tags": ["a", "", "ü"], "tiers": ["n/a", "basic"],
        "codes": ["C-1"], "amounts": ["1.50", "0.00"],
    })
}
