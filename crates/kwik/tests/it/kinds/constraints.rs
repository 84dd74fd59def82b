//! Lengths, ranges, defaults, forms, and functions of one's own.

use http::Method;
use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};

/// Something on a shelf.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "articles", max_limit = 5)]
pub struct Article {
    #[entity(key)]
    pub id: i64,
    #[entity(trim, lowercase, length(2..10), validate = not_a_weapon)]
    pub sort: String,
    #[entity(range("0.01".."99.99"), default = "1.00")]
    pub price: Decimal,
    #[entity(range(-5..=5), default = -1)]
    pub rating: i32,
    #[entity(range(0.5..=1.5), default = 1.0)]
    pub weight: f64,
    #[entity(default = true)]
    pub on_sale: bool,
    #[entity(length(..=3))]
    pub label: Option<String>,
    #[entity(read_only, default = 0)]
    pub views: i64,
    #[entity(create_only, default = "here")]
    pub place: String,
}

fn not_a_weapon(sort: &str) -> Result<(), Issue> {
    if sort == "weapon" { Err(Issue::new("forbidden", "must be something peaceful")) } else { Ok(()) }
}

fn app() -> App {
    App::new().resource::<Article>()
}

async fn started(engine: kwik_testkit::database::Engine) -> (TestApp, Client) {
    let app = TestApp::start(engine, app).await;
    let ada = app.admin().await;
    (app, ada)
}

/// The one error of a change.
async fn error(client: &Client, field: &str, literal: &str) -> (String, String) {
    let answer = client.raw(Method::PUT, "/articles/1", format!(r#"{{"{field}":{literal}}}"#)).await;
    let problem = answer.problem(422);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    let text = |name: &str| problem["errors"][0][name].as_str().unwrap().to_owned();
    (text("code"), text("detail"))
}

on_each_engine! {
    async fn defaults_stand_in_for_what_is_missing_on_creation_alone(engine) {
        let (_app, ada) = started(engine).await;
        let created = ada.post("/articles/", &json!({ "sort": "chair" })).await.ok();
        let expected = json!({
            "price": "1.00", "rating": -1, "weight": 1.0, "on_sale": true, "label": null, "views": 0, "place": "here",
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(created[name], *value, "{name}");
        }
        ada.put("/articles/1", &json!({ "rating": 5, "price": "2", "on_sale": false })).await.ok();
        let changed = ada.put("/articles/1", &json!({ "sort": "table" })).await.ok();
        assert_eq!((&changed["rating"], &changed["price"], &changed["on_sale"]), (&json!(5), &json!("2"), &json!(false)));
        let null = ada.post("/articles/", &json!({ "sort": "chair", "rating": null })).await.problem(422);
        assert_eq!(null["errors"][0]["code"], "null", "null is no missing value");
    }

    async fn text_is_brought_into_form_before_it_is_looked_at(engine) {
        let (_app, ada) = started(engine).await;
        let created = ada.post("/articles/", &json!({ "sort": " \t ArmChair\u{a0}\n" })).await.ok();
        assert_eq!(created["sort"], "armchair");
        assert_eq!(ada.put("/articles/1", &json!({ "sort": "  ÄÖ  " })).await.ok()["sort"], "äö");
        let short = ("length".to_owned(), "must have at least 2 characters".to_owned());
        assert_eq!(error(&ada, "sort", "\"  x  \"").await, short);
        let forbidden = ("forbidden".to_owned(), "must be something peaceful".to_owned());
        assert_eq!(error(&ada, "sort", "\" WEAPON \"").await, forbidden);
        assert_eq!(error(&ada, "sort", "\"0123456789\"").await.1, "must have at most 9 characters");
        assert_eq!(error(&ada, "label", "\"abcd\"").await.1, "must have at most 3 characters");
    }

    async fn ranges_have_ends_that_belong_to_them_or_not(engine) {
        let (_app, ada) = started(engine).await;
        ada.post("/articles/", &json!({ "sort": "chair" })).await.ok();
        for (field, literal, detail) in [
            ("price", "0", "must be at least 0.01"),
            ("price", "0.0099999", "must be at least 0.01"),
            ("price", "99.99", "must be less than 99.99"),
            ("price", "\"99.990\"", "must be less than 99.99"),
            ("rating", "6", "must be at most 5"),
            ("rating", "-6", "must be at least -5"),
            ("weight", "0.49999999999999994", "must be at least 0.5"),
            ("weight", "1.5000000000000002", "must be at most 1.5"),
        ] {
            assert_eq!(error(&ada, field, literal).await, ("range".to_owned(), detail.to_owned()), "{field}: {literal}");
        }
        for (field, literal) in [("price", "0.010"), ("price", "99.9899"), ("rating", "5"), ("rating", "-5"), ("weight", "0.5"), ("weight", "1.5")] {
            ada.raw(Method::PUT, "/articles/1", format!(r#"{{"{field}":{literal}}}"#)).await.ok();
        }
    }

    async fn what_only_the_program_sets_is_ignored(engine) {
        let (_app, ada) = started(engine).await;
        let created = ada.post("/articles/", &json!({ "sort": "chair", "views": 99, "place": "there" })).await.ok();
        assert_eq!((&created["views"], &created["place"]), (&json!(0), &json!("there")));
        let changed = ada.put("/articles/1", &json!({ "sort": "table", "views": "many", "place": 7 })).await.ok();
        assert_eq!((&changed["views"], &changed["place"]), (&json!(0), &json!("there")), "not even looked at");
        let nothing = ada.put("/articles/1", &json!({ "place": "elsewhere" })).await.problem(422);
        assert_eq!(nothing["errors"][0]["code"], "empty", "what is given on creation alone is no change");
    }

    async fn all_errors_of_all_kinds_come_together(engine) {
        let (_app, ada) = started(engine).await;
        let body = r#"{"price":0,"rating":9,"weight":"x","on_sale":1,"label":"long","sort":"w","colour":1}"#;
        let problem = ada.raw(Method::POST, "/articles/", body).await.problem(422);
        let codes: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| (e["pointer"].clone(), e["code"].clone())).collect();
        let expected = [
            ("/sort", "length"), ("/price", "range"), ("/rating", "range"), ("/weight", "type"), ("/on_sale", "type"),
            ("/label", "length"), ("/colour", "unknown"),
        ];
        assert_eq!(codes, expected.map(|(pointer, code)| (Value::from(pointer), Value::from(code))));
    }

    async fn a_list_has_the_cap_of_its_entity(engine) {
        let (_app, ada) = started(engine).await;
        for _ in 0..7 {
            ada.post("/articles/", &json!({ "sort": "chair" })).await.ok();
        }
        let page = ada.get("/articles/").await.ok();
        assert_eq!((page["total"].as_i64(), page["data"].as_array().unwrap().len()), (Some(7), 5));
        let problem = ada.get("/articles/?limit=6").await.problem(400);
        assert_eq!(problem["errors"][0]["detail"], "must be an integer from 0 to 5");
    }
}
