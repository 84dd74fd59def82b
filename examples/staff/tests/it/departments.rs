//! Rows by an attribute: clerks reach the employees of their own department.

use crate::people::{CLERK, ON_ONE_ROW, Office, employee, is_missing, listed, outside, whole};
use kwik_testkit::{Client, on_each_engine};
use serde_json::{Value, json};

async fn names(client: &Client, query: &str) -> (Vec<String>, Value) {
    listed(&client.get(&format!("/employees/{query}")).await, "name")
}

on_each_engine! {
    async fn a_list_and_its_total_are_of_the_readers_department(engine) {
        let office = Office::with_employees(engine).await;
        assert_eq!(names(&office.ada, "").await, whole(&["Anna", "Bert", "Cleo", "Dora"]), "who is exempt sees all");
        let (sam, uma) = (office.sam().await, office.uma().await);
        assert_eq!(names(&sam, "").await, whole(&["Anna", "Bert"]));
        assert_eq!(names(&uma, "").await, whole(&["Cleo", "Dora"]));
        let of_an_empty_one = office.member(&CLERK, "purchasing", false).await;
        assert_eq!(names(&of_an_empty_one, "").await, whole(&[]));
        let without_a_profile = office.user(&CLERK).await;
        assert_eq!(names(&without_a_profile, "").await, whole(&[]), "without an attribute nothing matches");
    }

    async fn filters_find_nothing_outside(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        assert_eq!(names(&sam, "?filter_key=name&value=Bert").await, whole(&["Bert"]));
        assert_eq!(names(&sam, "?filter_key=name&value=Cleo").await, whole(&[]));
        assert_eq!(names(&sam, "?filter_key=department&value=support").await, whole(&[]));
    }

    async fn expressions_find_nothing_outside(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        assert_eq!(names(&sam, "?filter=name:%22e%22").await, whole(&["Bert"]), "of Bert and Cleo");
        assert_eq!(names(&sam, "?filter=id%20%3E%200").await, whole(&["Anna", "Bert"]));
        assert_eq!(names(&sam, "?filter=department%20=%20%22support%22").await, whole(&[]));
        let either = "?filter=department%20=%20%22support%22%20OR%20name%20=%20%22Anna%22";
        assert_eq!(names(&sam, either).await, whole(&["Anna"]), "an OR does not lead out");
        assert_eq!(names(&sam, "?filter=NOT%20name%20=%20%22Anna%22").await, whole(&["Bert"]), "and neither does a NOT");
    }

    async fn orders_and_pages_are_of_what_is_within_reach(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        assert_eq!(names(&sam, "?sorting=name:desc").await, whole(&["Bert", "Anna"]));
        assert_eq!(names(&sam, "?sorting=department,name:desc&limit=1&skip=1").await, (vec!["Anna".into()], json!(2)));
        assert_eq!(names(&sam, "?skip=2").await, (vec![], json!(2)));
    }

    async fn page_tokens_and_counts_tell_nothing_of_the_rest(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let first = sam.get("/employees/?sorting=name:desc&limit=1").await.ok();
        assert_eq!((&first["data"][0]["name"], &first["total"]), (&json!("Bert"), &json!(2)));
        let token = first["next_page_token"].as_str().unwrap();
        let second = sam.get(&format!("/employees/?sorting=name:desc&limit=1&page_token={token}")).await.ok();
        assert_eq!((&second["data"][0]["name"], &second["next_page_token"]), (&json!("Anna"), &Value::Null));
        let first_of_all = office.ada.get("/employees/?sorting=name&limit=1").await.ok();
        let token = first_of_all["next_page_token"].as_str().unwrap();
        let rest = names(&sam, &format!("?sorting=name&limit=1&page_token={token}")).await;
        assert_eq!(rest, (vec!["Bert".into()], json!(2)), "another's place, one's own rows");
        assert_eq!(names(&sam, "?count=none").await, (vec!["Anna".into(), "Bert".into()], Value::Null));
        let estimated = sam.get("/employees/?count=estimated&limit=1").await.ok()["total"].clone();
        assert!(estimated.is_null() || estimated == 2, "{estimated}");
    }

    async fn another_departments_employee_does_not_exist(engine) {
        let office = Office::with_employees(engine).await;
        let (sam, stray) = (office.sam().await, office.user(&CLERK).await);
        for change in [json!({ "name": "x" }), json!({ "department": "sales" }), json!({ "email": "dora@example.com" })] {
            is_missing(&sam, "/employees/3", &ON_ONE_ROW, &change).await;
            is_missing(&stray, "/employees/1", &ON_ONE_ROW, &change).await;
        }
        assert_eq!(office.ada.get("/employees/3").await.ok()["version"], 1, "and nothing has changed");
    }

    async fn ones_own_departments_employee_is_read_changed_and_removed(engine) {
        let office = Office::with_employees(engine).await;
        let uma = office.uma().await;
        assert_eq!(uma.get("/employees/3").await.ok()["name"], "Cleo");
        assert_eq!(uma.put("/employees/3", &json!({ "name": "Clea" })).await.ok()["name"], "Clea");
        assert_eq!(uma.get("/employees/3/history").await.ok()["data"][0]["user_id"], uma.id);
        uma.delete("/employees/3").await.ok();
        assert_eq!(names(&uma, "").await, whole(&["Dora"]));
    }

    async fn a_new_employee_belongs_to_the_writers_department(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        sam.post("/employees/", &employee("Emil", "sales")).await.ok();
        assert_eq!(sam.post("/employees/", &employee("Finn", "support")).await.problem(403), outside());
        assert_eq!(names(&office.ada, "?filter_key=name&value=Finn").await, whole(&[]));
        office.ada.post("/employees/", &employee("Finn", "support")).await.ok();
    }

    async fn nobody_is_moved_out_of_the_writers_department(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let move_away = json!({ "department": "support" });
        assert_eq!(sam.put("/employees/1", &move_away).await.problem(403), outside());
        assert_eq!(sam.patch("/employees/1", &move_away).await.problem(403), outside());
        assert_eq!(sam.get("/employees/1").await.ok()["version"], 1);
        assert_eq!(sam.get("/employees/1/history").await.ok()["data"].as_array().unwrap().len(), 1);
        office.ada.put("/employees/1", &move_away).await.ok();
        is_missing(&sam, "/employees/1", &ON_ONE_ROW, &json!({ "name": "x" })).await;
        let uma = office.uma().await;
        assert_eq!(uma.get("/employees/1/history").await.ok()["data"].as_array().unwrap().len(), 2, "it comes with its past");
    }

    async fn the_history_of_who_is_gone_is_for_who_is_not_bound(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        sam.delete("/employees/1").await.ok();
        // In which department a row was that is no longer there is not asked.
        is_missing(&sam, "/employees/1", &ON_ONE_ROW, &json!({ "name": "x" })).await;
        assert_eq!(office.ada.get("/employees/1/history").await.ok()["data"][0]["user_id"], sam.id);
    }

    async fn a_taken_value_shows_even_where_its_row_does_not(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let taken = json!({
            "code": "taken", "detail": "Entity already exists: email is taken",
            "errors": [{ "pointer": "/email", "code": "taken", "detail": "is taken by another one" }],
        });
        assert_eq!(sam.post("/employees/", &employee("Cleo", "sales")).await.problem(409), taken);
        assert_eq!(sam.put("/employees/1", &json!({ "email": "cleo@example.com" })).await.problem(409), taken);
    }

    async fn who_is_exempt_reaches_every_department(engine) {
        let office = Office::with_employees(engine).await;
        let everywhere = office.user(&[&CLERK[..], &["employees_any_department"]].concat()).await;
        assert_eq!(names(&everywhere, "").await, whole(&["Anna", "Bert", "Cleo", "Dora"]));
        everywhere.put("/employees/3", &json!({ "department": "sales" })).await.ok();
        everywhere.post("/employees/", &employee("Emil", "purchasing")).await.ok();
        let only_exempt = office.user(&["employees_any_department"]).await;
        only_exempt.get("/employees/").await.refused(403, "forbidden");
    }
}
