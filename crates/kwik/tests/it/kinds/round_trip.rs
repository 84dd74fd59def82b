//! Values of every kind, at the edges of what they can be.

use super::everything::{KINDS, app, compared, thing};
use http::Method;
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};

/// What a field is after it was sent this literal: in the answer, when read, and in a list by its value.
async fn kept(client: &Client, id: &Value, field: &str, literal: &str) -> Value {
    let path = format!("/things/{}", id.as_str().unwrap());
    let changed = client.raw(Method::PUT, &path, format!(r#"{{"{field}":{literal}}}"#)).await.ok();
    assert_eq!(client.get(&path).await.ok(), changed, "{field}: {literal}");
    changed[field].clone()
}

on_each_engine! {
    async fn a_thing_comes_back_as_it_went(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let created = ada.post("/things/", &thing()).await;
        let row = created.ok();
        for (name, value) in thing().as_object().unwrap() {
            assert_eq!(row[name], *value, "{name}");
        }
        for kind in KINDS {
            assert_eq!(row[format!("maybe_{kind}")], Value::Null, "{kind}");
        }
        let id = row["id"].as_str().unwrap();
        assert_eq!(created.header("location"), Some(format!("/api/v1/things/{id}").as_str()));
        assert_eq!(ada.get(&format!("/things/{id}")).await.ok(), row);
        assert_eq!(ada.get("/things/").await.ok(), json!({ "total": 1, "data": [row] }));
    }

    async fn an_option_is_set_changed_and_unset(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let id = ada.post("/things/", &thing()).await.ok()["id"].clone();
        for kind in KINDS {
            let (field, value) = (format!("maybe_{kind}"), thing()[kind].clone());
            assert_eq!(kept(&ada, &id, &field, &value.to_string()).await, value, "{field}");
            assert_eq!(kept(&ada, &id, &field, "null").await, Value::Null, "{field}");
        }
        let path = format!("/things/{}/history?limit=2", id.as_str().unwrap());
        let changes = ada.get(&path).await.ok()["data"].clone();
        let amounts = json!(["1.50", "0.00"]);
        assert_eq!(changes[0]["changes"], json!([{ "field": "maybe_amounts", "from": amounts, "to": null }]));
        assert_eq!(changes[1]["changes"], json!([{ "field": "maybe_amounts", "from": null, "to": amounts }]));
        let full: Value = KINDS.iter().map(|kind| (format!("maybe_{kind}"), thing()[*kind].clone())).chain(
            thing().as_object().unwrap().clone()).collect::<serde_json::Map<_, _>>().into();
        let row = ada.post("/things/", &full).await.ok();
        for (name, value) in full.as_object().unwrap() {
            assert_eq!(row[name], *value, "{name}");
        }
    }

    async fn values_at_the_edges_are_kept(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let id = ada.post("/things/", &thing()).await.ok()["id"].clone();
        for (field, literals) in [
            ("flag", &["false", "true"][..]),
            ("small", &["0", "2147483647", "-2147483648"]),
            ("large", &["0", "9223372036854775807", "-9223372036854775808"]),
            ("ratio", &["0.0", "1.0", "-1.5", "0.1", "1e100", "1.7976931348623157e308", "5e-324", "2.2250738585072014e-308", "0.30000000000000004", "123456789.12345679"]),
            ("text", &[r#"" ""#, r#""  both ends  ""#, r#""\u0001""#, r#""\ud83e\udd80""#]),
            ("amount", &[r#""0""#, r#""0.00""#, r#""-0.01""#, r#""-9999999999999999999999999999""#, r#""0.0000000000000000000000000001""#]),
            ("reference", &[r#""00000000-0000-0000-0000-000000000000""#, r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#]),
            ("day", &[r#""0001-01-01""#, r#""1582-10-10""#, r#""1900-02-28""#, r#""9999-12-31""#]),
            ("moment", &[r#""0001-01-01T00:00:00.000000Z""#, r#""1969-12-31T23:59:59.999999Z""#, r#""9999-12-31T23:59:59.999999Z""#]),
            ("tier", &[r#""basic""#, r#""n/a""#]),
            ("code", &[r#""C-""#]),
            ("time", &[r#""00:00:00.000000""#, r#""23:59:59.999999""#]),
            ("bytes", &[r#""""#, r#""AA==""#, r#""+/+/""#]),
            ("document", &["null", "true", r#""""#, "0", "-9223372036854775808", "18446744073709551615", "[]", "{}", "0.1", "1e300", "5e-324",
                r#"{"":{"b":[[],[{}]],"a":"\\u0000 \"\u0001🦀"}}"#]),
            ("maybe_document", &["false", r#"{"a":null}"#]),
            ("tags", &["[]", r#"["","null","\u0001\"","🦀"]"#]),
            ("tiers", &["[]", r#"["gold_plus","gold_plus"]"#]),
            ("codes", &["[]", r#"["C-","C-1"]"#]),
            ("amounts", &[r#"["0.0000000000000000000000000001","-9999999999999999999999999999"]"#]),
        ] {
            for literal in literals {
                let expected: Value = serde_json::from_str(literal).unwrap();
                assert_eq!(kept(&ada, &id, field, literal).await, expected, "{field}");
            }
        }
    }

    async fn values_have_one_form(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let id = ada.post("/things/", &thing()).await.ok()["id"].clone();
        for (field, literal, expected) in [
            ("ratio", "7", "7.0"),
            ("ratio", "-0.0", "0.0"),
            ("ratio", "-0", "0.0"),
            ("ratio", "1E2", "100.0"),
            ("small", "-0", "0"),
            ("amount", "7.10", r#""7.10""#),
            ("reference", r#""01890A5D-AC96-774B-BCCE-B302099A8057""#, r#""01890a5d-ac96-774b-bcce-b302099a8057""#),
            ("moment", r#""2026-01-31T09:30:00Z""#, r#""2026-01-31T09:30:00.000000Z""#),
            ("moment", r#""2026-01-31T09:30:00.5+05:30""#, r#""2026-01-31T04:00:00.500000Z""#),
            ("moment", r#""2026-01-01T00:00:00-01:00""#, r#""2026-01-01T01:00:00.000000Z""#),
            ("moment", r#""2026-01-31T09:30:00.1234567899Z""#, r#""2026-01-31T09:30:00.123456Z""#),
            ("text", r#""\u0041""#, r#""A""#),
            ("time", r#""09:30:00""#, r#""09:30:00.000000""#),
            ("time", r#""09:30:00.5""#, r#""09:30:00.500000""#),
            ("document", "1e2", "100.0"),
            ("document", "-0.0", "0.0"),
            ("document", "1e16", "10000000000000000"),
            ("document", r#"{ "a" : 1, "a" : [ "\u0041" ] }"#, r#"{"a":["A"]}"#),
            ("tags", r#"[ "\u0041" , "b" ]"#, r#"["A","b"]"#),
            ("amounts", r#"[1.50, 2e1, "3"]"#, r#"["1.50","20","3"]"#),
        ] {
            let text = ada.raw(Method::PUT, &format!("/things/{}", id.as_str().unwrap()), format!(r#"{{"{field}":{literal}}}"#)).await;
            text.ok();
            let text = String::from_utf8(text.body).unwrap();
            assert!(text.contains(&format!("\"{field}\":{expected},")), "{field}: {literal} became {text}");
        }
    }

    async fn keys_are_uuids_of_version_7_that_grow(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let mut keys = Vec::new();
        for _ in 0..5 {
            let mut body = thing();
            body["id"] = json!("00000000-0000-0000-0000-000000000001");
            let created = ada.post("/things/", &body).await.ok();
            let key: uuid::Uuid = created["id"].as_str().unwrap().parse().unwrap();
            assert_eq!((key.get_version_num(), key.get_variant()), (7, uuid::Variant::RFC4122));
            keys.push(created["id"].clone());
        }
        // Those of the same millisecond are in any order.
        let moment = |key: &Value| key.as_str().unwrap()[..13].to_owned();
        assert!(keys.iter().map(moment).is_sorted(), "{keys:?}");
        keys.sort_by_key(ToString::to_string);
        let list = ada.get("/things/").await.ok();
        assert_eq!(list["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), keys);
        let upper = keys[0].as_str().unwrap().to_uppercase();
        assert_eq!(ada.get(&format!("/things/{upper}")).await.ok()["id"], keys[0]);
        for wrong in ["1", "x", "01890a5dac96774bbcceb302099a8057", "%7B01890a5d-ac96-774b-bcce-b302099a8057%7D"] {
            ada.get(&format!("/things/{wrong}")).await.refused(422, "invalid_path");
        }
        ada.get("/things/01890a5d-ac96-774b-bcce-b302099a8057").await.refused(404, "not_found");
        ada.get("/things/01890a5d-ac96-774b-bcce-b302099a8057/history").await.refused(404, "not_found");
    }

    async fn history_has_the_forms_of_representations(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let id = ada.post("/things/", &thing()).await.ok()["id"].as_str().unwrap().to_owned();
        let next = json!({
            "flag": false, "small": 1, "large": 2, "ratio": 1e100, "text": "\"x\"\n", "amount": "-0.00100",
            "reference": "ffffffff-ffff-ffff-ffff-ffffffffffff", "day": "0001-01-01", "moment": "0001-01-01T00:00:00.000001Z",
            "tier": "basic", "code": "C-2", "time": "00:00:00.000001", "bytes": "AA==", "document": [1e100, "\u{1}", null],
            "tags": [], "tiers": ["basic"], "codes": ["C-2", "C-3"], "amounts": ["-0.00100"],
        });
        ada.put(&format!("/things/{id}"), &next).await.ok();
        let record = ada.get(&format!("/things/{id}/history?limit=1")).await.ok()["data"][0].clone();
        let expected: Vec<_> = KINDS.iter().map(|kind| json!({ "field": kind, "from": thing()[kind], "to": next[kind] })).collect();
        assert_eq!(record["changes"], json!(expected));
    }

    async fn every_kind_is_filtered_and_sorted_by(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let low = json!({
            "flag": false, "small": -8, "large": -1, "ratio": -2.5, "text": "A", "amount": "2",
            "reference": "00000000-0000-0000-0000-000000000000", "day": "0999-01-01", "moment": "1960-01-01T00:00:00Z",
            "tier": "basic", "code": "C-", "time": "00:00:00", "bytes": "", "document": null, "tags": [], "tiers": [],
            "codes": [], "amounts": [],
        });
        let mut high = thing();
        high["text"] = json!("B");
        let (low, high) = (ada.post("/things/", &low).await.ok(), ada.post("/things/", &high).await.ok());
        for kind in compared() {
            let list = async |query: String| ada.get(&format!("/things/?{query}")).await.ok()["data"].clone();
            let value = low[kind].as_str().map_or_else(|| low[kind].to_string(), str::to_owned);
            assert_eq!(list(format!("filter_key={kind}&value={value}")).await, json!([low]), "{kind}");
            assert_eq!(list(format!("sorting={kind}")).await, json!([low, high]), "{kind}");
            assert_eq!(list(format!("sorting={kind}:desc")).await, json!([high, low]), "{kind}");
        }
    }

    async fn what_has_no_order_is_only_asked_whether_it_is_null(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let with = ada.post("/things/", &thing()).await.ok();
        for kind in &KINDS[12..] {
            let field = format!("maybe_{kind}");
            ada.put(&format!("/things/{}", with["id"].as_str().unwrap()), &json!({ (field.as_str()): thing()[kind] })).await.ok();
        }
        let without = ada.post("/things/", &thing()).await.ok();
        for kind in &KINDS[12..] {
            let field = format!("maybe_{kind}");
            let ids = async |filter: String| {
                let query = format!("/things/?filter={}", filter.replace(' ', "%20").replace('"', "%22"));
                ada.get(&query).await.ok()["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
            };
            assert_eq!(ids(format!("{field} = null")).await, [without["id"].clone()], "{kind}");
            assert_eq!(ids(format!("{field} != null")).await, [with["id"].clone()], "{kind}");
            for filter in ["= \"a\"", "< \"a\"", "IN (\"a\")", ": \"a\""] {
                let query = format!("/things/?filter={kind} {filter}").replace(' ', "%20").replace('"', "%22").replace('<', "%3C");
                let problem = ada.get(&query).await.problem(400);
                assert_eq!(problem["errors"][0]["parameter"], "filter", "{kind} {filter}");
            }
            for query in [format!("sorting={kind}"), format!("filter_key={kind}&value=AA==")] {
                let problem = ada.get(&format!("/things/?{query}")).await.problem(400);
                assert_eq!(problem["errors"][0]["code"], "unknown", "{query}");
            }
        }
    }
}
