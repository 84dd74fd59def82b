//! Nothing is made of another type, and every kind says what would be right.

use super::everything::{app, thing};
use http::Method;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

/// What is refused for each kind, and how.
const WRONG: [(&str, &str, &str, &[&str]); 31] = [
    ("flag", "type", "must be true or false", &["1", "0", "\"true\"", "\"yes\"", "[]", "{}", "[true]"]),
    ("small", "type", "must be an integer, not text", &["\"3\"", "\"\""]),
    ("small", "type", "must be an integer", &["1.5", "1.0", "1e2", "true", "[]", "{}", "[1]"]),
    ("small", "range", "must be an integer of at most 32 bits", &["2147483648", "-2147483649", "9223372036854775808"]),
    ("large", "type", "must be an integer", &["9007199254740993.0", "1e3", "false"]),
    (
        "large",
        "range",
        "must be an integer of at most 64 bits",
        &[
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551615",
            "1000000000000000000000000000000000000000",
        ],
    ),
    ("ratio", "type", "must be a number, not text", &["\"1.5\"", "\"NaN\"", "\"Infinity\""]),
    ("ratio", "type", "must be a number", &["true", "[]", "{}"]),
    ("ratio", "range", "must be a number that a double can hold", &["1e309", "-1e999"]),
    ("text", "type", "must be text", &["1", "true", "[]", "{}", "[\"a\"]"]),
    ("amount", "type", "must be a decimal number, such as \"12.50\"", &["true", "[]", "\"1,5\"", "\"NaN\""]),
    ("reference", "type", "must be text in quotes", &["1", "true", "{}"]),
    (
        "reference",
        "type",
        "must be a UUID, such as \"01890a5d-ac96-774b-bcce-b302099a8057\"",
        &[
            "\"\"",
            "\"x\"",
            "\"01890a5dac96774bbcceb302099a8057\"",
            "\"{01890a5d-ac96-774b-bcce-b302099a8057}\"",
            "\"urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057\"",
            "\"01890a5d-ac96-774b-bcce-b302099a805g\"",
        ],
    ),
    ("day", "type", "must be text in quotes", &["20260131", "[]"]),
    (
        "day",
        "type",
        "must be a date, such as \"2026-01-31\"",
        &[
            "\"\"",
            "\"2026-02-29\"",
            "\"2026-13-01\"",
            "\"2026-1-1\"",
            "\"26-01-31\"",
            "\"31.01.2026\"",
            "\"2026-01-31T00:00:00Z\"",
            "\"0000-01-01\"",
            "\"-001-01-01\"",
            "\"10000-01-01\"",
            "\" 2026-1-31\"",
            "\"2026-01-00\"",
        ],
    ),
    ("moment", "type", "must be text in quotes", &["1769851800", "1769851800.5"]),
    (
        "moment",
        "type",
        "must be a date and time with an offset, such as \"2026-01-31T09:30:00Z\"",
        &[
            "\"\"",
            "\"2026-01-31\"",
            "\"2026-01-31T09:30:00\"",
            "\"2026-01-31T24:00:00Z\"",
            "\"2026-01-31T09:30:60Z\"",
            "\"2026-01-31T09:30Z\"",
            "\"0000-12-31T00:00:00Z\"",
            "\"9999-12-31T23:59:59-01:00\"",
            "\"0001-01-01T00:00:00+01:00\"",
            "\"2026-02-30T00:00:00Z\"",
            "\"now\"",
        ],
    ),
    (
        "tier",
        "variant",
        "must be one of: basic, gold_plus, n/a",
        &["\"\"", "\"Basic\"", "\"gold\"", "\"GoldPlus\"", "\"basic \""],
    ),
    ("code", "invalid", "must begin with C-", &["\"\"", "\"c-1\"", "\"X\""]),
    ("time", "type", "must be text in quotes", &["930", "[]", "true"]),
    (
        "time",
        "type",
        "must be a time of day, such as \"09:30:00\" or \"09:30:00.250000\"",
        &["\"\"", "\"09:30\"", "\"24:00:00\"", "\"23:59:60\"", "\"09:30:00Z\"", "\"09:30:00.1234567\"", "\"9:30:00\""],
    ),
    ("bytes", "type", "must be text in quotes", &["1", "[1, 2]", "{}"]),
    (
        "bytes",
        "type",
        "must be bytes in base64, such as \"AQID\"",
        &["\"A\"", "\"AA\"", "\"AB==\"", "\"-_8=\"", "\"AQID\\n\"", "\"AQ ID\""],
    ),
    (
        "document",
        "json",
        "must be JSON of at most 127 levels, of numbers that a double can hold and of whole Unicode characters",
        &["1e400", "[-1e999]", "\"\\ud800\""],
    ),
    (
        "document",
        "characters",
        "must not contain the character NUL",
        &["\"\\u0000\"", "{\"a\": [\"b\\u0000\"]}", "{\"\\u0000\": 1}"],
    ),
    ("tags", "type", "must be an array", &["\"a\"", "1", "{}", "true"]),
    ("tags/1", "type", "must be text", &["[\"a\", 1]", "[\"a\", [\"a\"], 2]"]),
    ("tags/0", "null", "must not be null", &["[null]"]),
    ("tags/2", "characters", "must not contain the character NUL", &["[\"a\", \"b\", \"\\u0000\"]"]),
    ("tiers/1", "variant", "must be one of: basic, gold_plus, n/a", &["[\"basic\", \"gold\"]"]),
    ("codes/0", "invalid", "must begin with C-", &["[\"\"]"]),
];

on_each_engine! {
    async fn of_each_kind(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let id = ada.post("/things/", &thing()).await.ok()["id"].as_str().unwrap().to_owned();
        for (field, code, detail, literals) in WRONG {
            for literal in literals {
                for place in [field.to_owned(), format!("maybe_{field}")] {
                    let field = place.split('/').next().unwrap();
                    let answer = ada.raw(Method::PUT, &format!("/things/{id}"), format!(r#"{{"{field}":{literal}}}"#)).await;
                    let errors = json!([{ "pointer": format!("/{place}"), "code": code, "detail": detail }]);
                    assert_eq!(answer.problem(422)["errors"], errors, "{field}: {literal}");
                }
            }
        }
        assert_eq!(ada.get(&format!("/things/{id}")).await.ok()["version"], 1, "nothing has changed");
    }

    async fn an_enum_is_filtered_by_its_variants_alone(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let problem = ada.get("/things/?filter_key=tier&value=silver").await.problem(400);
        let detail = "must be one of: basic, gold_plus, n/a";
        assert_eq!(problem["errors"], json!([{ "parameter": "value", "code": "variant", "detail": detail }]));
    }
}
