//! The profile of users: what it says bounds its user from the next request on.

use crate::people::{CLERK, Office, forbidden, listed, whole};
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

on_each_engine! {
    async fn users_see_their_own(engine) {
        let office = Office::empty(engine).await;
        let hanna = office.hanna().await;
        let me = hanna.get("/users/me").await.ok();
        assert_eq!(me["id"], hanna.id);
        assert_eq!((&me["profile"]["department"], &me["profile"]["head"]), (&json!("sales"), &json!(true)));
        assert_eq!(me.get("hashed_password"), None);
        let nora = office.nora().await;
        assert_eq!(nora.get("/users/me").await.ok()["profile"], Value::Null);
        office.app.anonymous().get("/users/me").await.refused(401, "not_authenticated");
    }

    async fn another_department_is_reached_at_the_next_request(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let names = async || listed(&sam.get("/employees/").await, "name");
        assert_eq!(names().await, whole(&["Anna", "Bert"]));
        let profile = "/profiles/1";
        office.ada.put(profile, &json!({ "department": "support" })).await.ok();
        assert_eq!(names().await, whole(&["Cleo", "Dora"]));
        sam.get("/employees/1").await.refused(404, "not_found");
        assert_eq!(sam.get("/users/me").await.ok()["profile"]["department"], "support");
        office.ada.delete(profile).await.ok();
        assert_eq!(names().await, whole(&[]));
        assert_eq!(sam.get("/users/me").await.ok()["profile"], Value::Null);
        let again = json!({ "user_id": sam.id, "department": "sales" });
        office.ada.post("/profiles/", &again).await.ok();
        assert_eq!(names().await, whole(&["Anna", "Bert"]));
    }

    async fn who_is_the_head_no_longer_sees_what_heads_see_no_longer(engine) {
        let office = Office::empty(engine).await;
        let hanna = office.hanna().await;
        let body = json!({ "title": "a complaint", "department": "sales", "confidential": true });
        hanna.post("/tickets/", &body).await.ok();
        hanna.get("/tickets/1").await.ok();
        office.ada.put("/profiles/1", &json!({ "head": false })).await.ok();
        hanna.get("/tickets/1").await.refused(404, "not_found");
    }

    async fn a_profile_may_come_to_describe_another_user(engine) {
        let office = Office::with_employees(engine).await;
        let (sam, other) = (office.sam().await, office.user(&CLERK).await);
        office.ada.put("/profiles/1", &json!({ "user_id": other.id })).await.ok();
        assert_eq!(sam.get("/employees/").await.ok()["total"], 0);
        assert_eq!(other.get("/employees/").await.ok()["total"], 2);
    }

    async fn nobody_sets_their_own_without_the_right(engine) {
        let office = Office::empty(engine).await;
        let sam = office.sam().await;
        let refused = |verb| forbidden(&format!("the permission profiles_{verb} is needed"));
        assert_eq!(sam.get("/profiles/1").await.problem(403), refused("read"));
        assert_eq!(sam.put("/profiles/1", &json!({ "head": true })).await.problem(403), refused("update"));
        assert_eq!(sam.delete("/profiles/1").await.problem(403), refused("delete"));
        let body = json!({ "user_id": sam.id, "department": "support" });
        assert_eq!(sam.post("/profiles/", &body).await.problem(403), refused("create"));
    }

    async fn there_is_one_for_each_user_at_most(engine) {
        let office = Office::empty(engine).await;
        let sam = office.sam().await;
        let body = json!({ "user_id": sam.id, "department": "support" });
        office.ada.post("/profiles/", &body).await.refused(409, "taken");
    }

    async fn who_set_it_is_in_its_history(engine) {
        let office = Office::empty(engine).await;
        office.sam().await;
        office.ada.put("/profiles/1", &json!({ "department": "support" })).await.ok();
        let record = office.ada.get("/profiles/1/history?limit=1").await.ok()["data"][0].clone();
        assert_eq!((&record["user_id"], &record["changes"]), (&json!(1), &json!([
            { "field": "department", "from": "sales", "to": "support" },
        ])));
    }
}
