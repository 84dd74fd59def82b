//! Functions of the user's own, and fields that a client may not give.

use crate::customer::Customer;
use crate::every_attribute::{Article, ArticleCreate, ArticleUpdate, Priority, article};
use kwik_domain::entity::parse_json;
use kwik_domain::{Entity, Error, Input};

const BODY: &str = r#"{"sku":"SKU-1","price":"1.00","type":" Chair ","short":"abc""#;

fn create(more: &str) -> Result<ArticleCreate, Error> {
    parse_json(Article::META, format!("{BODY}{more}}}").as_bytes())
}

fn update(body: &str) -> Result<ArticleUpdate, Error> {
    parse_json(Article::META, body.as_bytes())
}

fn codes<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, &'static str)> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| (e.field.into_owned(), e.issue.code)).collect(),
        other => panic!("{other:?}"),
    }
}

fn one(field: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(field.to_owned(), code)]
}

#[test]
fn text_is_brought_into_form_before_it_is_checked() {
    let create = create("").unwrap();
    assert_eq!(create.r#type, "chair");
    assert_eq!((create.priority, create.rating, create.views), (Priority::Low, -1, 0));
}

#[test]
fn the_function_of_a_field_is_asked() {
    let body = BODY.replace(" Chair ", "Weapon") + "}";
    let result = parse_json::<ArticleCreate>(Article::META, body.as_bytes());
    assert_eq!(codes(result), one("type", "forbidden"));
    assert_eq!(codes(update(r#"{"type":"weapon"}"#)), one("type", "forbidden"));
    assert_eq!(codes(update(r#"{"sku":"7"}"#)), one("sku", "invalid"));
}

#[test]
fn the_function_of_a_field_is_asked_about_values_from_code_too() {
    let mut errors = Vec::new();
    let mut input = create("").unwrap();
    input.check(&mut errors);
    assert_eq!(errors, []);
    input.r#type = "weapon".into();
    input.check(&mut errors);
    ArticleUpdate { r#type: Some("weapon".into()), ..Default::default() }.check(&mut errors);
    ArticleUpdate::default().check(&mut errors);
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0].issue.code, "forbidden");
}

#[test]
fn the_function_of_the_entity_sees_the_row() {
    const { assert!(Article::VALIDATES && !Customer::VALIDATES) };
    assert_eq!(article().validate(), Ok(()));
    let sold = Article { sold: true, rating: -1, ..article() };
    assert_eq!(sold.validate().unwrap_err()[0].field, "rating");
}

#[test]
fn clients_give_only_what_is_theirs_to_give() {
    let read_only = create(r#","views":99"#).unwrap();
    assert_eq!(read_only.views, 0, "read back, ignored");
    assert_eq!(codes(create(r#","internal":true"#)), one("internal", "unknown"));
    assert_eq!(create(r#","password":"p"}"#.trim_end_matches('}')).unwrap().password.as_deref(), Some("p"));
    // A field that is given only on creation is no field of a change.
    assert_eq!(codes(update(r#"{"priority":"low"}"#)), one("", "empty"));
}

#[test]
fn code_sets_what_clients_cannot() {
    let mut article = article();
    article.apply(&ArticleUpdate { views: Some(5), internal: Some(None), ..Default::default() });
    assert_eq!((article.views, article.internal), (5, None));
}
