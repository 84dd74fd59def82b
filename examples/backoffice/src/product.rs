//! What we sell.

use crate::money::cents;
use kwik::prelude::*;

/// Something that we sell.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "products", max_limit = 200)]
pub struct Product {
    #[entity(key)]
    pub id: i64,
    #[entity(pattern = "[A-Z]{3}-[0-9]{3,6}", unique, search, example = "CHR-001")]
    pub sku: String,
    #[entity(length(1..=200), search)]
    pub name: String,
    #[entity(range("0"..="1000000"), validate = cents, example = "49.90")]
    pub price: Decimal,
    /// A small picture.
    #[entity(length(..=65536))]
    pub picture: Option<Vec<u8>>,
}

/// What products are sorted into.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "categories")]
pub struct Category {
    #[entity(key)]
    pub id: i64,
    #[entity(length(1..=80), unique)]
    pub name: String,
}

/// A product stands in a category. The two keys together are its key.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "product_categories")]
pub struct ProductCategory {
    #[entity(key, references = Product, on_delete = "cascade")]
    pub product_id: i64,
    #[entity(key, references = Category, on_delete = "cascade")]
    pub category_id: i64,
}
