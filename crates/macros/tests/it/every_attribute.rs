//! An entity that uses every attribute there is.

use kwik_domain::{Entity, FieldError, FieldType, Issue};
use rust_decimal::Decimal;
use uuid::Uuid;

/// How much a thing matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FieldType)]
pub(crate) enum Priority {
    Low,
    VeryHigh,
    #[field(name = "n/a")]
    NotKnown,
}

/// A name in a shop.
#[derive(Clone, Debug, PartialEq, Eq, Hash, FieldType)]
#[field(validate = Sku::check)]
pub(crate) struct Sku(String);

impl Sku {
    fn check(text: &str) -> Result<(), &'static str> {
        if text.starts_with("SKU-") { Ok(()) } else { Err("must begin with SKU-") }
    }
}

/// A key of its own type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, FieldType)]
pub(crate) struct ArticleId(pub(crate) Uuid);

/// Something that is sold.
///
/// In a shop.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "goods", table = "T_ARTICLE", plural = "Goods", max_limit = 50)]
#[entity(unique(sku, r#type), unique(price, priority), unversioned, validate = Article::check)]
#[entity(renamed_from = "items", crate = kwik_domain)]
pub(crate) struct Article {
    #[entity(key, column = "ARTICLE_ID", label = "Number")]
    pub(crate) id: ArticleId,
    #[entity(unique, sensitive, example = "SKU-1")]
    pub(crate) sku: Sku,
    #[entity(indexed, create_only, default = "low")]
    pub(crate) priority: Priority,
    #[entity(range("0.01".."99.99"), example = 9.99, renamed_from = "cost")]
    pub(crate) price: Decimal,
    #[entity(range(-5..=5), default = -1)]
    pub(crate) rating: i32,
    #[entity(trim, lowercase, length(2..10), validate = not_forbidden)]
    pub(crate) r#type: String,
    #[entity(length(..=3))]
    pub(crate) short: String,
    #[entity(length(4..))]
    pub(crate) long: Option<String>,
    #[entity(read_only, default = 0)]
    pub(crate) views: i64,
    #[entity(write_only)]
    pub(crate) password: Option<String>,
    #[entity(hidden)]
    pub(crate) internal: Option<bool>,
    #[entity(default = false)]
    pub(crate) sold: bool,
}

fn not_forbidden(value: &str) -> Result<(), Issue> {
    if value == "weapon" { Err(Issue::new("forbidden", "must not be that")) } else { Ok(()) }
}

impl Article {
    fn check(&self) -> Result<(), Vec<FieldError>> {
        if self.sold && self.rating < 0 {
            return Err(vec![FieldError::new("rating", "must not be negative once sold")]);
        }
        Ok(())
    }
}

/// An article as a test needs it.
pub(crate) fn article() -> Article {
    Article {
        id: ArticleId(Uuid::from_u128(1)),
        sku: Sku("SKU-7".into()),
        priority: Priority::Low,
        price: Decimal::ONE,
        rating: 1,
        r#type: "chair".into(),
        short: "abc".into(),
        long: None,
        views: 0,
        password: Some("secret".into()),
        internal: Some(true),
        sold: false,
    }
}
