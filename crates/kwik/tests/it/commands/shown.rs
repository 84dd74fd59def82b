//! What answers of commands show: what the caller may see, however the command read it.

use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

#[derive(Clone, Debug, Entity)]
#[entity(collection = "deals")]
pub struct Deal {
    #[entity(key)]
    pub id: i64,
    pub title: String,
    #[entity(guard = "margin", default = "5")]
    pub margin: i64,
}

permission!(pub CloseDeals = "deals_close");

#[derive(Debug)]
struct CloseDeal {
    id: i64,
}

#[async_trait]
impl Command for CloseDeal {
    type Answer = Stored<Deal>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Deal>> {
        let change = DealUpdate { title: Some("closed".to_owned()), ..DealUpdate::default() };
        work.update::<Deal>(&ctx.elevated(), self.id, None, change).await
    }
}

struct Deals {
    data: Data,
}

#[OpenApi]
impl Deals {
    #[oai(path = "/deals/:id/close", method = "post", operation_id = "closeDeal")]
    async fn close(&self, ctx: Allow<CloseDeals>, once: Once, id: Path<i64>) -> ApiResult<Replayed<Json<Deal>>> {
        once.run(&ctx, &self.data, &CloseDeal { id: id.0 }).await
    }
}

fn app() -> App {
    let deals = |services: &Services| Deals { data: services.data.clone() };
    App::new().resource::<Deal>().idempotent_commands().api(deals)
}

on_each_engine! {
    async fn a_command_that_acts_elevated_opens_no_fields(engine) {
        let app = TestApp::start(engine, app).await;
        app.admin().await.post("/deals/", &json!({ "title": "open", "margin": 7 })).await.ok();
        for (permissions, margin) in [
            (&["deals_close"][..], None),
            (&["deals_close", "deals_read"], None),
            (&["deals_close", "deals_read", "deals_read_margin"], Some(7)),
        ] {
            let caller = app.with_permissions(permissions).await;
            for headers in [&[][..], &[("idempotency-key", "k")], &[("idempotency-key", "k")]] {
                let answer = caller.send(http::Method::POST, "/deals/1/close", headers, Vec::new()).await.ok();
                assert_eq!((&answer["title"], answer.get("margin").cloned()), (&json!("closed"), margin.map(|m| json!(m))));
            }
        }
    }

    async fn a_key_that_is_none_is_named_as_everywhere(engine) {
        let app = TestApp::start(engine, app).await;
        let caller = app.with_permissions(&["deals_close"]).await;
        for wrong in ["x", "99999999999999999999", "1,2"] {
            caller.post(&format!("/deals/{wrong}/close"), &json!({})).await.refused(422, "invalid_path");
        }
    }
}
