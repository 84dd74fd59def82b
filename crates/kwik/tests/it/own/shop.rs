//! A shop: the program that these tests are about.

use kwik::prelude::*;

/// Something that is sold.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "products")]
pub struct Product {
    #[entity(key)]
    pub id: i64,
    #[entity(length(1..=200), unique)]
    pub name: String,
    #[entity(range("0"..))]
    pub price: Decimal,
    #[entity(default = "true")]
    pub listed: bool,
    #[entity(guard = "cost")]
    pub cost: Option<Decimal>,
}

permission!(pub ManageShop = "shop_manage");

pub fn app() -> App {
    App::new()
        .resource_with::<Product>(|r| {
            r.except([Operations::Delete])
                .public([Operations::List, Operations::Get])
                .signed_in([Operations::History])
                .permission(Operations::Create, "shop_manage")
                .permission(Operations::Update, "shop_manage")
        })
        .policy(Rows::of::<Product>(Product::LISTED.eq(true)).on(&[Action::Read]).unless("products_unlisted"))
}

/// Makes products past all policies: one that is listed, one that is not.
pub async fn stock(app: &kwik_testkit::TestApp) {
    for (name, listed) in [("Tea", true), ("Surprise", false)] {
        let cost = Some(Decimal::TWO);
        let create = ProductCreate { name: name.into(), price: Decimal::TEN, listed, cost };
        app.service().services.data.single().repository::<Product>().create(&app.system(), &create).await.unwrap();
    }
}
