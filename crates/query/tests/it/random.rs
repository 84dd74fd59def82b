//! Random filters: nothing panics, everything ends, and what is described means what it meant.

use crate::sample::{META, OPEN, Row, STATUS, TEXT, cases, near, row};
use kwik_domain::{Comparison, FieldSet, Filter, Kind, TextMatch};
use kwik_query::{describe, parse_filter};
use proptest::prelude::*;

/// Words and signs of the language, and some that are not.
const TOKENS: &[&str] = &[
    "id",
    "name",
    "active",
    "price",
    "moment",
    "status",
    "salary",
    "nonsense",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    ":",
    "AND",
    "OR",
    "NOT",
    "IN",
    "and",
    "not",
    "(",
    ")",
    ",",
    "*",
    "null",
    "true",
    "1",
    "-1.5",
    "2026-01-31T09:30:00Z",
    "open",
    "\"a*\"",
    "'*'",
    "\"",
    "'",
    "\\",
    "\\*",
    "-",
    "!",
    "ä",
    "\u{1f600}",
    "\0",
    "\u{a0}",
    "",
];

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    prop::sample::select(&[Eq, Ne, Lt, Le, Gt, Ge][..])
}

/// A condition on one open field that the language can say.
fn restriction() -> impl Strategy<Value = Filter> {
    let field = 0..OPEN;
    field.prop_flat_map(|field| {
        let ordered = META.fields[field].kind != Kind::Bool && field != STATUS;
        let compare = (comparison(), near(field)).prop_map(move |(comparison, value)| match comparison {
            Comparison::Eq | Comparison::Ne => Filter::Compare(field, comparison, value),
            _ if ordered => Filter::Compare(field, comparison, value),
            _ => Filter::Compare(field, Comparison::Eq, value),
        });
        let one_of = prop::collection::vec(near(field), 1..4).prop_map(move |values| Filter::In(field, values));
        let text_match = prop::sample::select(&[TextMatch::Contains, TextMatch::StartsWith, TextMatch::EndsWith][..]);
        let text = (text_match, near(TEXT))
            .prop_map(|(text_match, text)| Filter::Text(TEXT, text_match, text.as_ref().to_text()));
        prop_oneof![5 => compare, 2 => one_of, 1 => Just(Filter::IsNull(field)), 3 => text]
    })
}

/// Conditions of all shapes, constants and empty lists in them too.
fn condition() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        20 => restriction(),
        1 => Just(Filter::All),
        1 => Just(Filter::Nothing),
        1 => Just(Filter::In(0, Vec::new())),
    ];
    leaf.prop_recursive(5, 30, 4, |inner| {
        let parts = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            parts.clone().prop_map(Filter::And),
            parts.prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

fn agree(filter: &Filter, rows: &[Row]) -> Result<(), TestCaseError> {
    let text = describe(filter, &META);
    let read = match text.as_str() {
        "TRUE" => Filter::All,
        "FALSE" => Filter::Nothing,
        text => match parse_filter(&META, FieldSet::ALL, text) {
            Ok(read) => read,
            // A random condition may be larger than a filter.
            Err(error) if error.code == "limit" => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(format!("{text}: {error}"))),
        },
    };
    for row in rows {
        prop_assert_eq!(read.matches(row), filter.matches(row), "{} {:?}", text, row);
    }
    // What was read is described in the same words, so that nothing drifts.
    prop_assert_eq!(describe(&read, &META), text);
    Ok(())
}

/// What is wrong lies within the text, or right behind it.
fn ends(text: &str) -> Result<(), TestCaseError> {
    if let Err(error) = parse_filter(&META, FieldSet::ALL, text) {
        prop_assert!((1..=text.chars().count() + 1).contains(&error.position), "{}", error);
        prop_assert!(
            error.message.starts_with("expected ") || error.message.starts_with("the value must "),
            "{}",
            error
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn any_text_ends_in_a_filter_or_an_error(text in any::<String>()) {
        ends(&text)?;
    }

    #[test]
    fn any_soup_of_tokens_ends(
        tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..40),
        glue in prop::sample::select(&["", " "][..]),
    ) {
        ends(&tokens.join(glue))?;
    }

    #[test]
    fn a_changed_filter_ends(filter in condition(), at in any::<prop::sample::Index>(), token in prop::sample::select(TOKENS), cut in 0..3usize) {
        let characters: Vec<char> = describe(&filter, &META).chars().collect();
        let at = at.index(characters.len() + 1);
        let (before, after) = characters.split_at(at);
        let mut text: String = before.iter().collect();
        text.push_str(token);
        text.extend(after.iter().skip(cut));
        ends(&text)?;
    }

    #[test]
    fn what_is_described_means_the_same(filter in condition(), rows in prop::collection::vec(row(), 1..6)) {
        agree(&filter, &rows)?;
    }
}
