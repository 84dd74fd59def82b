//! Enums and newtypes.

use crate::every_attribute::{ArticleId, Priority, Sku};
use crate::row::Row;
use kwik_domain::{FieldType, KeyType, Kind, Value, ValueRef};
use uuid::Uuid;

/// Nobody asked for `Copy`, and decoding a newtype over an enum goes through both.
#[derive(Clone, Debug, PartialEq, kwik_domain::FieldType)]
struct Urgency(Priority);

/// A number with a unit.
#[derive(Clone, Debug, PartialEq, kwik_domain::FieldType)]
#[field(validate = even)]
struct Pairs(i64);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "it is the signature that is asked for")]
fn even(value: &i64) -> Result<(), String> {
    if value % 2 == 0 { Ok(()) } else { Err(format!("must be even, not {value}")) }
}

#[test]
fn an_enum_is_text() {
    assert_eq!(Priority::KIND, Kind::Text);
    assert_eq!(Priority::VARIANTS, ["low", "very_high", "n/a"]);
    assert_eq!(Priority::VeryHigh.value(), ValueRef::Text("very_high"));
    assert_eq!(Priority::NotKnown.name(), "n/a");
    assert_eq!(format!("{:>5}|", Priority::Low), "  low|");
    assert_eq!(Priority::from_text("n/a"), Ok(Priority::NotKnown));
    let issue = Priority::from_text("Low").unwrap_err();
    assert_eq!((issue.code, issue.message.as_ref()), ("variant", "must be one of: low, very_high, n/a"));
}

#[test]
fn an_enum_is_decoded_from_text() {
    let row = Row(vec![Value::Text("low".into()), Value::Null, Value::Text("odd".into()), Value::Int(1)]);
    assert_eq!(Priority::decode(&row, 0).unwrap(), Priority::Low);
    assert_eq!(Priority::decode_opt(&row, 1).unwrap(), None);
    assert_eq!(Option::<Priority>::decode(&row, 1).unwrap(), None);
    assert_eq!(
        Priority::decode(&row, 2).unwrap_err().to_string(),
        "column 2 holds no Priority: it must be one of: low, very_high, n/a"
    );
    assert!(Priority::decode(&row, 3).is_err());
}

#[test]
fn a_newtype_is_what_its_field_is() {
    assert_eq!((ArticleId::KIND, Pairs::KIND, Urgency::KIND), (Kind::Uuid, Kind::I64, Kind::Text));
    assert_eq!(Urgency::VARIANTS, Priority::VARIANTS);
    const { assert!(!Urgency::NULLABLE) };
    assert_eq!(Pairs(4).value(), ValueRef::Int(4));
    let row = Row(vec![Value::Int(4), Value::Text("very_high".into()), Value::Null]);
    assert_eq!(Pairs::decode(&row, 0).unwrap(), Pairs(4));
    assert_eq!(Urgency::decode(&row, 1).unwrap(), Urgency(Priority::VeryHigh));
    assert!(Pairs::decode(&row, 2).is_err());
    assert_eq!(Option::<Pairs>::decode(&row, 2).unwrap(), None);
    assert_eq!(ArticleId::placeholder(), Some(ArticleId(Uuid::nil())));
}

#[test]
fn a_newtype_validates_what_it_reads() {
    assert_eq!(Pairs::from_text("4"), Ok(Pairs(4)));
    assert_eq!(Pairs::from_text("5").unwrap_err().message, "must be even, not 5");
    assert_eq!(Pairs::from_text("x").unwrap_err().code, "type");
    assert!(Sku::from_text("SKU-1").is_ok() && Sku::from_text("1").is_err());
}

/// An array with a name of its own.
#[derive(Clone, Debug, PartialEq, kwik_domain::FieldType)]
struct Priorities(Vec<Priority>);

#[test]
fn an_array_is_json_and_knows_its_items() {
    assert_eq!((Priorities::KIND, Vec::<u8>::KIND), (Kind::Json, Kind::Bytes));
    let item = Option::<Priorities>::ITEM.unwrap();
    assert_eq!((item.kind, item.variants), (Kind::Text, Priority::VARIANTS));
    const { assert!(Priorities::VARIANTS.is_empty() && Vec::<u8>::ITEM.is_none()) };
    let priorities = Priorities(vec![Priority::VeryHigh, Priority::Low]);
    let row =
        Row(vec![priorities.value().to_owned(), Value::Null, Value::Json("[1]".into()), Value::Json("{}".into())]);
    assert_eq!(row.0[0], Value::Json(r#"["very_high","low"]"#.into()));
    assert_eq!(Priorities::decode(&row, 0).unwrap(), priorities);
    assert_eq!(Option::<Priorities>::decode(&row, 1).unwrap(), None);
    assert!(Priorities::decode(&row, 1).is_err());
    assert_eq!(
        Priorities::decode(&row, 2).unwrap_err().to_string(),
        "a column holds other JSON than its field: it must be text"
    );
    assert!(Priorities::decode(&row, 3).is_err());
    let issue = Priorities::from_text(r#"["low", "Low"]"#).unwrap_err();
    assert_eq!((issue.code, issue.item), ("variant", Some(1)));
}
