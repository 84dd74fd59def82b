//! A generated operation that is written by hand.

use super::shop::{ManageShop, Product, ProductCreate};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use poem_openapi::payload;
use serde_json::{Value, json};

/// What a new product is made of.
#[derive(Debug, Object)]
pub struct NewProduct {
    name: String,
    cost: i64,
}

pub struct Pricing {
    data: Data,
}

#[OpenApi]
impl Pricing {
    /// Create a product: its price follows from its cost.
    #[oai(path = "/products/", method = "post", operation_id = "createProduct")]
    async fn create(&self, ctx: Allow<ManageShop>, new: payload::Json<NewProduct>) -> ApiResult<Json<Product>> {
        let (name, cost) = (new.0.name, Decimal::from(new.0.cost));
        let create = ProductCreate { name, price: cost * Decimal::TWO, listed: false, cost: Some(cost) };
        let mut work = self.data.begin().await?;
        // Its own permission was asked for; rules, audit and all else are as ever.
        let product = work.create::<Product>(&ctx.elevated(), create).await?;
        work.commit().await?;
        Ok(Json(product))
    }
}

fn app() -> App {
    App::new()
        .resource_with::<Product>(|r| r.except([Operations::Create]))
        .api(|services| Pricing { data: services.data.clone() })
}

struct WithoutSlash;

#[OpenApi]
impl WithoutSlash {
    /// Create nothing.
    #[oai(path = "/products", method = "post", operation_id = "createProduct")]
    async fn create(&self, _everybody: Public) -> payload::PlainText<String> {
        payload::PlainText("nothing".to_owned())
    }
}

on_each_engine! {
    async fn an_operation_by_hand_takes_the_place_of_the_generated_one(engine) {
        let app = TestApp::start(engine, app).await;
        let new = json!({ "name": "Tea", "cost": 2 });
        let keeper = app.with_permissions(&["shop_manage"]).await;
        let made = keeper.post("/products/", &new).await.ok();
        assert_eq!((&made["price"], &made["version"]), (&json!("4"), &json!(1)), "{made}");
        keeper.post("/products", &json!({ "name": "Rum", "cost": 3 })).await.ok();
        app.with_permissions(&["products_create"]).await.post("/products/", &new).await.refused(403, "forbidden");
        app.anonymous().post("/products", &new).await.refused(401, "not_authenticated");
        assert_eq!(app.admin().await.get("/products/").await.ok()["total"], 2);
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        let operations = &document["paths"]["/products/"];
        assert_eq!(operations["post"]["security"][0], json!({ "oauth2": ["shop_manage"] }));
        assert_eq!(operations["get"]["operationId"], "listProducts");
        assert!(document["components"]["schemas"]["ProductCreate"].is_null());
    }

    async fn the_path_may_be_without_its_slash(engine) {
        let app = || App::new().resource_with::<Product>(|r| r.except([Operations::Create])).api(|_| WithoutSlash);
        let app = TestApp::start(engine, app).await;
        for path in ["/products", "/products/"] {
            assert_eq!(app.anonymous().post(path, &json!({})).await.body, b"nothing");
            app.anonymous().get(path).await.refused(401, "not_authenticated");
        }
    }

    async fn both_at_once_are_refused(engine) {
        let both = App::new().resource::<Product>().api(|_| WithoutSlash);
        let error = TestApp::first_start(engine, both, |_| {}).await.err().expect("it must not start").to_string();
        assert!(error.contains("POST /products is there twice"), "{error}");
        assert!(error.contains("leave out the generated one: resource_with(|r| r.except(…))"), "{error}");
    }
}
