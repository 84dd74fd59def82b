//! Code reaches the program's entities and no others: not even a struct of its own over their tables.

use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

/// An audited entity of the program.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "parcels")]
pub struct Parcel {
    #[entity(key)]
    pub id: i64,
    pub address: String,
}

/// The same table, without its audit and its version; never given to the program.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "shadows", table = "parcels", unaudited, unversioned)]
pub struct Shadow {
    #[entity(key)]
    pub id: i64,
    pub address: String,
}

fn app() -> App {
    App::new().resource::<Parcel>()
}

on_each_engine! {
    async fn nothing_is_written_past_the_trail(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/parcels/", &json!({ "address": "here" })).await.ok();
        let mut single = app.service().services.data.single();
        let change = ShadowUpdate { address: Some("elsewhere".into()) };
        let outcome = single.repository::<Shadow>().update(&app.system(), 1, None, &change).await;
        assert!(matches!(outcome, Err(Error::Internal(_))), "{outcome:?}");
        assert_eq!(ada.get("/parcels/1").await.ok()["address"], "here");
    }
}
