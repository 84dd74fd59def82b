//! What a list may be asked, and what is said of everything else.

use super::specimen::{ROWS, ask, errors, exhibition, ids};
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

/// A text that stands in no message of ours.
const MARK: &str = "zqwxkvyz";

on_each_engine! {
    async fn kwiks_parameters_choose_rows_and_order(engine) {
        let (_app, ada) = exhibition(engine).await;
        for (parameters, right) in [
            (&[][..], (1..=12).collect()),
            (&[("skip", "9")], vec![10, 11, 12]),
            (&[("skip", "1"), ("limit", "2")], vec![2, 3]),
            (&[("skip", "12")], vec![]),
            (&[("skip", "9223372036854775807")], vec![]),
            (&[("sorting", "id:desc"), ("limit", "2")], vec![12, 11]),
            (&[("sorting", "flag:desc,id:asc"), ("limit", "7")], vec![2, 4, 6, 8, 10, 12, 1]),
            (&[("sorting", "grade,flag"), ("limit", "4")], vec![3, 9, 6, 12]),
            (&[("sorting", "")], (1..=12).collect()),
            (&[("sorting", "maybe_small"), ("limit", "50")], vec![1, 7, 3, 4, 9, 10, 6, 12, 2, 5, 8, 11]),
            (&[("sorting", "maybe_small:desc"), ("limit", "6")], vec![2, 5, 8, 11, 6, 12]),
            (&[("filter_key", "grade"), ("value", "as new"), ("sorting", "id:desc")], vec![12, 9, 6, 3]),
            (&[("limit", "50"), ("filter", "id <= 2")], vec![1, 2]),
        ] {
            assert_eq!(ids(&ask(&ada, parameters).await.ok()), right, "{parameters:?}");
        }
    }

    async fn a_page_of_no_rows_has_its_total(engine) {
        let (_app, ada) = exhibition(engine).await;
        let answer = ask(&ada, &[("limit", "0")]).await;
        assert_eq!(answer.ok(), json!({ "total": ROWS, "data": [] }));
        assert_eq!(answer.header("link"), Some("</api/v1/specimens/?limit=0>; rel=\"first\""));
        let none = ask(&ada, &[("limit", "0"), ("count", "none")]).await.ok();
        assert_eq!(none, json!({ "total": null, "data": [] }));
        let some = ask(&ada, &[("limit", "0"), ("filter", "id < 3")]).await.ok();
        assert_eq!(some["total"], 2);
    }

    async fn rows_are_counted_as_asked(engine) {
        let (app, ada) = exhibition(engine).await;
        let otto = app.new_user(&["specimens_read_own"]).await;
        for id in [3, 5, 8] {
            ada.put(&format!("/specimens/{id}"), &json!({ "keeper_id": otto.id })).await.ok();
        }
        let otto = app.as_user(&otto).await;
        let total = async |client: &kwik_testkit::Client, count: &str, limit: &str| {
            ask(client, &[("count", count), ("limit", limit)]).await.ok()["total"].clone()
        };
        for limit in ["0", "1", "50"] {
            assert_eq!(total(&ada, "exact", limit).await, ROWS);
            assert_eq!(total(&ada, "none", limit).await, Value::Null);
            assert_eq!(total(&otto, "exact", limit).await, 3);
            assert_eq!(total(&otto, "none", limit).await, Value::Null);
            assert_eq!(total(&otto, "estimated", limit).await, 3, "within a scope nothing is guessed");
        }
        assert_eq!(total(&ada, "estimated", "50").await, ROWS, "what has been read to its end is known");
        assert!(total(&ada, "estimated", "1").await.is_u64());
    }

    async fn each_wrong_parameter_is_named_with_its_reason(engine) {
        let (_app, ada) = exhibition(engine).await;
        let limit = "must be an integer from 0 to 50";
        let unknown = "is not known here; there are skip, limit, sorting, filter_key, value, filter, page_token, count";
        for (parameters, parameter, code, detail) in [
            (&[("limit", "51")][..], "limit", "range", limit),
            (&[("limit", "1000")], "limit", "range", limit),
            (&[("limit", "-1")], "limit", "range", limit),
            (&[("limit", "1.0")], "limit", "range", limit),
            (&[("limit", "")], "limit", "range", limit),
            (&[("limit", "99999999999999999999")], "limit", "range", limit),
            (&[("skip", "-1")], "skip", "range", "must be an integer from 0 to 9223372036854775807"),
            (&[("skip", "9223372036854775808")], "skip", "range", "must be an integer from 0 to 9223372036854775807"),
            (&[("limit", "1"), ("limit", "1")], "limit", "duplicate", "must be given only once"),
            (&[("filter", ""), ("filter", "")], "filter", "duplicate", "must be given only once"),
            (&[("count", "exact"), ("count", "none")], "count", "duplicate", "must be given only once"),
            (&[("colour", "red")], "colour", "unknown", unknown),
            (&[("Limit", "1")], "Limit", "unknown", unknown),
            (&[("count", "Exact")], "count", "variant", "must be one of: exact, estimated, none"),
            (&[("filter_key", "id")], "value", "required", "is required beside filter_key"),
            (&[("value", "1")], "filter_key", "required", "is required beside value"),
            (&[("filter_key", "id"), ("value", "x")], "value", "type", "must be an integer"),
            (&[("filter_key", "grade"), ("value", "good")], "value", "variant", "must be one of: poor, fair, as new"),
            (&[("sorting", "id:up")], "sorting", "direction", "must be fields with :asc or :desc, such as name:asc,id:desc"),
            (&[("sorting", "id,id")], "sorting", "duplicate", "must name each field only once"),
        ] {
            let found = errors(&ask(&ada, parameters).await);
            assert_eq!(found, [(parameter.to_owned(), code.to_owned(), detail.to_owned())], "{parameters:?}");
        }
    }

    async fn all_wrong_parameters_are_named_at_once(engine) {
        let (_app, ada) = exhibition(engine).await;
        let found = errors(&ask(&ada, &[
            ("skip", "x"), ("limit", "51"), ("sorting", "id:up"), ("filter", "small >"), ("filter_key", "colour"),
            ("value", "1"), ("count", "all"), ("page_token", "x"), ("colour", "red"), ("shape", "round"),
        ]).await);
        let mut named: Vec<_> = found.iter().map(|(name, code, _)| format!("{name} {code}")).collect();
        named.sort();
        assert_eq!(named, [
            "colour unknown", "count variant", "filter syntax", "filter_key unknown", "limit range", "shape unknown",
            "skip conflict", "skip range", "sorting direction",
        ]);
    }

    async fn errors_in_filters_say_where(engine) {
        let (_app, ada) = exhibition(engine).await;
        for (filter, code, detail) in [
            ("small >=", "syntax", "at position 9: expected a value, such as 1000"),
            ("small 1", "syntax", "at position 7: expected one of: = != < <= > >= : IN"),
            ("id = 1 AND id = 2 OR id = 3", "syntax", "at position 19: expected parentheses where AND and OR mix, such as (id = 1 AND id != 2) OR id = 3"),
            ("name = \"\u{e4}\u{f6}\u{fc}\" AND day = x", "type", "at position 24: the value must be a date, such as \"2026-01-31\""),
            ("name = 'open", "syntax", "at position 8: expected the quote that begins here to be closed"),
            ("grade < fair", "type", "at position 7: expected one of: = != IN; the values of this field have no order"),
            ("grade = good", "variant", "at position 9: the value must be one of: poor, fair, as new"),
            ("small:1", "type", "at position 6: expected = or != before a value, or :* for all that is not null; only text has text in it"),
            ("small = null AND small > null", "syntax", "at position 26: expected a value; null stands with = and != only, in lower case; the text is \"null\""),
        ] {
            let found = errors(&ask(&ada, &[("filter", filter)]).await);
            assert_eq!(found, [("filter".to_owned(), code.to_owned(), detail.to_owned())], "{filter}");
        }
    }

    async fn filters_have_their_limits(engine) {
        let (_app, ada) = exhibition(engine).await;
        let nested = |depth: usize| format!("{}id = 1{}", "(".repeat(depth), ")".repeat(depth));
        let terms = |count: usize| format!("id IN ({})", vec!["1"; count].join(","));
        let long = |bytes: usize| format!("name = '{}'", "x".repeat(bytes - 9));
        for (filter, right) in [(nested(16), vec![1]), (terms(100), vec![1]), (long(4096), vec![])] {
            assert_eq!(ids(&ask(&ada, &[("filter", &filter)]).await.ok()), right);
        }
        for filter in [nested(17), terms(101), long(4097), nested(2000)] {
            let found = errors(&ask(&ada, &[("filter", &filter)]).await);
            assert_eq!((found.len(), found[0].1.as_str()), (1, "limit"), "{found:?}");
        }
    }

    async fn what_was_sent_is_not_repeated(engine) {
        let (_app, ada) = exhibition(engine).await;
        let quoted = format!("'{MARK}");
        let value = format!("small = {MARK}");
        let unfinished = format!("name = {quoted}");
        let field = format!("{MARK} = 1");
        let sorted = format!("id:{MARK}");
        for (name, text) in [
            ("skip", MARK), ("limit", MARK), ("sorting", MARK), ("sorting", &sorted), ("count", MARK), ("page_token", MARK),
            ("filter", MARK), ("filter", &quoted), ("filter", &value), ("filter", &unfinished), ("filter", &field), ("colour", MARK),
        ] {
            let answer = ask(&ada, &[(name, text)]).await;
            errors(&answer);
            assert!(!String::from_utf8_lossy(&answer.body).contains(MARK), "{name}={text}");
        }
        for (key, value) in [(MARK, "1"), ("small", MARK), ("grade", MARK), ("day", MARK)] {
            let answer = ask(&ada, &[("filter_key", key), ("value", value)]).await;
            errors(&answer);
            assert!(!String::from_utf8_lossy(&answer.body).contains(MARK), "{key}={value}");
        }
    }
}
