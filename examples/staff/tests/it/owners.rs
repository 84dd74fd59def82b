//! Owners: who has `tickets_read_own` reaches the tickets that they deal with, and no others.

use crate::people::{ON_ONE_ROW, Office, forbidden, is_missing, listed, outside, whole};
use kwik_testkit::on_each_engine;
use serde_json::json;

on_each_engine! {
    async fn a_list_and_its_total_are_of_ones_own(engine) {
        let office = Office::empty(engine).await;
        let (otto, other) = (office.otto().await, office.otto().await);
        office.ticket("printer", Some(otto.id)).await;
        office.ticket("window", Some(other.id)).await;
        office.ticket("door", None).await;
        office.ticket("lamp", Some(otto.id)).await;
        let titles = async |query: &str| listed(&otto.get(&format!("/tickets/{query}")).await, "title");
        assert_eq!(titles("").await, whole(&["printer", "lamp"]));
        assert_eq!(titles("?sorting=title").await, whole(&["lamp", "printer"]));
        assert_eq!(titles("?filter_key=title&value=window").await, whole(&[]));
        assert_eq!(titles("?filter=clerk_id%20!=%200").await, whole(&["printer", "lamp"]));
        assert_eq!(listed(&other.get("/tickets/").await, "title"), whole(&["window"]));
        assert_eq!(office.ada.get("/tickets/").await.ok()["total"], 4, "who may read all needs to own none");
    }

    async fn ones_own_is_read_changed_and_removed(engine) {
        let office = Office::empty(engine).await;
        let otto = office.otto().await;
        let ticket = office.ticket("printer", Some(otto.id)).await;
        assert_eq!(otto.get(&ticket).await.ok()["title"], "printer");
        assert_eq!(otto.put(&ticket, &json!({ "title": "the printer" })).await.ok()["version"], 2);
        assert_eq!(otto.get(&format!("{ticket}/history")).await.ok()["data"].as_array().unwrap().len(), 2);
        otto.delete(&ticket).await.ok();
        assert_eq!(otto.get("/tickets/").await.ok()["total"], 0);
    }

    async fn what_is_anothers_or_nobodys_does_not_exist(engine) {
        let office = Office::empty(engine).await;
        let (otto, other) = (office.otto().await, office.otto().await);
        for owner in [Some(other.id), None] {
            let ticket = office.ticket("window", owner).await;
            for change in [json!({ "title": "x" }), json!({ "clerk_id": otto.id })] {
                is_missing(&otto, &ticket, &ON_ONE_ROW, &change).await;
            }
            assert_eq!(office.ada.get(&ticket).await.ok()["version"], 1);
        }
    }

    async fn nobody_gives_away_what_only_owners_reach(engine) {
        let office = Office::empty(engine).await;
        let (otto, other) = (office.otto().await, office.otto().await);
        let ticket = office.ticket("printer", Some(otto.id)).await;
        for change in [json!({ "clerk_id": other.id }), json!({ "clerk_id": null, "title": "x" })] {
            assert_eq!(otto.put(&ticket, &change).await.problem(403), outside());
            assert_eq!(otto.patch(&ticket, &change).await.problem(403), outside());
        }
        assert_eq!(otto.get(&ticket).await.ok()["version"], 1);
        office.sam().await.put(&ticket, &json!({ "clerk_id": other.id })).await.ok();
        is_missing(&otto, &ticket, &ON_ONE_ROW, &json!({ "title": "x" })).await;
        other.get(&ticket).await.ok();
    }

    async fn making_one_is_a_permission_without_owners(engine) {
        let office = Office::empty(engine).await;
        let otto = office.otto().await;
        let created = otto.post("/tickets/", &json!({ "title": "lamp", "department": "sales" })).await;
        assert_eq!(created.ok()["clerk_id"], json!(null), "who made it sees what was made, once");
        assert_eq!(otto.get("/tickets/").await.ok()["total"], 0, "it is nobody's");
        let taker = office.user(&["tickets_read_own"]).await;
        let body = json!({ "title": "lamp", "department": "sales", "clerk_id": taker.id });
        assert_eq!(taker.post("/tickets/", &body).await.problem(403), forbidden("the permission tickets_create is needed"));
    }

    async fn each_action_has_its_own_permission(engine) {
        let office = Office::empty(engine).await;
        let reader = office.user(&["tickets_read_own"]).await;
        let ticket = office.ticket("printer", Some(reader.id)).await;
        reader.get(&ticket).await.ok();
        let refused = |verb| forbidden(&format!("the permission tickets_{verb} or tickets_{verb}_own is needed"));
        assert_eq!(reader.put(&ticket, &json!({ "title": "x" })).await.problem(403), refused("update"));
        assert_eq!(reader.delete(&ticket).await.problem(403), refused("delete"));
        let writer = office.user(&["tickets_update_own"]).await;
        assert_eq!(writer.get(&ticket).await.problem(403), refused("read"));
    }

    async fn who_sees_all_may_change_only_what_is_their_own(engine) {
        let office = Office::empty(engine).await;
        let mixed = office.user(&["tickets_read", "tickets_update_own"]).await;
        let (own, others) = (office.ticket("printer", Some(mixed.id)).await, office.ticket("window", None).await);
        assert_eq!(mixed.get("/tickets/").await.ok()["total"], 2);
        mixed.put(&own, &json!({ "title": "x" })).await.ok();
        mixed.get(&others).await.ok();
        is_missing(&mixed, &others, &ON_ONE_ROW[2..4], &json!({ "title": "x" })).await;
    }
}
