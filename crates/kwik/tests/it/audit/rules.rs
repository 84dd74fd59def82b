//! Rules: part of the change, or its end.

use super::counter::{Counter, CounterCreate, CounterUpdate, follow, history, plain};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

/// Counts every change of a counter in the counter `total`, and forbids some values.
struct Total;

impl Total {
    async fn count(ctx: &Ctx, work: &mut Work) -> Result<()> {
        let ctx = &ctx.elevated();
        let name = Counter::NAME.eq("total");
        let found = work.repository::<Counter>().list(ctx, &name, &[], Page { skip: 0, limit: 1 }).await?;
        if let Some(total) = found.first() {
            let total = work.repository::<Counter>().find_for_update(ctx, total.id).await?;
            if let Some(total) = total {
                let change = CounterUpdate { value: Some(total.value + 1), ..CounterUpdate::default() };
                work.repository::<Counter>().update(ctx, total.id, None, &change).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Rule<Counter> for Total {
    async fn before_create(&self, _: &Ctx, _: &mut Work, create: &mut CounterCreate) -> Result<()> {
        create.name = create.name.to_lowercase();
        Ok(())
    }

    async fn after_create(&self, ctx: &Ctx, work: &mut Work, _: &Stored<Counter>) -> Result<()> {
        Self::count(ctx, work).await
    }

    async fn before_update(
        &self,
        _: &Ctx,
        _: &mut Work,
        old: &Stored<Counter>,
        update: &mut CounterUpdate,
    ) -> Result<()> {
        if update.value.is_some_and(|value| value < old.value) {
            return Err(RuleViolation::new("backwards", "a counter does not count backwards").into());
        }
        Ok(())
    }

    async fn after_update(
        &self,
        ctx: &Ctx,
        work: &mut Work,
        old: &Stored<Counter>,
        new: &Stored<Counter>,
    ) -> Result<()> {
        Self::count(ctx, work).await?;
        if new.value - old.value > 100 {
            return Err(RuleViolation::new("too_fast", "a counter counts step by step").into());
        }
        Ok(())
    }

    async fn before_delete(&self, _: &Ctx, _: &mut Work, old: &Stored<Counter>) -> Result<()> {
        if old.value > 0 { Err(RuleViolation::new("in_use", "it has counted").into()) } else { Ok(()) }
    }

    async fn after_delete(&self, ctx: &Ctx, work: &mut Work, _: &Stored<Counter>) -> Result<()> {
        Self::count(ctx, work).await
    }
}

fn app() -> App {
    plain().rule::<Counter>(Total)
}

on_each_engine! {
    async fn what_a_rule_writes_lasts_with_the_change_under_the_callers_name(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "name": "Total" })).await.ok();
        let clara = app.with_permissions(&["counters_read", "counters_update", "counters_create"]).await;
        clara.post("/counters/", &json!({ "name": "A" })).await.ok();
        clara.put("/counters/2", &json!({ "value": 3 })).await.ok();
        let total = ada.get("/counters/1").await.ok();
        assert_eq!((&total["name"], &total["value"], &total["last_modifier_user_id"]), (&json!("total"), &json!(3), &json!(2)));
        let records = history(&ada, 1).await;
        assert_eq!(follow(&records), (4, Some(json!(3))));
        assert_eq!(records[3]["request_id"], history(&ada, 2).await[1]["request_id"], "one request, one unit of work");
    }

    async fn a_violation_undoes_everything(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "name": "total" })).await.ok();
        ada.post("/counters/", &json!({ "name": "a", "value": 5 })).await.ok();
        let before = (history(&ada, 1).await, history(&ada, 2).await, ada.get("/counters/").await.ok());
        let backwards = json!({ "code": "backwards", "detail": "a counter does not count backwards" });
        assert_eq!(ada.put("/counters/2", &json!({ "value": 4 })).await.problem(409), backwards);
        ada.put("/counters/2", &json!({ "value": 500 })).await.refused(409, "too_fast");
        ada.delete("/counters/2").await.refused(409, "in_use");
        ada.post("/counters/", &json!({ "name": "A" })).await.refused(409, "taken");
        ada.put("/counters/2", &json!({ "value": 6, "name": "total" })).await.refused(409, "taken");
        let after = (history(&ada, 1).await, history(&ada, 2).await, ada.get("/counters/").await.ok());
        assert_eq!(after, before);
    }

    async fn a_rule_is_not_asked_by_who_may_not_or_about_what_is_not_there(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "name": "a", "value": 5 })).await.ok();
        let victor = app.with_permissions(&["counters_read"]).await;
        victor.put("/counters/1", &json!({ "value": 4 })).await.refused(403, "forbidden");
        ada.put("/counters/9", &json!({ "value": 4 })).await.refused(404, "not_found");
        let stale = [("if-match", "\"9\"")];
        ada.json(http::Method::PUT, "/counters/1", &stale, &json!({ "value": 4 })).await.refused(412, "version_conflict");
        ada.send(http::Method::DELETE, "/counters/1", &stale, vec![]).await.refused(412, "version_conflict");
    }

    async fn with_a_rule_the_permissions_are_the_same_as_without(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/counters/", &json!({ "name": "a" })).await.ok();
        let updater = app.with_permissions(&["counters_update"]).await;
        updater.put("/counters/1", &json!({ "value": 1 })).await.ok();
        updater.get("/counters/1").await.refused(403, "forbidden");
        let creator = app.with_permissions(&["counters_create"]).await;
        creator.post("/counters/", &json!({ "name": "b" })).await.ok();
        let remover = app.with_permissions(&["counters_delete"]).await;
        remover.delete("/counters/2").await.ok();
    }
}
