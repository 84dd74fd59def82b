//! First rows, for whoever wants to look around: `cargo run -p backoffice -- seed`.

use crate::{
    customer::{Customer, CustomerCreate},
    product::{Category, CategoryCreate, Product, ProductCategory, ProductCategoryCreate, ProductCreate},
};
use kwik::prelude::*;

/// A category, two products in it, a customer. Running it again changes nothing.
pub async fn seed(services: &Services, ctx: &Ctx) -> Result<()> {
    let chairs = CategoryCreate { name: "Chairs".to_owned() };
    let chairs = services.ensure::<Category>(ctx, &Category::NAME.eq("Chairs"), chairs).await?.row();
    for (sku, name, price) in [("CHR-001", "Kitchen chair", 49), ("CHR-002", "Office chair", 199)] {
        let product =
            ProductCreate { sku: sku.to_owned(), name: name.to_owned(), price: Decimal::from(price), picture: None };
        let product = services.ensure::<Product>(ctx, &Product::SKU.eq(sku), product).await?.row();
        let link = ProductCategoryCreate { product_id: product.id, category_id: chairs.id };
        let there = ProductCategory::PRODUCT_ID.eq(product.id) & ProductCategory::CATEGORY_ID.eq(chairs.id);
        services.ensure::<ProductCategory>(ctx, &there, link).await?;
    }
    let acme = CustomerCreate {
        name: "Acme".to_owned(),
        email: "office@acme.example".to_owned(),
        region: "north".to_owned(),
        website: None,
        vat_number: None,
        deliver_from: None,
        tags: None,
        preferences: None,
        credit_limit: Decimal::from(5000),
        owed: Decimal::ZERO,
    };
    services.ensure::<Customer>(ctx, &Customer::EMAIL.eq("office@acme.example"), acme).await?;
    Ok(())
}
