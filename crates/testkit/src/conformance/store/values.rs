//! Every value comes back as it went in.

use super::{Caller, Color, Given, Keyed, Sample, sample};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{Entity, Fields, Filter, Kind, ValueRef, Verb};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

/// Inserts a row and compares what the write, a read and a search by its values give.
async fn round_trip(given: &Given, row: Sample) {
    let (caller, mut session) = (Caller::new(), given.session());
    let written = caller.insert(&mut *session, &row).await;
    let row = Sample { id: written.id, ..row };
    assert_eq!(written.entity, row, "what the write gave");
    let read = caller.find::<Sample>(&mut *session, &row.id).await.expect("the row");
    assert_eq!(read, written, "what a read gave");
    for (index, field) in Sample::META.own_fields() {
        let value = row.get(index);
        if field.kind != Kind::Json || field.item.is_some() {
            // Scales and the signs of zeros count, too. Names in JSON have no order.
            assert_eq!(read.get(index).to_text(), value.to_text(), "{}", field.name);
        }
        let filter = match value {
            ValueRef::Null => Filter::IsNull(index),
            _ if !field.kind.is_ordered() => !Filter::IsNull(index),
            value => Filter::Compare(index, kwik_domain::Comparison::Eq, value.to_owned()),
        };
        let found = caller.keys::<Sample>(&mut *session, &filter).await;
        assert!(found.contains(&row.id), "{} is not found by its value", field.name);
        if let (false, true, value) = (value.is_null(), field.kind.is_ordered(), value.to_owned()) {
            let found = caller.keys::<Sample>(&mut *session, &Filter::In(index, vec![value])).await;
            assert!(found.contains(&row.id), "{} is not found in a list of its value", field.name);
        }
    }
}

/// A row with every kind of value, plain ones.
pub async fn every_kind_comes_back(given: Given) {
    round_trip(&given, sample()).await;
}

/// The least, the largest and the smallest values of each kind.
pub async fn extremes_come_back(given: Given) {
    let moment = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let doubles = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.1 + 0.2, 1.0 / 3.0, 9_007_199_254_740_993.0, 1e22];
    for double in doubles {
        round_trip(&given, Sample { double, maybe_double: Some(-double), ..sample() }).await;
    }
    round_trip(
        &given,
        Sample {
            small: i32::MIN,
            maybe_small: Some(i32::MAX),
            large: i64::MIN,
            maybe_large: Some(i64::MAX),
            day: day(1, 1, 1),
            maybe_day: Some(day(9999, 12, 31)),
            moment: moment("0001-01-01T00:00:00Z"),
            maybe_moment: Some(moment("9999-12-31T23:59:59.999999Z")),
            uuid: Uuid::nil(),
            maybe_uuid: Some(Uuid::max()),
            ..sample()
        },
    )
    .await;
    for text in ["1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00.000001Z", "2000-02-29T12:00:00Z"] {
        round_trip(&given, Sample { moment: moment(text), day: day(2000, 2, 29), ..sample() }).await;
    }
}

/// Decimals of up to 28 digits, with their scale.
pub async fn decimals_keep_their_scale(given: Given) {
    let texts = [
        "0",
        "0.00",
        "1.50",
        "-1.5000",
        "10",
        "1000000",
        "10000.0000",
        "9999.9999",
        "-0.0001",
        "0.00010000",
        "1234567890123456789012345678",
        "-1234567890123456789012345678",
        "0.1234567890123456789012345678",
        "-0.0000000000000000000000000001",
        "12345678901234.56789012345678",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
    ];
    for text in texts {
        let decimal: Decimal = text.parse().expect("a decimal");
        assert_eq!(decimal.to_string(), text);
        round_trip(&given, Sample { decimal, maybe_decimal: Some(decimal), ..sample() }).await;
    }
}

/// Text of any script and length, not normalised, not trimmed.
pub async fn text_comes_back_byte_for_byte(given: Given) {
    let long = "long 🦀 ".repeat(20_000);
    let texts = [
        "",
        " ",
        "\t\r\n",
        "é",
        "e\u{301}",
        "ß",
        "İstanbul",
        "👩‍👩‍👧‍👦",
        "العربية",
        "\u{202e}",
        "\u{feff}",
        "\u{1}\u{7f}",
        "\u{10ffff}",
        "'",
        "''",
        "\"",
        "\\",
        "\\'",
        "%_*?[]",
        "$1 ? :x @x",
        "--",
        "; DROP TABLE users",
        "null",
        "{\"a\":1}",
        &long,
    ];
    for text in texts {
        round_trip(&given, Sample { text: text.to_owned(), maybe_text: Some(text.to_owned()), ..sample() }).await;
    }
}

/// Times of day, to the microsecond.
pub async fn times_come_back(given: Given) {
    for (seconds, micros) in [(0, 0), (0, 1), (34_200, 500_000), (43_200, 0), (86_399, 999_999)] {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, micros * 1000).expect("a time");
        round_trip(&given, Sample { time, maybe_time: Some(time), ..sample() }).await;
    }
}

/// Bytes of any value and number.
pub async fn bytes_come_back(given: Given) {
    let all: Vec<u8> = (0..=255).collect();
    for bytes in [vec![], vec![0], vec![0xff], b"'\\x00\"".to_vec(), all.clone(), all.repeat(1000)] {
        round_trip(&given, Sample { bytes: bytes.clone(), maybe_bytes: Some(bytes), ..sample() }).await;
    }
}

/// Any JSON, its numbers bit for bit.
pub async fn json_comes_back(given: Given) {
    let deep = (0..127).fold(json!(1), |inner, _| json!([inner]));
    for json in [
        Value::Null,
        json!(false),
        json!(""),
        json!("\u{1}\u{7f} \\u0000 \\ \" ' 🦀 $1 ?"),
        json!([]),
        json!({}),
        json!({ "": { "a": [[], {}] }, "B": 1, "a": 2, "long name": null }),
        json!([0, -1, i64::MIN, i64::MAX, u64::MAX]),
        json!([0.0, 100.0, 0.1, 1.0 / 3.0, 0.1 + 0.2, -2.5e-10, 5e-324, f64::MIN_POSITIVE]),
        json!([1e20, -1e20, 1e22, 1e300, 123_456_789.123_456_79, f64::MAX, f64::MIN]),
        deep,
    ] {
        round_trip(&given, Sample { json: json.clone(), maybe_json: Some(json), ..sample() }).await;
    }
}

/// Arrays with no item and with many, of what is not JSON by itself too.
pub async fn arrays_come_back(given: Given) {
    let decimals = ["0.00", "-1.50", "79228162514264337593543950335", "0.0000000000000000000000000001"];
    let decimals: Vec<Decimal> = decimals.iter().map(|text| text.parse().expect("a decimal")).collect();
    let texts = ["", "null", "[]", "\u{1}", "\\u0000", "\"", "👩‍👩‍👧‍👦"].map(str::to_owned).to_vec();
    for (texts, colors, decimals) in [
        (vec![], vec![], vec![]),
        (texts.clone(), vec![Color::Red], decimals.clone()),
        ([&texts[..]; 200].concat(), vec![Color::DarkGreen; 1000], decimals.repeat(100)),
    ] {
        round_trip(&given, Sample { texts, colors, maybe_decimals: Some(decimals), ..sample() }).await;
    }
}

/// Null in every optional field, when a row is made and when it is changed.
pub async fn nulls_come_back(given: Given) {
    round_trip(&given, sample().bare()).await;
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &sample()).await.id;
    let nulls: Vec<_> = Sample::META
        .own_fields()
        .filter(|(_, field)| field.nullable)
        .map(|(index, _)| (index, ValueRef::Null))
        .collect();
    assert!(nulls.len() >= 10);
    let row = caller.update::<Sample>(&mut *session, key, None, &nulls).await.expect("a row");
    assert_eq!(row.entity, Sample { id: key, ..sample().bare() });
}

/// Every variant of an enum.
pub async fn variants_come_back(given: Given) {
    for color in [Color::Red, Color::DarkGreen] {
        for maybe_color in [None, Some(Color::Red), Some(Color::DarkGreen)] {
            round_trip(&given, Sample { color, maybe_color, ..sample() }).await;
        }
    }
}

/// Fields that an insert does not name take the database's default.
pub async fn fields_not_named_take_their_default(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = sample();
    let left_out = [Sample::PRICE.index(), Sample::ACTIVE.index(), Sample::HIDDEN.index()];
    let values: Vec<_> =
        (1..Sample::META.own).filter(|index| !left_out.contains(index)).map(|index| (index, row.get(index))).collect();
    let verb = Verb::Insert { values: &values };
    let written = caller.write::<Sample>(&mut *session, verb).await.expect("an insert").expect("a row");
    assert_eq!((written.price.to_string(), written.active, written.hidden.as_str()), ("2.50".to_owned(), true, "!"));
    // Optional ones are null then.
    let values: Vec<_> = values.into_iter().filter(|(index, _)| !Sample::META.fields[*index].nullable).collect();
    let verb = Verb::Insert { values: &values };
    let written = caller.write::<Sample>(&mut *session, verb).await.expect("an insert").expect("a row");
    assert_eq!(written.maybe_large, None);
}

/// A key that the program makes is kept, and finds its row.
pub async fn a_uuid_key_is_the_callers(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    for n in [0, 1, 0x0189_0a5d_ac96_774b_bcce_b302_099a_8057, u128::MAX] {
        let id = Uuid::from_u128(n);
        let row = Keyed { id, amount: Decimal::from(n % 1000) };
        assert_eq!(caller.insert(&mut *session, &row).await.entity, row);
        assert_eq!(caller.find::<Keyed>(&mut *session, &id).await.expect("the row").entity, row);
        assert_eq!(caller.history::<Keyed>(&mut *session, id).await.len(), 1);
        let deleted = caller.delete::<Keyed>(&mut *session, id, Some(1)).await.expect("a row");
        assert_eq!(deleted.entity, row);
    }
}
