//! A policy by hand: a confidential ticket is its clerk's and the head's of its department.

use crate::people::{CLERK, ON_ONE_ROW, Office, Person, is_missing, listed, outside, path, whole};
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

/// A confidential ticket of sales, and its clerk.
async fn confidential(office: &Office) -> (Person, String) {
    let sam = office.sam().await;
    let body = json!({ "title": "a complaint", "department": "sales", "clerk_id": sam.id, "confidential": true });
    let ticket = path(&sam.post("/tickets/", &body).await);
    (sam, ticket)
}

fn change() -> Value {
    json!({ "title": "x" })
}

on_each_engine! {
    async fn its_clerk_and_the_head_do_with_it_as_with_others(engine) {
        let office = Office::empty(engine).await;
        let (sam, ticket) = confidential(&office).await;
        office.ticket("window", None).await;
        for person in [&sam, &office.hanna().await] {
            assert_eq!(listed(&person.get("/tickets/").await, "title"), whole(&["a complaint", "window"]));
            assert_eq!(listed(&person.get("/tickets/?sorting=title:desc").await, "title"), whole(&["window", "a complaint"]));
            assert_eq!(person.get(&ticket).await.ok()["confidential"], true);
            person.get(&format!("{ticket}/history")).await.ok();
            person.put(&ticket, &json!({ "title": "a complaint" })).await.ok();
        }
        sam.delete(&ticket).await.ok();
    }

    async fn for_all_others_there_is_no_such_ticket(engine) {
        let office = Office::empty(engine).await;
        let (_sam, ticket) = confidential(&office).await;
        office.ticket("window", None).await;
        let colleague = office.sam().await;
        let head_of_support = office.member(&CLERK, "support", true).await;
        let without_a_profile = office.user(&CLERK).await;
        for client in [&colleague.client, &head_of_support.client, &without_a_profile.client, &office.ada] {
            assert_eq!(listed(&client.get("/tickets/").await, "title"), whole(&["window"]));
            for hidden in ["filter_key=title&value=a%20complaint", "filter=confidential%20=%20true"] {
                assert_eq!(listed(&client.get(&format!("/tickets/?{hidden}")).await, "title"), whole(&[]));
            }
            is_missing(client, &ticket, &ON_ONE_ROW, &change()).await;
        }
    }

    async fn it_adds_no_rights(engine) {
        let office = Office::empty(engine).await;
        let (_sam, ticket) = confidential(&office).await;
        let head = office.member(&[], "sales", true).await;
        head.get(&ticket).await.refused(403, "forbidden");
        let owner_of_another = office.member(&["tickets_read_own"], "sales", true).await;
        is_missing(&owner_of_another, &ticket, &ON_ONE_ROW[..2], &change()).await;
    }

    async fn nobody_makes_or_hides_what_they_would_not_see(engine) {
        let office = Office::empty(engine).await;
        let (sam, hanna) = (office.sam().await, office.hanna().await);
        let body = json!({ "title": "a complaint", "department": "sales", "confidential": true });
        assert_eq!(sam.post("/tickets/", &body).await.problem(403), outside());
        assert_eq!(office.ada.post("/tickets/", &body).await.problem(403), outside());
        hanna.post("/tickets/", &body).await.ok();
        let ticket = office.ticket("window", None).await;
        assert_eq!(sam.put(&ticket, &json!({ "confidential": true })).await.problem(403), outside());
        sam.put(&ticket, &json!({ "confidential": true, "clerk_id": sam.id })).await.ok();
        assert_eq!(sam.put(&ticket, &json!({ "clerk_id": null })).await.problem(403), outside());
        hanna.put(&ticket, &json!({ "clerk_id": null })).await.ok();
        is_missing(&sam, &ticket, &ON_ONE_ROW, &change()).await;
        let to_support = json!({ "department": "support" });
        assert_eq!(hanna.put(&ticket, &to_support).await.problem(403), outside());
        hanna.put(&ticket, &json!({ "confidential": false })).await.ok();
        sam.get(&ticket).await.ok();
    }

    async fn nobody_reads_the_history_of_a_ticket_that_is_gone(engine) {
        let office = Office::empty(engine).await;
        let ticket = office.ticket("window", None).await;
        office.ada.delete(&ticket).await.ok();
        // Everybody's reads are bounded by a condition, which a row that is gone cannot be asked about.
        for client in [&office.ada, &office.hanna().await.client] {
            is_missing(client, &ticket, &ON_ONE_ROW[..2], &change()).await;
        }
    }
}
