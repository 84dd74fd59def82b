//! What `Debug` of the inputs does not print.

use crate::every_attribute::{Article, ArticleCreate, ArticleUpdate, Priority, article};
use kwik_domain::Entity;
use kwik_domain::entity::parse_json;

#[test]
fn a_create_masks_what_must_not_be_seen() {
    let body = br#"{"sku":"SKU-42","price":"1.00","type":"chair","short":"abc","password":"hunter2"}"#;
    let create: ArticleCreate = parse_json(Article::META, body).unwrap();
    let text = format!("{create:?}");
    assert!(!text.contains("SKU-42") && !text.contains("hunter2"), "{text}");
    assert!(text.contains("sku: ***") && text.contains("password: ***"), "{text}");
    assert!(text.contains("internal: ***") && text.contains("type: \"chair\""), "{text}");
    assert_eq!(create.priority, Priority::Low);
}

#[test]
fn a_change_masks_it_and_says_whether_it_is_there() {
    let update = ArticleUpdate { password: Some(article().password), ..Default::default() };
    let text = format!("{update:?}");
    assert!(text.contains("password: Some(***)") && text.contains("sku: None"), "{text}");
}
