//! Values that no two rows may share, alone or together.

use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// A room that is taken for a day.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "bookings", unique(room, day))]
pub struct Booking {
    #[entity(key)]
    pub id: i64,
    pub room: i32,
    pub day: NaiveDate,
    #[entity(unique)]
    pub reference: Option<String>,
    #[entity(unique)]
    pub fee: Option<Decimal>,
}

fn app() -> App {
    App::new().resource::<Booking>()
}

fn booking(room: i32, day: &str) -> Value {
    json!({ "room": room, "day": day })
}

on_each_engine! {
    async fn together_they_are_taken_and_apart_they_are_not(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/bookings/", &booking(1, "2026-01-01")).await.ok();
        ada.post("/bookings/", &booking(1, "2026-01-02")).await.ok();
        ada.post("/bookings/", &booking(2, "2026-01-01")).await.ok();
        let taken = json!({
            "code": "taken", "detail": "Entity already exists: room, day is taken",
            "errors": [
                { "pointer": "/room", "code": "taken", "detail": "is taken by another one" },
                { "pointer": "/day", "code": "taken", "detail": "is taken by another one" },
            ],
        });
        assert_eq!(ada.post("/bookings/", &booking(1, "2026-01-01")).await.problem(409), taken);
        assert_eq!(ada.put("/bookings/2", &json!({ "day": "2026-01-01" })).await.problem(409), taken);
        ada.put("/bookings/2", &json!({ "room": 1, "day": "2026-01-02" })).await.ok();
    }

    async fn null_is_never_taken(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/bookings/", &booking(1, "2026-01-01")).await.ok();
        ada.post("/bookings/", &booking(2, "2026-01-01")).await.ok();
        ada.put("/bookings/1", &json!({ "reference": "a" })).await.ok();
        let taken = ada.put("/bookings/2", &json!({ "reference": "a" })).await.problem(409);
        assert_eq!(taken["errors"][0]["pointer"], "/reference");
        ada.put("/bookings/2", &json!({ "reference": "A" })).await.ok();
    }

    async fn decimals_are_the_same_when_they_are_equal(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let with_fee = |room, fee: &str| json!({ "room": room, "day": "2026-01-01", "fee": fee });
        ada.post("/bookings/", &with_fee(1, "1.5")).await.ok();
        ada.post("/bookings/", &with_fee(2, "1.50")).await.refused(409, "taken");
        ada.post("/bookings/", &with_fee(2, "1.51")).await.ok();
    }

    async fn of_many_at_once_one_wins(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let mut set = JoinSet::new();
        for _ in 0..16 {
            let ada = ada.clone();
            set.spawn(async move { ada.post("/bookings/", &booking(1, "2026-01-01")).await.status.as_u16() });
        }
        let mut statuses = set.join_all().await;
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (201, &[409; 15][..]));
        assert_eq!(ada.get("/bookings/").await.ok()["total"], 1);
    }
}
