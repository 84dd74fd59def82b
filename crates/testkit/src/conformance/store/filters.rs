//! Which rows a filter lets through.

use super::{Caller, Color, Given, Sample, sample};
use kwik_domain::{Comparison, Entity, Fields, Filter, Session, Stored, TextMatch, Value};
use rust_decimal::Decimal;
use uuid::Uuid;

const COMPARISONS: [Comparison; 6] =
    [Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le, Comparison::Gt, Comparison::Ge];

/// Three rows that differ in every field, and one without the optional ones.
pub(super) async fn rows(given: &Given) -> Vec<Stored<Sample>> {
    let (caller, mut session) = (Caller::new(), given.session());
    let middle = sample();
    let small = Sample {
        flag: false,
        small: -8,
        large: -1,
        double: -1e300,
        text: "Grüße".to_owned(),
        decimal: Decimal::new(-13, 0),
        uuid: Uuid::nil(),
        day: middle.day.pred_opt().expect("a day"),
        moment: middle.moment - chrono::Duration::microseconds(1),
        color: Color::Red,
        maybe_flag: Some(true),
        maybe_small: Some(0),
        maybe_large: Some(0),
        maybe_double: Some(0.0),
        maybe_text: Some("a".to_owned()),
        maybe_decimal: Some(Decimal::new(2, 0)),
        maybe_uuid: Some(Uuid::max()),
        maybe_color: Some(Color::DarkGreen),
        code: Some("one".to_owned()),
        left: Some(1),
        right: Some("r".to_owned()),
        ..middle.clone()
    };
    let large =
        Sample { small: 100, double: 1e-300, text: "z".to_owned(), decimal: Decimal::new(99_999, 1), ..middle.clone() };
    let bare = middle.clone().bare();
    let mut rows = Vec::new();
    for row in [middle, small, large, bare] {
        rows.push(caller.insert(&mut *session, &row).await);
    }
    rows
}

/// The keys that the store gives are those that memory gives.
async fn agree(session: &mut dyn Session, rows: &[Stored<Sample>], filter: &Filter) {
    let expected: Vec<i64> = rows.iter().filter(|row| filter.matches(*row)).map(|row| row.id).collect();
    assert_eq!(Caller::new().keys::<Sample>(session, filter).await, expected, "{filter:?}");
}

/// The keys that the store gives, as places in `rows`.
async fn places(session: &mut dyn Session, rows: &[Stored<Sample>], filter: Filter) -> Vec<usize> {
    let keys = Caller::new().keys::<Sample>(session, &filter).await;
    keys.iter().map(|key| rows.iter().position(|row| row.id == *key).expect("a row of ours")).collect()
}

/// Every row, and none.
pub async fn all_and_nothing(given: Given) {
    let rows = rows(&given).await;
    let session = &mut *given.session();
    assert_eq!(places(session, &rows, Filter::All).await, [0, 1, 2, 3]);
    assert_eq!(places(session, &rows, Filter::Nothing).await, [] as [usize; 0]);
    assert_eq!(places(session, &rows, Filter::Not(Box::new(Filter::All))).await, [] as [usize; 0]);
    assert_eq!(places(session, &rows, Filter::Not(Box::new(Filter::Nothing))).await, [0, 1, 2, 3]);
}

/// Every field, the framework's too, with every comparison and every value that a row has, as it is
/// and turned round.
pub async fn comparisons_of_every_kind(given: Given) {
    let rows = rows(&given).await;
    let mut session = given.session();
    for index in Sample::compared() {
        let mut values: Vec<Value> = rows.iter().map(|row| row.get(index).to_owned()).collect();
        values.retain(|value| *value != Value::Null);
        values.dedup();
        for value in values {
            for comparison in COMPARISONS {
                let filter = Filter::Compare(index, comparison, value.clone());
                agree(&mut *session, &rows, &filter).await;
                agree(&mut *session, &rows, &Filter::Not(Box::new(filter))).await;
            }
        }
    }
    for index in 0..Sample::META.fields.len() {
        agree(&mut *session, &rows, &Filter::IsNull(index)).await;
        agree(&mut *session, &rows, &Filter::Not(Box::new(Filter::IsNull(index)))).await;
    }
}

/// A comparison with a null field is false, but that it is other than the value, which is true.
pub async fn a_null_field_is_only_other(given: Given) {
    let rows = rows(&given).await;
    let session = &mut *given.session();
    let field = Sample::MAYBE_LARGE;
    assert_eq!(places(session, &rows, field.ne(Some(0))).await, [0, 2, 3]);
    assert_eq!(places(session, &rows, field.eq(Some(0))).await, [1]);
    assert_eq!(places(session, &rows, field.ge(Some(0))).await, [1]);
    assert_eq!(places(session, &rows, field.lt(Some(0))).await, [0, 2]);
    assert_eq!(places(session, &rows, field.is_null()).await, [3]);
}

/// What is false because of a null becomes true under `Not`, however deep.
pub async fn not_turns_round_what_null_makes_false(given: Given) {
    let rows = rows(&given).await;
    let session = &mut *given.session();
    let field = Sample::MAYBE_LARGE;
    assert_eq!(places(session, &rows, !field.lt(Some(0))).await, [1, 3]);
    assert_eq!(places(session, &rows, !field.one_of([Some(0)])).await, [0, 2, 3]);
    let text = Filter::Text(Sample::MAYBE_TEXT.index(), TextMatch::Contains, "a".to_owned());
    assert_eq!(places(session, &rows, !text.clone()).await, [0, 2, 3]);
    let both = Filter::And(vec![field.ge(Some(0)), text.clone()]);
    assert_eq!(places(session, &rows, Filter::Not(Box::new(both.clone()))).await, [0, 2, 3]);
    let either = Filter::Or(vec![field.lt(Some(0)), text]);
    assert_eq!(places(session, &rows, Filter::Not(Box::new(either))).await, [3]);
    let twice = Filter::Not(Box::new(Filter::Not(Box::new(both))));
    assert_eq!(places(session, &rows, twice).await, [1]);
}

/// Lists of every kind; of nothing; with null in them, which is no value.
pub async fn lists(given: Given) {
    let rows = rows(&given).await;
    let mut session = given.session();
    for index in Sample::compared() {
        let values: Vec<Value> = rows.iter().map(|row| row.get(index).to_owned()).collect();
        for count in 0..=values.len() {
            let filter = Filter::In(index, values[..count].to_vec());
            agree(&mut *session, &rows, &filter).await;
            agree(&mut *session, &rows, &Filter::Not(Box::new(filter))).await;
        }
        agree(&mut *session, &rows, &Filter::In(index, vec![Value::Null])).await;
    }
}

/// Lists of many thousands of values.
pub async fn long_lists(given: Given) {
    let rows = rows(&given).await;
    let mut session = given.session();
    for count in [1000, 40_000, 100_000] {
        let mut values: Vec<Value> = (1..count).map(|n| Value::Int(n + 1_000_000)).collect();
        values.push(Value::Int(rows[1].id));
        agree(&mut *session, &rows, &Filter::In(0, values)).await;
        let texts = (1..count).map(|n| Value::Text(format!("text {n}"))).chain([Value::Text("z".to_owned())]);
        agree(&mut *session, &rows, &Filter::In(Sample::TEXT.index(), texts.collect())).await;
    }
}

/// Text that is looked for has no wildcards in it, and case counts.
pub async fn text_is_taken_literally(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let texts = [
        "",
        "a",
        "A",
        "ab",
        "a%b",
        "a_b",
        "a\\b",
        "a*b",
        "a?b",
        "[ab]",
        "aXb",
        "%",
        "_",
        "\\",
        "'",
        "éa",
        "e\u{301}a",
        "🦀a🦀",
        "aba",
    ];
    let mut rows = Vec::new();
    for text in texts {
        rows.push(caller.insert(&mut *session, &Sample { text: text.to_owned(), ..sample().bare() }).await);
    }
    let needles =
        texts.into_iter().chain(["b", "%b", "a%", "_b", "__", "%%", "\\%", "🦀", "\u{301}", "baab", "longer than all"]);
    for needle in needles {
        for text_match in [TextMatch::Contains, TextMatch::StartsWith, TextMatch::EndsWith] {
            let filter = Filter::Text(Sample::TEXT.index(), text_match, needle.to_owned());
            agree(&mut *session, &rows, &filter).await;
            agree(&mut *session, &rows, &Filter::Not(Box::new(filter))).await;
            let filter = Filter::Text(Sample::MAYBE_TEXT.index(), text_match, needle.to_owned());
            agree(&mut *session, &rows, &filter).await;
        }
    }
}

/// Text compares by its bytes, whatever the language of the database.
pub async fn text_compares_bytewise(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let texts = ["", " ", "-", "B", "Z", "a", "a b", "a-b", "aB", "ab", "z", "ä", "é", "ß", "Ω", "一", "🦀"];
    let mut rows = Vec::new();
    for text in texts {
        rows.push(caller.insert(&mut *session, &Sample { text: text.to_owned(), ..sample().bare() }).await);
    }
    for text in texts {
        for comparison in COMPARISONS {
            let value = Value::Text(text.to_owned());
            agree(&mut *session, &rows, &Filter::Compare(Sample::TEXT.index(), comparison, value)).await;
        }
    }
}

/// Decimals compare by their value, not by their digits or their scale.
pub async fn decimals_compare_by_value(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let texts =
        ["-10", "-9.5", "-0.1", "0", "0.000", "0.1", "1", "1.0", "1.00", "9.5", "10", "100", "1000000000000000000.1"];
    let decimals = texts.map(|text| text.parse::<Decimal>().expect("a decimal"));
    let mut rows = Vec::new();
    for decimal in decimals {
        rows.push(caller.insert(&mut *session, &Sample { decimal, ..sample().bare() }).await);
    }
    for decimal in decimals {
        for comparison in COMPARISONS {
            agree(&mut *session, &rows, &Filter::Compare(Sample::DECIMAL.index(), comparison, Value::Decimal(decimal)))
                .await;
        }
        agree(&mut *session, &rows, &Filter::In(Sample::DECIMAL.index(), vec![Value::Decimal(decimal)])).await;
    }
}

/// Thousands of parts side by side are a filter like any other, and end no process.
pub async fn thousands_of_parts(given: Given) {
    let rows = rows(&given).await;
    let mut session = given.session();
    let parts = |value: i32| (0..5000).map(move |n| Sample::SMALL.ne(n % 50 + value)).collect::<Vec<_>>();
    agree(&mut *session, &rows, &Filter::And(parts(200))).await;
    agree(&mut *session, &rows, &Filter::And(parts(90))).await;
    agree(&mut *session, &rows, &Filter::Or(parts(90))).await;
    agree(&mut *session, &rows, &Filter::Not(Box::new(Filter::Or(parts(90))))).await;
}

/// `And` of nothing holds, `Or` of nothing does not; deep trees keep their parentheses.
pub async fn connectives_of_none_and_of_one(given: Given) {
    let rows = rows(&given).await;
    let mut session = given.session();
    let (a, b, c) = (Sample::SMALL.lt(0), Sample::FLAG.eq(true), Sample::MAYBE_SMALL.is_null());
    let none = Vec::new;
    for filter in [
        Filter::And(none()),
        Filter::Or(none()),
        Filter::Not(Box::new(Filter::And(none()))),
        Filter::Not(Box::new(Filter::Or(none()))),
        Filter::And(vec![a.clone()]),
        Filter::Or(vec![a.clone()]),
        Filter::Or(vec![Filter::And(none()), a.clone()]),
        Filter::And(vec![Filter::Or(none()), a.clone()]),
        Filter::And(vec![a.clone(), Filter::Or(vec![b.clone(), c.clone()])]),
        Filter::Or(vec![a.clone(), Filter::And(vec![b.clone(), c.clone()])]),
        Filter::Or(vec![Filter::And(vec![a.clone(), b.clone()]), c.clone()]),
        Filter::Not(Box::new(Filter::Or(vec![a.clone(), Filter::Not(Box::new(b.clone()))]))),
        Filter::And(vec![Filter::All, Filter::Not(Box::new(Filter::And(vec![a, Filter::All, b, c])))]),
    ] {
        agree(&mut *session, &rows, &filter).await;
    }
    let deep = (0..64).fold(Sample::SMALL.eq(-8), |filter, n| match n % 3 {
        0 => Filter::Not(Box::new(filter)),
        1 => Filter::Or(vec![filter, Sample::SMALL.eq(100)]),
        _ => Filter::And(vec![Sample::ID.gt(0), filter]),
    });
    agree(&mut *session, &rows, &deep).await;
}
