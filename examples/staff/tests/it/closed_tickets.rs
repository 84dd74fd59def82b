//! Rows by a condition: a closed ticket stays as it is, but for who may close tickets.

use crate::people::{CLERK, ON_ONE_ROW, Office, is_missing, listed, outside, whole};
use kwik_testkit::on_each_engine;
use serde_json::json;

on_each_engine! {
    async fn closed_tickets_are_read_like_others(engine) {
        let office = Office::empty(engine).await;
        let ticket = office.ticket_with("printer", None, &json!({ "status": "closed" })).await;
        office.ticket("window", None).await;
        let sam = office.sam().await;
        assert_eq!(listed(&sam.get("/tickets/").await, "title"), whole(&["printer", "window"]));
        assert_eq!(listed(&sam.get("/tickets/?filter_key=status&value=closed").await, "title"), whole(&["printer"]));
        assert_eq!(sam.get(&ticket).await.ok()["status"], "closed");
        sam.get(&format!("{ticket}/history")).await.ok();
    }

    async fn closed_tickets_are_not_there_to_be_changed(engine) {
        let office = Office::empty(engine).await;
        let sam = office.sam().await;
        let ticket = office.ticket_with("printer", Some(sam.id), &json!({ "status": "closed" })).await;
        for change in [json!({ "title": "x" }), json!({ "status": "open" })] {
            is_missing(&sam, &ticket, &ON_ONE_ROW[2..], &change).await;
        }
        assert_eq!(office.ada.get(&ticket).await.ok()["version"], 1);
    }

    async fn owners_are_bound_by_it_too(engine) {
        let office = Office::empty(engine).await;
        let otto = office.otto().await;
        let ticket = office.ticket("printer", Some(otto.id)).await;
        otto.put(&ticket, &json!({ "title": "x" })).await.ok();
        assert_eq!(otto.put(&ticket, &json!({ "status": "closed" })).await.problem(403), outside());
        office.ada.put(&ticket, &json!({ "status": "closed" })).await.ok();
        assert_eq!(otto.get(&ticket).await.ok()["status"], "closed");
        is_missing(&otto, &ticket, &ON_ONE_ROW[2..], &json!({ "title": "x" })).await;
    }

    async fn closing_is_a_change_that_leads_out(engine) {
        let office = Office::empty(engine).await;
        let (sam, ticket) = (office.sam().await, office.ticket("printer", None).await);
        assert_eq!(sam.put(&ticket, &json!({ "status": "closed" })).await.problem(403), outside());
        assert_eq!(sam.get(&ticket).await.ok()["version"], 1);
        sam.put(&ticket, &json!({ "title": "x" })).await.ok();
        sam.delete(&ticket).await.ok();
    }

    async fn who_may_close_tickets_may_open_them_again(engine) {
        let office = Office::empty(engine).await;
        let ticket = office.ticket("printer", None).await;
        let closer = office.user(&[&CLERK[..], &["tickets_close"]].concat()).await;
        for status in ["closed", "open", "closed"] {
            assert_eq!(closer.put(&ticket, &json!({ "status": status })).await.ok()["status"], status);
        }
        closer.put(&ticket, &json!({ "title": "x" })).await.ok();
        closer.delete(&ticket).await.ok();
    }

    async fn a_condition_holds_for_the_actions_that_it_names(engine) {
        let office = Office::empty(engine).await;
        let body = json!({ "title": "done already", "department": "sales", "status": "closed" });
        assert_eq!(office.sam().await.post("/tickets/", &body).await.ok()["status"], "closed");
    }
}
