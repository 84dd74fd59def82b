//! Views as entities that are only read.

use super::{Customer, Order};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

/// How much a customer has ordered.
#[derive(Clone, Debug, Entity)]
#[entity(
    collection = "order_counts",
    view = "SELECT c.id, c.name, c.region, count(o.id) AS orders FROM customers c \
            LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name, c.region"
)]
pub struct OrderCount {
    #[entity(key)]
    pub id: i64,
    pub name: String,
    pub region: String,
    pub orders: i64,
}

fn app() -> App {
    App::new()
        .resource::<Customer>()
        .resource::<Order>()
        .resource::<OrderCount>()
        .policy(Rows::of::<OrderCount>(OrderCount::REGION.eq("north")).unless("customers_anywhere"))
}

on_each_engine! {
    async fn one_is_listed_and_read_as_a_table_is(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        for (name, region) in [("Acme", "north"), ("Bolt", "south"), ("Cog", "north")] {
            admin.post("/customers/", &json!({ "name": name, "region": region })).await.ok();
        }
        for customer in [2, 1, 2] {
            admin.post("/orders/", &json!({ "customer_id": customer })).await.ok();
        }
        let bolt = json!({ "id": 2, "name": "Bolt", "region": "south", "orders": 2 });
        assert_eq!(admin.get("/order_counts/2").await.ok(), bolt);
        let list = admin.get("/order_counts/?sorting=orders:desc&limit=1").await.ok();
        assert_eq!((&list["total"], &list["data"][0]), (&json!(3), &bolt));
        let token = list["next_page_token"].as_str().unwrap();
        let next = admin.get(&format!("/order_counts/?sorting=orders:desc&limit=1&page_token={token}")).await.ok();
        assert_eq!(next["data"][0]["name"], "Acme");
        let few = admin.get("/order_counts/?filter=orders%20%3C%202&sorting=name").await.ok();
        assert_eq!(few["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Acme", "Cog"]);
        admin.get("/order_counts/9").await.refused(404, "not_found");
        // Through the policy, as everything.
        let north = app.with_permissions(&["order_counts_read"]).await;
        assert_eq!(north.get("/order_counts/").await.ok()["total"], 2);
        north.get("/order_counts/2").await.refused(404, "not_found");
        app.with_permissions(&["customers_read"]).await.get("/order_counts/").await.refused(403, "forbidden");
    }

    async fn nothing_is_written_through_one(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let row = json!({ "name": "x", "region": "north", "orders": 1 });
        for answer in [
            admin.post("/order_counts/", &row).await,
            admin.put("/order_counts/1", &row).await,
            admin.delete("/order_counts/1").await,
            admin.get("/order_counts/1/history").await,
        ] {
            assert!([404, 405].contains(&answer.status.as_u16()), "{answer:?}");
        }
        let (data, ctx) = (&app.service().services.data, app.system());
        let create = OrderCountCreate { name: "x".into(), region: "north".into(), orders: 1 };
        let error = data.single().repository::<OrderCount>().create(&ctx, &create).await.unwrap_err();
        assert_eq!(error.to_string(), "OrderCount is a view, which is only read");
        data.single().repository::<OrderCount>().delete(&ctx, 1, None).await.unwrap_err();
        let names = app.service().services.data.entities().iter().find(|meta| meta.name == "OrderCount").unwrap();
        assert_eq!(names.permission_names(), ["order_counts_read"]);
    }
}
