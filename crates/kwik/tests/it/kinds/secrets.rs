//! What is hidden, only written or sensitive leaks nowhere: no answer, list, history or problem has it.

use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use serde_json::json;

/// Somebody's account.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "accounts")]
pub struct Account {
    #[entity(key)]
    pub id: i64,
    #[entity(create_only)]
    pub owner: String,
    #[entity(read_only, default = "0.00")]
    pub balance: Decimal,
    #[entity(write_only, length(4..=8))]
    pub pin: String,
    #[entity(hidden, default = "classified-remark")]
    pub remark: String,
    #[entity(sensitive, unique, length(..=20))]
    pub tax_number: Option<String>,
}

const SECRETS: [&str; 3] = ["zqwx", "classified-remark", "kvyz"];

fn app() -> App {
    App::new().resource::<Account>()
}

/// An answer in which nothing is that must not be.
#[track_caller]
fn tight(answer: TestResponse, but: &str) -> TestResponse {
    let text = String::from_utf8(answer.body.clone()).unwrap();
    for secret in SECRETS.iter().filter(|secret| **secret != but) {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(!text.contains("remark"), "nobody learns that it exists: {text}");
    answer
}

async fn created(ada: &Client) -> TestResponse {
    ada.post("/accounts/", &json!({ "owner": "Ann", "pin": "zqwx", "tax_number": "tax-kvyz" })).await
}

on_each_engine! {
    async fn answers_show_what_may_be_seen(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let row = tight(created(&ada).await, "kvyz").ok();
        let names: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        for name in ["id", "owner", "balance", "tax_number"] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert!(!names.contains(&"pin") && !names.contains(&"remark"), "{names:?}");
        assert_eq!((&row["balance"], &row["tax_number"]), (&json!("0.00"), &json!("tax-kvyz")), "sensitive is shown to who may read");
        tight(ada.get("/accounts/1").await, "kvyz").ok();
        tight(ada.get("/accounts/").await, "kvyz").ok();
        tight(ada.put("/accounts/1", &json!({ "pin": "zqwx" })).await, "kvyz").ok();
        tight(ada.delete("/accounts/1").await, "kvyz").ok();
    }

    async fn history_says_that_it_was_set_and_not_what_it_is(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        created(&ada).await.ok();
        ada.put("/accounts/1", &json!({ "pin": "zqwx-new", "tax_number": "tax-kvyz-new" })).await.ok();
        ada.put("/accounts/1", &json!({ "tax_number": null })).await.ok();
        ada.delete("/accounts/1").await.ok();
        let history = tight(ada.get("/accounts/1/history").await, "").ok();
        let masked = |field: &str| json!({ "field": field, "from": "***", "to": "***" });
        assert_eq!(history["data"][1]["changes"], json!([masked("tax_number")]));
        assert_eq!(history["data"][2]["changes"], json!([masked("pin"), masked("tax_number")]));
    }

    async fn problems_do_not_repeat_it(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        created(&ada).await.ok();
        let again = json!({ "owner": "Bob", "pin": "zqwx", "tax_number": "tax-kvyz" });
        tight(ada.post("/accounts/", &again).await, "").refused(409, "taken");
        let wrong = json!({ "owner": 1, "pin": "zqwx-zqwx-zqwx", "tax_number": "kvyz kvyz kvyz kvyz kvyz" });
        let problem = tight(ada.post("/accounts/", &wrong).await, "").problem(422);
        assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
        let problem = tight_to_names(&ada.put("/accounts/1", &json!({ "remark": "x" })).await);
        assert_eq!(problem["errors"][0]["code"], "unknown", "like any name that is no field");
    }

    async fn lists_are_not_asked_about_it(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        created(&ada).await.ok();
        for field in ["pin", "remark", "tax_number"] {
            let sorted = ada.get(&format!("/accounts/?sorting={field}")).await;
            let filtered = ada.get(&format!("/accounts/?filter_key={field}&value=zqwx")).await;
            for answer in [sorted, filtered] {
                let problem = tight(answer, "").problem(400);
                assert_eq!(problem["errors"][0]["code"], "unknown", "{field}");
                let fields = problem["errors"][0]["detail"].as_str().unwrap().split(": ").nth(1).unwrap();
                assert!(!fields.split(", ").any(|name| name == field), "{fields}");
            }
        }
    }

    async fn a_create_only_field_is_set_once(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        created(&ada).await.ok();
        let changed = ada.put("/accounts/1", &json!({ "owner": "Eve", "pin": "1111" })).await.ok();
        assert_eq!(changed["owner"], "Ann");
    }

    async fn the_document_does_not_know_what_is_hidden(engine) {
        let app = TestApp::start(engine, app).await;
        let document: serde_json::Value = serde_json::from_str(&app.service().document).unwrap();
        let schemas = &document["components"]["schemas"];
        assert!(!document.to_string().contains("remark"));
        assert!(schemas["Account"]["properties"].get("pin").is_none());
        assert!(schemas["AccountCreate"]["properties"].get("pin").is_some());
        assert!(schemas["AccountUpdate"]["properties"].get("owner").is_none());
        assert!(schemas["AccountCreate"]["properties"].get("balance").is_none());
        assert!(schemas["Account"]["properties"].get("balance").is_some());
    }
}

/// A problem that names the field, since the client did.
#[track_caller]
fn tight_to_names(answer: &TestResponse) -> serde_json::Value {
    assert!(!String::from_utf8_lossy(&answer.body).contains("classified"));
    answer.problem(422)
}
