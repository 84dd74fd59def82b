//! Rules over several fields: they hold for the row as it becomes, whoever else changes it meanwhile.

use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::json;
use tokio::task::JoinSet;

/// An interval whose low end is never above its high end.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "spans", validate = Span::check)]
pub struct Span {
    #[entity(key)]
    pub id: i64,
    pub low: i32,
    pub high: i32,
}

impl Span {
    fn check(&self) -> Result<(), Vec<FieldError>> {
        if self.low > self.high { Err(vec![FieldError::new("low", "must not be above high")]) } else { Ok(()) }
    }
}

/// The same without versions, by which a lost race could be seen.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "gaps", unversioned, validate = Gap::check)]
pub struct Gap {
    #[entity(key)]
    pub id: i64,
    pub low: i32,
    pub high: i32,
}

impl Gap {
    fn check(&self) -> Result<(), Vec<FieldError>> {
        if self.low > self.high { Err(vec![FieldError::new("low", "must not be above high")]) } else { Ok(()) }
    }
}

fn app() -> App {
    App::new().resource::<Span>().resource::<Gap>()
}

/// Somebody raises the low end and somebody lowers the high one, each right alone: only one may win.
async fn race(ada: &Client, path: &str) {
    ada.put(path, &json!({ "low": 0, "high": 10 })).await.ok();
    let mut set = JoinSet::new();
    for change in [json!({ "low": 8 }), json!({ "high": 3 }), json!({ "low": 7 }), json!({ "high": 2 })] {
        let (ada, path) = (ada.clone(), path.to_owned());
        set.spawn(async move { ada.put(&path, &change).await });
    }
    let answers = set.join_all().await;
    for answer in &answers {
        assert!(answer.status == 200 || answer.problem(422)["errors"][0]["pointer"] == "/low", "{}", answer.status);
    }
    assert!(answers.iter().any(|answer| answer.status == 200));
    let row = ada.get(path).await.ok();
    assert!(row["low"].as_i64() <= row["high"].as_i64(), "{row}");
}

on_each_engine! {
    async fn a_version_conflict_is_told_before_what_a_rule_says(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/spans/", &json!({ "low": 0, "high": 10 })).await.ok();
        // Otherwise one could try values out against fields that one may not see, and leave no trace.
        let change = json!({ "low": 11 });
        ada.json(http::Method::PUT, "/spans/1", &[("if-match", "\"9\"")], &change).await.refused(412, "version_conflict");
        ada.json(http::Method::PUT, "/spans/1", &[("if-match", "\"1\"")], &change).await.refused(422, "invalid");
    }

    async fn hold_on_creation_and_change(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let broken = json!({
            "code": "invalid", "detail": "one field is not valid",
            "errors": [{ "pointer": "/low", "code": "invalid", "detail": "must not be above high" }],
        });
        for spans in ["/spans/", "/gaps/"] {
            assert_eq!(ada.post(spans, &json!({ "low": 2, "high": 1 })).await.problem(422), broken);
            ada.post(spans, &json!({ "low": 1, "high": 1 })).await.ok();
            let span = format!("{spans}1");
            assert_eq!(ada.put(&span, &json!({ "low": 2 })).await.problem(422), broken, "against what is stored");
            assert_eq!(ada.patch(&span, &json!({ "high": 0 })).await.problem(422), broken);
            let moved = ada.put(&span, &json!({ "low": 5, "high": 6 })).await.ok();
            assert_eq!((&moved["low"], &moved["high"]), (&json!(5), &json!(6)), "both at once");
            ada.put(&format!("{spans}99"), &json!({ "low": 1 })).await.refused(404, "not_found");
        }
    }

    async fn hold_when_several_change_the_row_at_once(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        for spans in ["/spans/", "/gaps/"] {
            ada.post(spans, &json!({ "low": 0, "high": 10 })).await.ok();
            for _ in 0..20 {
                race(&ada, &format!("{spans}1")).await;
            }
        }
    }

    async fn an_entity_without_versions_has_no_tags(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let created = ada.post("/gaps/", &json!({ "low": 0, "high": 1 })).await;
        assert_eq!((created.header("etag"), created.ok().get("version").cloned()), (None, None));
        let tagged = ada.json(http::Method::PUT, "/gaps/1", &[("if-match", "\"1\"")], &json!({ "low": 1 })).await;
        assert_eq!(tagged.problem(400)["errors"][0]["parameter"], "If-Match");
        ada.put("/gaps/1", &json!({ "low": 1 })).await.ok();
        let history = ada.get("/gaps/1/history").await.ok();
        assert_eq!(history["data"].as_array().unwrap().len(), 2, "it is audited all the same");
    }
}
