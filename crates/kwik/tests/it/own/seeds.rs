//! First rows.

use super::shop::{Product, ProductCreate, app as shop};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};

/// The goods that every shop begins with, and who keeps it.
async fn first_goods(services: &Services, ctx: &Ctx) -> Result<()> {
    for (name, price) in [("Tea", Decimal::TEN), ("Coffee", Decimal::ONE_HUNDRED)] {
        let create = ProductCreate { name: name.to_owned(), price, listed: true, cost: None };
        services.ensure::<Product>(ctx, &Product::NAME.eq(name), create).await?;
    }
    Ok(())
}

fn app() -> App {
    shop().seed(first_goods).seed(async |services: &Services, ctx: &Ctx| {
        let mut single = services.data.single();
        let dear = single.repository::<Product>().count(ctx, &Product::PRICE.gt(Decimal::TEN)).await?;
        assert_eq!(dear, 1, "the first has run before");
        Ok(())
    })
}

on_each_engine! {
    async fn seeds_make_their_rows_once(engine) {
        let mut app = TestApp::start(engine, app).await;
        assert_eq!(app.anonymous().get("/products/").await.ok()["total"], 0, "serving sows nothing");
        app.service().seed().await.unwrap();
        app.service().seed().await.unwrap();
        app.restart(self::app).await.unwrap();
        app.service().seed().await.unwrap();
        let page = app.admin().await.get("/products/").await.ok();
        let names: Vec<_> = page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Tea", "Coffee"]);
        let history = app.admin().await.get("/products/1/history").await.ok().to_string();
        assert!(history.contains("command line"), "by the program itself: {history}");
    }

    async fn what_is_there_is_left_as_it_is(engine) {
        let app = TestApp::start(engine, app).await;
        let keeper = app.with_permissions(&["shop_manage"]).await;
        keeper.post("/products/", &serde_json::json!({ "name": "Tea", "price": "3" })).await.ok();
        app.service().seed().await.unwrap();
        assert_eq!(app.anonymous().get("/products/1").await.ok()["price"], "3");
        let (services, ctx) = (&app.service().services, app.system());
        let create = |name: &str| ProductCreate { name: name.into(), price: Decimal::ONE, listed: true, cost: None };
        let there = services.ensure::<Product>(&ctx, &Product::NAME.eq("Tea"), create("Tea")).await.unwrap();
        assert!(matches!(&there, Ensured::There(row) if row.id == 1));
        let made = services.ensure::<Product>(&ctx, &Product::NAME.eq("Rum"), create("Rum")).await.unwrap();
        assert!(matches!(&made, Ensured::Made(_)));
        assert_eq!(made.row().name, "Rum");
        let several = services.ensure::<Product>(&ctx, &Product::LISTED.eq(true), create("Gin")).await;
        assert!(matches!(several, Err(Error::Rule(_))), "{several:?}");
        let taken = services.ensure::<Product>(&ctx, &Product::NAME.eq("Gin"), create("Rum")).await;
        assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
    }

    async fn who_is_not_the_program_is_bounded_as_ever(engine) {
        let app = TestApp::start(engine, app).await;
        let nobody = Ctx { actor: std::sync::Arc::new(Actor::anonymous()), ..app.system() };
        let create = ProductCreate { name: "Gin".into(), price: Decimal::ONE, listed: true, cost: None };
        let denied = app.service().services.ensure::<Product>(&nobody, &Product::NAME.eq("Gin"), create).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    }
}
