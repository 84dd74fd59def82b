//! Page tokens: what they keep, and what is refused.

use crate::sample::{KINDS, META, OPEN, STATUS, cases, pairs, tokens};
use kwik_domain::{Cursor, EntityMeta, Error, FieldMeta, FieldSet, Kind, Secret, Value};
use kwik_query::{ListRequest, MAX_TOKEN_LENGTH, PageTokens};
use proptest::prelude::*;

static OTHERS: EntityMeta =
    EntityMeta::new("Other", "Others", "others", &[FieldMeta::of::<i64>("id")], 1).unaudited().unversioned();

fn sorted_by(field: usize, token: Option<&str>, tokens: &PageTokens) -> Result<ListRequest, Error> {
    let mut parameters = pairs(&[("sorting", META.fields[field].name)]);
    parameters.extend(token.map(|token| ("page_token".to_owned(), token.to_owned())));
    ListRequest::parse(&META, FieldSet::ALL, parameters, tokens)
}

/// The same value, to the last bit.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::F64(a), Value::F64(b)) => a.to_bits() == b.to_bits(),
        // Equal decimals may differ in scale and in the sign of zero; their text shows both.
        (a, b) => a == b && a.as_ref().to_text() == b.as_ref().to_text(),
    }
}

fn round_trip(field: usize, value: &Value) {
    let cursor = Cursor(if field == 0 { vec![value.clone()] } else { vec![value.clone(), Value::Int(7)] });
    let token = sorted_by(field, None, &tokens()).unwrap().next_page_token(&tokens(), &cursor);
    let back = sorted_by(field, Some(&token), &tokens()).unwrap_or_else(|error| panic!("{value:?}: {error}"));
    let back = back.query.after.expect("a place");
    assert_eq!(back.0.len(), cursor.0.len());
    assert!(back.0.iter().zip(&cursor.0).all(|(a, b)| same(a, b)), "{back:?} {cursor:?}");
}

#[test]
fn extremes_come_back_to_the_last_bit() {
    let minus_zero = |text: &str| match Value::parse(Kind::Decimal, text).unwrap() {
        Value::Decimal(zero) => Value::Decimal(-zero),
        other => other,
    };
    let mut values = vec![
        (0, Value::Int(i64::MIN)),
        (0, Value::Int(i64::MAX)),
        (3, Value::Int(i32::MIN.into())),
        (1, Value::Null),
        (1, Value::Text(String::new())),
        (1, Value::Text("\u{0}\u{10ffff}\"\\\r\n&=+%".to_owned())),
        (STATUS, Value::Text("a variant that is gone".to_owned())),
        (5, minus_zero("0.00")),
    ];
    values.extend([0.0, -0.0, f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324, 0.1].map(|n| (4, Value::F64(n))));
    let texts = [
        (5, "1.500"),
        (5, "-79228162514264337593543950335"),
        (5, "0.0000000000000000000000000001"),
        (7, "0001-01-01"),
        (7, "9999-12-31"),
        (8, "0001-01-01T00:00:00Z"),
        (8, "9999-12-31T23:59:59.999999Z"),
        (9, "00:00:00"),
        (9, "23:59:59.999999"),
    ];
    values.extend(texts.map(|(field, text)| (field, Value::parse(KINDS[field], text).unwrap())));
    for (field, value) in values {
        round_trip(field, &value);
    }
}

#[test]
fn tokens_of_other_lists_keys_and_shapes_are_refused() {
    let code = |token: &str| match sorted_by(0, Some(token), &tokens()).unwrap_err() {
        Error::InvalidQuery(errors) if errors.len() == 1 && errors[0].parameter == "page_token" => errors[0].issue.code,
        other => panic!("{other}"),
    };
    let place = Cursor(vec![Value::Int(7)]);
    let token = sorted_by(0, None, &tokens()).unwrap().next_page_token(&tokens(), &place);
    assert!(sorted_by(0, Some(&token), &tokens()).is_ok());

    let other_key = PageTokens::new(&Secret::new("a secret of some length, for others"));
    assert_eq!(code(&sorted_by(0, None, &other_key).unwrap().next_page_token(&other_key, &place)), "invalid");
    let others = ListRequest::parse(&OTHERS, FieldSet::ALL, pairs(&[("sorting", "id")]), &tokens()).unwrap();
    assert_eq!(code(&others.next_page_token(&tokens(), &place)), "mismatch");
    let unsorted = ListRequest::parse(&META, FieldSet::ALL, Vec::new(), &tokens()).unwrap();
    assert_eq!(code(&unsorted.next_page_token(&tokens(), &place)), "mismatch");

    for garbled in ["", "=", "a", "ä", &token[1..], &format!("{token}="), &format!("{token}A"), &format!(" {token}")] {
        assert_eq!(code(garbled), "invalid", "{garbled}");
    }
    assert_eq!(code(&"A".repeat(MAX_TOKEN_LENGTH)), "invalid");
    assert_eq!(code(&"A".repeat(MAX_TOKEN_LENGTH + 1)), "length");
}

fn any_value(field: usize) -> BoxedStrategy<Value> {
    let parsed = |kind: Kind| move |text: String| Value::parse(kind, &text).unwrap();
    match META.fields[field].kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::I32 => any::<i32>().prop_map(|n| Value::Int(n.into())).boxed(),
        Kind::I64 => any::<i64>().prop_map(Value::Int).boxed(),
        Kind::F64 => any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::F64).boxed(),
        Kind::Text => any::<String>().prop_map(Value::Text).boxed(),
        Kind::Decimal => "-?[0-9]{1,14}(\\.[0-9]{1,14})?".prop_map(parsed(Kind::Decimal)).boxed(),
        Kind::Uuid => {
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".prop_map(parsed(Kind::Uuid)).boxed()
        }
        Kind::Date => "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])".prop_map(parsed(Kind::Date)).boxed(),
        Kind::Timestamp => "[1-9][0-9]{3}-0[1-9]-1[0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{6}Z"
            .prop_map(parsed(Kind::Timestamp))
            .boxed(),
        Kind::Time => "[01][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{6}".prop_map(parsed(Kind::Time)).boxed(),
        Kind::Bytes | Kind::Json => unreachable!("not among the kinds of the sample"),
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn random_places_come_back((field, value) in (0..OPEN).prop_flat_map(|field| (Just(field), any_value(field)))) {
        round_trip(field, &value);
    }

    #[test]
    fn a_changed_token_is_refused(
        name in ".{0,20}",
        at in any::<prop::sample::Index>(),
        with in prop::sample::select(b"ABCMNOXYZabcxyz0189-_=+/ ".as_slice()),
        bit in 0..7u8,
    ) {
        let place = Cursor(vec![Value::Text(name), Value::Int(7)]);
        let token = sorted_by(1, None, &tokens()).unwrap().next_page_token(&tokens(), &place);
        let at = at.index(token.len());
        for change in [with, token.as_bytes()[at] ^ (1 << bit)] {
            let mut changed = token.clone().into_bytes();
            changed[at] = change;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(sorted_by(1, Some(&changed), &tokens()).is_ok(), changed == token);
        }
    }

    #[test]
    fn links_parse_back_to_the_same_parameters(name in any::<String>(), value in "[ -~]{0,20}", limit in 0..=1000u32) {
        let name = name.replace('\0', "");
        let quote = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('*', "\\*");
        let filter = format!("name = \"{}\"", quote(&name));
        let limit = limit.to_string();
        let sent = pairs(&[("filter", &filter), ("filter_key", "name"), ("value", &value), ("limit", &limit)]);
        prop_assume!(filter.len() <= kwik_query::MAX_FILTER_LENGTH);
        let request = ListRequest::parse(&META, FieldSet::ALL, sent.clone(), &tokens()).unwrap();
        let place = Cursor(vec![Value::Int(7)]);
        let token = request.next_page_token(&tokens(), &place);
        let links = request.links("/api/v1/samples/", Some(&token));
        prop_assert!(links.bytes().all(|b| b.is_ascii_graphic() || b == b' '));
        let (first, next) = links.split_once(", ").unwrap();
        prop_assert_eq!(followed(first, "first"), sent.clone());
        let next = followed(next, "next");
        prop_assert_eq!(&next[..4], &sent[..]);
        let request = ListRequest::parse(&META, FieldSet::ALL, next, &tokens()).unwrap();
        prop_assert_eq!(request.query.after, Some(place));
    }
}

/// The parameters of a link, read by nothing of the crate's own.
fn followed(link: &str, relation: &str) -> Vec<(String, String)> {
    let end = format!(">; rel=\"{relation}\"");
    let query = link.strip_prefix("</api/v1/samples/?").and_then(|rest| rest.strip_suffix(&end)).expect("a link");
    query.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(n, v)| (decoded(n), decoded(v))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        let digits = |bytes: &mut std::str::Bytes| [bytes.next().unwrap(), bytes.next().unwrap()];
        out.push(match byte {
            b'%' => u8::from_str_radix(std::str::from_utf8(&digits(&mut bytes)).unwrap(), 16).unwrap(),
            byte => byte,
        });
    }
    String::from_utf8(out).unwrap()
}
