//! `filter=` with every operator on every kind of field, against what follows from the rows.

use super::specimen::{KINDS, Kind, LAST, ROWS, ask, exhibition, ids, rank};
use kwik_testkit::{Client, on_each_engine};
use std::cmp::Ordering;

/// A condition on a text.
type Condition<'a> = &'a dyn Fn(&str) -> bool;

/// What a list with this filter gives, and that its total is as much.
async fn found(client: &Client, filter: &str) -> Vec<i64> {
    let answer = ask(client, &[("filter", filter)]).await;
    assert!(answer.status == 200, "{filter}: {}", String::from_utf8_lossy(&answer.body));
    let page = answer.ok();
    assert_eq!(page["total"], ids(&page).len(), "{filter}");
    ids(&page)
}

/// The keys of the specimens whose rank (none is null) satisfies the condition.
fn expected(kind: &Kind, is_option: bool, condition: impl Fn(Option<usize>) -> bool) -> Vec<i64> {
    (1..=LAST).zip(0..ROWS).filter(|(_, row)| condition(rank(kind, *row, is_option))).map(|(id, _)| id).collect()
}

/// A comparison with the value of a rank; all but `!=` are false for null.
fn holds(operator: &str, rank: Option<usize>, value: usize) -> bool {
    let Some(rank) = rank else { return operator == "!=" };
    let order = rank.cmp(&value);
    match operator {
        "=" => order == Ordering::Equal,
        "!=" => order != Ordering::Equal,
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        _ => order != Ordering::Less,
    }
}

/// Every kind, as a field that is never null and as an option.
fn fields() -> impl Iterator<Item = (&'static Kind, bool, String)> {
    KINDS.iter().flat_map(|kind| [(kind, false, kind.field.to_owned()), (kind, true, format!("maybe_{}", kind.field))])
}

on_each_engine! {
    async fn comparisons_hold_for_what_they_say(engine) {
        let (_app, ada) = exhibition(engine).await;
        for (kind, is_option, field) in fields() {
            for (value, asked) in kind.asked.iter().enumerate() {
                for operator in ["=", "!=", "<", "<=", ">", ">="] {
                    let filter = format!("{field} {operator} {asked}");
                    if !kind.is_ordered && operator.starts_with(['<', '>']) {
                        let (parameter, code, _) = super::specimen::errors(&ask(&ada, &[("filter", &filter)]).await).remove(0);
                        assert_eq!((parameter.as_str(), code.as_str()), ("filter", "type"), "{filter}");
                        continue;
                    }
                    let right = expected(kind, is_option, |rank| holds(operator, rank, value));
                    assert_eq!(found(&ada, &filter).await, right, "{filter}");
                    let wrong = expected(kind, is_option, |rank| !holds(operator, rank, value));
                    assert_eq!(found(&ada, &format!("NOT ({filter})")).await, wrong, "NOT ({filter})");
                }
            }
        }
    }

    async fn lists_of_values_and_null_checks_hold_for_what_they_say(engine) {
        let (_app, ada) = exhibition(engine).await;
        for (kind, is_option, field) in fields() {
            let (first, last) = (kind.asked[0], kind.asked[kind.asked.len() - 1]);
            let one = |rank: Option<usize>| rank.is_some_and(|rank| rank == 0 || rank == kind.asked.len() - 1);
            let is_null = |rank: Option<usize>| rank.is_none();
            for (filter, right) in [
                (format!("{field} IN ({first}, {last})"), expected(kind, is_option, one)),
                (format!("NOT {field} IN ({last},{first})"), expected(kind, is_option, |rank| !one(rank))),
                (format!("{field} IN ({first})"), expected(kind, is_option, |rank| rank == Some(0))),
                (format!("{field} = null"), expected(kind, is_option, is_null)),
                (format!("{field} != null"), expected(kind, is_option, |rank| !is_null(rank))),
                (format!("{field}:*"), expected(kind, is_option, |rank| !is_null(rank))),
                (format!("{field} = *"), expected(kind, is_option, |rank| !is_null(rank))),
                (format!("{field} != *"), expected(kind, is_option, is_null)),
                (format!("NOT {field}:*"), expected(kind, is_option, is_null)),
            ] {
                assert_eq!(found(&ada, &filter).await, right, "{filter}");
            }
        }
    }

    async fn a_key_and_its_value_are_equality(engine) {
        let (_app, ada) = exhibition(engine).await;
        for (kind, is_option, field) in fields() {
            for (value, stored) in kind.stored.iter().enumerate() {
                let stored: serde_json::Value = serde_json::from_str(stored).unwrap();
                let text = stored.as_str().map_or_else(|| stored.to_string(), str::to_owned);
                let page = ask(&ada, &[("filter_key", &field), ("value", &text)]).await.ok();
                assert_eq!(ids(&page), expected(kind, is_option, |rank| rank == Some(value)), "{field}: {text}");
            }
        }
        let none = ask(&ada, &[("filter_key", "maybe_name"), ("value", "null")]).await.ok();
        assert!(ids(&none).is_empty(), "null is the text of four letters");
        let none = ask(&ada, &[("filter_key", "name"), ("value", "*")]).await.ok();
        assert!(ids(&none).is_empty());
    }

    async fn text_is_looked_for_within_text(engine) {
        let (_app, ada) = exhibition(engine).await;
        let names = ["Z", "a", "a b\"\\*_%", "\u{e4}"];
        let name = &KINDS[1];
        let of = |condition: Condition, is_option| {
            expected(name, is_option, |rank| rank.is_some_and(|rank| condition(names[rank])))
        };
        let cases: [(&str, Condition); 14] = [
            (":a", &|text| text.contains('a')),
            (":\" b\"", &|text| text.contains(" b")),
            (":\"\"", &|_| true),
            (":\"_\"", &|text| text.contains('_')),
            (":\"%\"", &|text| text.contains('%')),
            (":\"\\*\"", &|text| text.contains('*')),
            (":\"\\\\\"", &|text| text.contains('\\')),
            (" = \"a*\"", &|text| text.starts_with('a')),
            (" = \"*%\"", &|text| text.ends_with('%')),
            (" = '*\\\"*'", &|text| text.contains('"')),
            (" = \"A*\"", &|text| text.starts_with('A')),
            (" = \"\u{e4}*\"", &|text| text.starts_with('\u{e4}')),
            (" = \"a_*\"", &|text| text.starts_with("a_")),
            (":\"\u{c4}\"", &|text| text.contains('\u{c4}')),
        ];
        for (rest, condition) in cases {
            for (field, is_option) in [("name", false), ("maybe_name", true)] {
                let filter = format!("{field}{rest}");
                let right = of(condition, is_option);
                assert_eq!(found(&ada, &filter).await, right, "{filter}");
                let others: Vec<_> = (1..=LAST).filter(|id| !right.contains(id)).collect();
                assert_eq!(found(&ada, &format!("NOT {filter}")).await, others, "NOT {filter}");
                if let Some(pattern) = rest.strip_prefix(" = ") {
                    let filter = format!("{field} != {pattern}");
                    assert_eq!(found(&ada, &filter).await, others, "{filter}");
                }
            }
        }
    }

    async fn conditions_are_joined_as_parentheses_say(engine) {
        let (_app, ada) = exhibition(engine).await;
        let keys = |condition: fn(i64) -> bool| (1..=LAST).filter(|id| condition(*id)).collect::<Vec<_>>();
        for (filter, right) in [
            ("", keys(|_| true)),
            ("  ", keys(|_| true)),
            ("id > 3 AND id < 6", keys(|id| id == 4 || id == 5)),
            ("id = 1 OR id = 2 OR id = 12", keys(|id| [1, 2, 12].contains(&id))),
            ("id > 3 AND (id < 6 OR id = 9)", keys(|id| [4, 5, 9].contains(&id))),
            ("(id > 3 AND id < 6) OR id = 9", keys(|id| [4, 5, 9].contains(&id))),
            ("NOT (id > 3 AND NOT (id < 6 OR id = 9))", keys(|id| id < 6 || id == 9)),
            ("((((((((((((((((id = 7))))))))))))))))", keys(|id| id == 7)),
            ("id=1 OR(id=2 AND NOT id=3)", keys(|id| id <= 2)),
            ("version = 1 AND creation_time > 2000-01-01T00:00:00Z AND creator_user_id = 1", keys(|_| true)),
            ("last_modification_time = null AND id <= 2", keys(|id| id <= 2)),
        ] {
            assert_eq!(found(&ada, filter).await, right, "{filter}");
        }
    }

    async fn both_forms_of_conditions_hold_together(engine) {
        let (_app, ada) = exhibition(engine).await;
        let page = ask(&ada, &[("filter", "id > 4"), ("filter_key", "grade"), ("value", "as new")]).await.ok();
        assert_eq!((ids(&page), &page["total"]), (vec![6, 9, 12], &serde_json::json!(3)));
        let page = ask(&ada, &[("filter", "id = 1 OR id = 3"), ("filter_key", "grade"), ("value", "poor")]).await.ok();
        assert_eq!(ids(&page), [1], "the alternatives stay together");
    }
}
