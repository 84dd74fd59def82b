//! The suite's own entities.

use super::foreign_keys::Link;
use super::keys::{Booking, Coded, Numbered, Seat};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{Entity, EntityMeta, FieldType};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

/// The entities whose tables the suite needs, besides the framework's own.
pub const ENTITIES: [&EntityMeta; 13] = [
    Sample::META,
    Unversioned::META,
    Unaudited::META,
    Plain::META,
    Keyed::META,
    Grant::META,
    Holding::META,
    Link::META,
    super::related::Node::META,
    Seat::META,
    Booking::META,
    Coded::META,
    Numbered::META,
];

/// Some values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FieldType)]
#[field(crate = kwik_domain)]
pub(super) enum Color {
    Red,
    DarkGreen,
}

/// Every kind of field there is, needed and optional; versioned and audited.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_samples", unique(left, right), crate = kwik_domain)]
pub(super) struct Sample {
    #[entity(key)]
    pub id: i64,
    pub flag: bool,
    pub small: i32,
    pub large: i64,
    pub double: f64,
    pub text: String,
    pub decimal: Decimal,
    pub uuid: Uuid,
    pub day: NaiveDate,
    pub moment: DateTime<Utc>,
    pub color: Color,
    pub time: NaiveTime,
    pub bytes: Vec<u8>,
    pub json: Value,
    pub texts: Vec<String>,
    pub colors: Vec<Color>,
    pub maybe_flag: Option<bool>,
    pub maybe_small: Option<i32>,
    pub maybe_large: Option<i64>,
    pub maybe_double: Option<f64>,
    pub maybe_text: Option<String>,
    pub maybe_decimal: Option<Decimal>,
    pub maybe_uuid: Option<Uuid>,
    pub maybe_day: Option<NaiveDate>,
    pub maybe_moment: Option<DateTime<Utc>>,
    pub maybe_color: Option<Color>,
    pub maybe_time: Option<NaiveTime>,
    pub maybe_bytes: Option<Vec<u8>>,
    pub maybe_json: Option<Value>,
    pub maybe_decimals: Option<Vec<Decimal>>,
    #[entity(unique)]
    pub code: Option<String>,
    pub left: Option<i64>,
    pub right: Option<String>,
    #[entity(sensitive)]
    pub secret: String,
    #[entity(hidden, default = "!")]
    pub hidden: String,
    #[entity(default = "2.50")]
    pub price: Decimal,
    #[entity(default = true)]
    pub active: bool,
}

/// A row with plain values, all optional ones given but those that are unique.
pub(super) fn sample() -> Sample {
    let day = NaiveDate::from_ymd_opt(2026, 1, 31).expect("a day");
    let moment = DateTime::from_timestamp_micros(1_769_851_800_123_456).expect("a moment");
    Sample {
        id: 0,
        flag: true,
        small: -7,
        large: 1 << 40,
        double: 0.1,
        text: "Grüße, 世界 🦀".to_owned(),
        decimal: Decimal::new(-12_500, 3),
        uuid: Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057),
        day,
        moment,
        color: Color::DarkGreen,
        time: NaiveTime::from_hms_micro_opt(9, 30, 0, 123_456).expect("a time"),
        bytes: vec![0, 1, 0xfb, 0xff],
        json: json!({ "b": [1, -2.5, "x", null, true], "a": { "Grüße": "\\ \" 🦀" } }),
        texts: vec!["Grüße, 🦀".to_owned(), String::new(), "\\\"".to_owned()],
        colors: vec![Color::DarkGreen, Color::Red, Color::Red],
        maybe_flag: Some(false),
        maybe_small: Some(7),
        maybe_large: Some(-(1 << 40)),
        maybe_double: Some(-2.5e-10),
        maybe_text: Some(String::new()),
        maybe_decimal: Some(Decimal::new(100, 2)),
        maybe_uuid: Some(Uuid::from_u128(1)),
        maybe_day: Some(day),
        maybe_moment: Some(moment),
        maybe_color: Some(Color::Red),
        maybe_time: Some(NaiveTime::MIN),
        maybe_bytes: Some(Vec::new()),
        maybe_json: Some(json!([])),
        maybe_decimals: Some(vec![Decimal::new(100, 2), Decimal::new(-1, 28)]),
        code: None,
        left: None,
        right: None,
        secret: "hunter2".to_owned(),
        hidden: "$hidden$".to_owned(),
        price: Decimal::ONE,
        active: false,
    }
}

impl Sample {
    /// The same row without the values that may be left out.
    pub(super) fn bare(self) -> Self {
        Self {
            maybe_flag: None,
            maybe_small: None,
            maybe_large: None,
            maybe_double: None,
            maybe_text: None,
            maybe_decimal: None,
            maybe_uuid: None,
            maybe_day: None,
            maybe_moment: None,
            maybe_color: None,
            maybe_time: None,
            maybe_bytes: None,
            maybe_json: None,
            maybe_decimals: None,
            ..self
        }
    }

    /// The fields whose values are compared, the framework's too.
    pub(super) fn compared() -> impl Iterator<Item = usize> {
        Self::META.fields.iter().enumerate().filter(|(_, field)| field.kind.is_ordered()).map(|(index, _)| index)
    }
}

/// Audited, without a version.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_unversioned", unversioned, crate = kwik_domain)]
pub(super) struct Unversioned {
    #[entity(key)]
    pub id: i64,
    pub number: i64,
}

/// Versioned, without an audit trail.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_unaudited", unaudited, crate = kwik_domain)]
pub(super) struct Unaudited {
    #[entity(key)]
    pub id: i64,
    pub number: i64,
}

/// Neither versioned nor audited.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_plain", unversioned, unaudited, crate = kwik_domain)]
pub(super) struct Plain {
    #[entity(key)]
    pub id: i64,
    pub number: i64,
}

/// With a key that the program makes.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_keyed", crate = kwik_domain)]
pub(super) struct Keyed {
    #[entity(key)]
    pub id: Uuid,
    #[entity(unique)]
    pub amount: Decimal,
}

/// Changes of it may change somebody's rights.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_grants", grants_rights, crate = kwik_domain)]
pub(super) struct Grant {
    #[entity(key)]
    pub id: i64,
    pub number: i64,
}

/// Changes of it may change the rights of one user.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_holdings", grants_rights(user_id), crate = kwik_domain)]
pub(super) struct Holding {
    #[entity(key)]
    pub id: i64,
    pub number: i64,
    pub user_id: i64,
}
