//! Random rows and filters, of few values, so that they meet.

use super::{Color, Sample, sample};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{Comparison, Entity, FieldType, Filter, Kind, Order, TextMatch, Value};
use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::select,
};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

const TEXTS: [&str; 20] = [
    "", "a", "A", "ab", "aB", "b", "%", "_", "*", "a_b", "a*b", "a%", "ä", "Ä", "é", "e\u{301}", "🦀", "a🦀", "'", "\\",
];
const DECIMALS: [&str; 12] = [
    "0",
    "0.00",
    "1",
    "1.0",
    "1.00",
    "-1.5",
    "-1.50",
    "9.5",
    "10",
    "100",
    "0.0000000000000000000000000001",
    "79228162514264337593543950335",
];
const DOUBLES: [f64; 7] = [0.0, -0.0, 0.1, -1.5, 1e300, 3.3e-300, 1e22];

fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![4 => select(&TEXTS[..]).prop_map(str::to_owned), 1 => "\\PC{0,4}"]
}

fn small() -> impl Strategy<Value = i32> + Clone {
    prop_oneof![6 => -2..3i32, 1 => Just(i32::MIN), 1 => Just(i32::MAX)]
}

fn large() -> impl Strategy<Value = i64> + Clone {
    prop_oneof![6 => -2..3i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX), 1 => any::<i64>()]
}

fn double() -> impl Strategy<Value = f64> + Clone {
    let any = any::<f64>().prop_filter("finite", |number| number.is_finite());
    prop_oneof![6 => select(&DOUBLES[..]), 2 => any]
}

fn decimal() -> impl Strategy<Value = Decimal> + Clone {
    let any = (any::<i64>(), 0..20u32).prop_map(|(digits, scale)| Decimal::new(digits, scale));
    prop_oneof![6 => select(&DECIMALS[..]).prop_map(|text| text.parse().expect("a decimal")), 1 => any]
}

fn uuid() -> impl Strategy<Value = Uuid> + Clone {
    select(vec![0, 1, 1 << 64, u128::MAX]).prop_map(Uuid::from_u128)
}

fn day() -> impl Strategy<Value = NaiveDate> + Clone {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    select(vec![day(1, 1, 1), day(1999, 12, 31), day(2000, 1, 1), day(9999, 12, 31)])
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> + Clone {
    let micros = select(vec![-62_135_596_800_000_000, -1, 0, 1, 1_769_851_800_123_456, 253_402_300_799_999_999]);
    micros.prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("a moment"))
}

fn time() -> impl Strategy<Value = NaiveTime> + Clone {
    let time = |seconds, nanos| NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos).expect("a time");
    select(vec![time(0, 0), time(0, 1_000), time(34_200, 0), time(34_200, 500_000_000), time(86_399, 999_999_000)])
}

fn color() -> impl Strategy<Value = Color> + Clone {
    select(vec![Color::Red, Color::DarkGreen])
}

fn json() -> impl Strategy<Value = Json> + Clone {
    let number =
        prop_oneof![large().prop_map(Json::from), any::<u64>().prop_map(Json::from), double().prop_map(Json::from)];
    let scalar = prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::from), number, text().prop_map(Json::from)];
    let deep = scalar.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec((text(), inner), 0..4).prop_map(|pairs| pairs.into_iter().collect()),
        ]
    });
    deep.prop_map(|json| canonical(&json)).boxed()
}

/// With the numbers that come back: zero without a sign, integers without an exponent.
fn canonical(json: &Json) -> Json {
    serde_json::from_str(&json.value().to_text()).expect("JSON")
}

/// A row; unique fields are left alone.
pub(super) fn row() -> impl Strategy<Value = Sample> {
    let given = (any::<bool>(), small(), large(), double(), text(), decimal(), uuid(), day(), moment(), color());
    let newer = (time(), vec(any::<u8>(), 0..4), json(), vec(text(), 0..3), vec(color(), 0..3));
    let maybe_newer =
        (option::of(time()), option::of(vec(any::<u8>(), 0..4)), option::of(json()), option::of(vec(decimal(), 0..3)));
    let optional = (
        option::of(any::<bool>()),
        option::of(small()),
        option::of(large()),
        option::of(double()),
        option::of(text()),
        option::of(decimal()),
        option::of(uuid()),
        option::of(day()),
        option::of(moment()),
        option::of(color()),
    );
    (given, optional, newer, maybe_newer).prop_map(|(given, optional, newer, maybe_newer)| Sample {
        flag: given.0,
        small: given.1,
        large: given.2,
        double: given.3,
        text: given.4,
        decimal: given.5,
        uuid: given.6,
        day: given.7,
        moment: given.8,
        color: given.9,
        maybe_flag: optional.0,
        maybe_small: optional.1,
        maybe_large: optional.2,
        maybe_double: optional.3,
        maybe_text: optional.4,
        maybe_decimal: optional.5,
        maybe_uuid: optional.6,
        maybe_day: optional.7,
        maybe_moment: optional.8,
        maybe_color: optional.9,
        time: newer.0,
        bytes: newer.1,
        json: newer.2,
        texts: newer.3,
        colors: newer.4,
        maybe_time: maybe_newer.0,
        maybe_bytes: maybe_newer.1,
        maybe_json: maybe_newer.2,
        maybe_decimals: maybe_newer.3,
        ..sample()
    })
}

/// A value of a kind.
fn value(kind: Kind) -> proptest::strategy::BoxedStrategy<Value> {
    match kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::I32 => small().prop_map(|v| Value::Int(v.into())).boxed(),
        Kind::I64 => large().prop_map(Value::Int).boxed(),
        Kind::F64 => double().prop_map(Value::F64).boxed(),
        Kind::Text => prop_oneof![3 => text(), 1 => Just("dark_green".to_owned())].prop_map(Value::Text).boxed(),
        Kind::Decimal => decimal().prop_map(Value::Decimal).boxed(),
        Kind::Uuid => uuid().prop_map(Value::Uuid).boxed(),
        Kind::Date => day().prop_map(Value::Date).boxed(),
        Kind::Timestamp => moment().prop_map(Value::Timestamp).boxed(),
        Kind::Time => time().prop_map(Value::Time).boxed(),
        Kind::Bytes | Kind::Json => Just(Value::Null).boxed(),
    }
}

/// A member of a list, which null is at times.
fn member(kind: Kind) -> impl Strategy<Value = Value> {
    prop_oneof![8 => value(kind), 1 => Just(Value::Null)]
}

fn comparison() -> impl Strategy<Value = Comparison> + Clone {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    select(vec![Eq, Ne, Lt, Le, Gt, Ge])
}

fn text_match() -> impl Strategy<Value = TextMatch> {
    select(vec![TextMatch::Contains, TextMatch::StartsWith, TextMatch::EndsWith, TextMatch::Search])
}

/// The struct's own fields whose values are compared.
fn compared() -> Vec<usize> {
    Sample::compared().filter(|index| *index < Sample::META.own).collect()
}

fn leaf() -> impl Strategy<Value = Filter> {
    let fields = compared();
    let texts: Vec<usize> = fields.iter().copied().filter(|i| Sample::META.fields[*i].kind == Kind::Text).collect();
    let kind = |index: usize| Sample::META.fields[index].kind;
    prop_oneof![
        1 => Just(Filter::All),
        1 => Just(Filter::Nothing),
        12 => (select(fields.clone()), comparison())
            .prop_flat_map(move |(field, by)| value(kind(field)).prop_map(move |value| Filter::Compare(field, by, value))),
        4 => select(fields.clone())
            .prop_flat_map(move |field| vec(member(kind(field)), 0..5).prop_map(move |list| Filter::In(field, list))),
        2 => (0..Sample::META.own).prop_map(Filter::IsNull),
        4 => (select(texts), text_match(), text()).prop_map(|(field, by, text)| Filter::Text(field, by, text)),
    ]
}

/// A filter of any shape.
pub(super) fn filter() -> impl Strategy<Value = Filter> + Clone {
    let deep = leaf().prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Filter::And),
            vec(inner.clone(), 0..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    });
    deep.boxed()
}

/// An order by some fields, none twice.
pub(super) fn order() -> impl Strategy<Value = Vec<Order>> {
    vec((select(compared()), any::<bool>()), 0..4).prop_map(|by| {
        let mut order: Vec<Order> = Vec::new();
        for (field, descending) in by {
            if order.iter().all(|other| other.field != field) {
                order.push(Order { field, descending });
            }
        }
        order
    })
}
