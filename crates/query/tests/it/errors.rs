//! What is wrong with filters, and where.

use crate::sample::META;
use kwik_domain::FieldSet;
use kwik_query::{FilterError, parse_filter};

fn error(text: &str) -> FilterError {
    parse_filter(&META, FieldSet::ALL, text).expect_err(text)
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let cases = [
        ("id", 3, "syntax", "expected one of"),
        ("id =", 5, "syntax", "expected a value, such as 1000"),
        ("day = ", 7, "syntax", "such as 2026-01-31"),
        ("id == 1", 5, "syntax", "expected a value"),
        ("id = AND", 6, "syntax", "expected a value"),
        ("id ~ 1", 4, "syntax", "expected one of"),
        ("id = 1 AND", 11, "syntax", "expected a condition"),
        ("AND id = 1", 1, "syntax", "expected a condition"),
        ("id = 1 AND AND id = 1", 12, "syntax", "expected a condition"),
        ("()", 2, "syntax", "expected a condition"),
        ("\"id\" = 1", 1, "syntax", "expected a condition"),
        ("(id = 1", 8, "syntax", "parenthesis that closes"),
        ("id = 1)", 7, "syntax", "none is open"),
        ("id = 1 id = 2", 8, "syntax", "AND or OR between"),
        ("id = 1 (id = 2)", 8, "syntax", "AND or OR between"),
        ("id = 1 && id = 2", 8, "syntax", "AND or OR between"),
        ("id = 1, id = 2", 7, "syntax", "AND or OR between"),
        ("name = a b", 10, "syntax", "AND or OR between"),
        ("id=1 AND id=2 OR id=3", 15, "syntax", "parentheses where AND and OR mix"),
        ("id=1 OR (id=2) AND id=3", 16, "syntax", "parentheses where AND and OR mix"),
        ("id=1 and id=2", 6, "syntax", "upper case"),
        ("id=1 Or id=2", 6, "syntax", "upper case"),
        ("not id=1", 1, "syntax", "NOT in upper case"),
        ("id in (1)", 4, "syntax", "IN in upper case"),
        ("id not IN (1)", 4, "syntax", "NOT stands before"),
        ("id NOT IN (1)", 4, "syntax", "NOT stands before"),
        ("id IS null", 4, "syntax", "= null"),
        ("-id=1", 1, "syntax", "expected NOT"),
        ("id=1 AND -id=1", 10, "syntax", "expected NOT"),
        ("!(id=1)", 1, "syntax", "expected NOT"),
        ("NOT NOT id=1", 5, "syntax", "after NOT"),
        ("NOT", 4, "syntax", "expected a condition"),
        ("id IN 1", 7, "syntax", "in parentheses after IN"),
        ("id IN ()", 8, "syntax", "expected a value"),
        ("id IN (1 2)", 10, "syntax", "comma"),
        ("id IN (1,)", 10, "syntax", "expected a value"),
        ("id IN (1", 9, "syntax", "comma"),
        ("id IN (1, null)", 11, "syntax", "null stands with"),
        ("name IN ('a*')", 10, "syntax", "without *"),
        ("name IN (*)", 10, "syntax", "without *"),
        ("id < null", 6, "syntax", "null stands with"),
        ("name:null", 6, "syntax", "null stands with"),
        ("name = NULL", 8, "syntax", "lower case"),
        ("name < \"a*\"", 8, "syntax", "without *"),
        ("name:\"a*\"", 6, "syntax", "without *"),
        ("name = \"a*c\"", 8, "syntax", "beginning or the end"),
        ("name = \"*a*c\"", 8, "syntax", "beginning or the end"),
        ("name = \"***\"", 8, "syntax", "beginning or the end"),
        ("name = ac*", 10, "syntax", "quotes"),
        ("name = *ac", 9, "syntax", "quotes"),
        ("name = a\"b\"", 9, "syntax", "quotes"),
        ("name = ä'", 9, "syntax", "quotes"),
        ("name = \"ä", 8, "syntax", "closed"),
        ("name = \"ä\\n\"", 10, "syntax", "backslash"),
        ("name = \"ä\\", 10, "syntax", "backslash"),
        ("name = \"\0\"", 8, "characters", "NUL"),
        ("name = \"\0*\"", 8, "characters", "NUL"),
        ("id = x", 6, "type", "must be an integer"),
        ("id = 9223372036854775808", 6, "range", "at most 64 bits"),
        ("size = 2147483648", 8, "range", "at most 32 bits"),
        ("id = 1.0", 6, "type", "must be an integer"),
        ("weight = 1e999", 10, "range", "double"),
        ("weight = NaN", 10, "type", "must be a number"),
        ("weight = -inf", 10, "type", "must be a number"),
        ("price = 1e40", 9, "range", "28 digits"),
        ("active = 1", 10, "type", "true or false"),
        ("active < true", 8, "type", "no order"),
        ("moment > 2026-01-31", 10, "type", "offset"),
        ("day > 2026-1-31", 7, "type", "date"),
        ("status = lost", 10, "variant", "open, closed, on hold"),
        ("status IN (open, lost)", 18, "variant", "open, closed, on hold"),
        ("status >= open", 8, "type", "no order"),
        ("status = \"o*\"", 10, "syntax", "without *"),
        ("status:open", 7, "type", "only text"),
        ("id:1", 3, "type", "only text"),
        ("ä = 1", 1, "unknown", "Sample: id, name, active"),
        ("name = ä AND Name = 1", 14, "unknown", "Sample: id, name, active"),
    ];
    for (text, position, code, words) in cases {
        let error = error(text);
        assert_eq!((error.position, error.code), (position, code), "{text}: {error}");
        assert!(error.message.contains(words), "{text}: {error}");
        assert!(error.to_string().starts_with(&format!("at position {position}: ")), "{error}");
    }
}

#[test]
fn what_is_not_open_or_not_visible_is_unknown() {
    let visible = FieldSet::ALL.without(3);
    for rest in ["", " = 1", ":*", " = null", " IN (1)", " < x", " ~", " = \"", ") AND"] {
        let with = |name: &str| parse_filter(&META, visible, &format!("id = 1 AND {name}{rest}")).unwrap_err();
        let unknown = with("nonsense");
        assert_eq!(unknown.code, "unknown");
        for name in ["concealed", "password", "salary", "size"] {
            assert_eq!(with(name), unknown, "{name}{rest}");
            assert!(!unknown.message.contains(name));
        }
    }
}

#[test]
fn errors_do_not_repeat_what_was_sent() {
    let sent = "qqq";
    for text in [
        "qqq = 1",
        "id = qqq",
        "name = \"qqq",
        "name = 'qqq*qqq'",
        "id qqq 1",
        "id = 1 qqq",
        "status = qqq",
        "id IN (qqq)",
    ] {
        assert!(!error(text).to_string().contains(sent), "{text}");
    }
}
