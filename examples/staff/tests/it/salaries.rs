//! Groups of fields: salaries are seen and written with permissions of their own.

use crate::people::{Office, employee, forbidden, listed, whole};
use http::Method;
use kwik_testkit::on_each_engine;
use serde_json::{Value, json};

/// The members of the group that a representation has.
fn salary(row: &Value) -> (Option<&Value>, Option<&Value>) {
    (row.get("salary"), row.get("bonus"))
}

/// The names of the fields that a record of a history tells of.
fn changed(record: &Value) -> Vec<&str> {
    record["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap()).collect()
}

const NEITHER: (Option<&Value>, Option<&Value>) = (None, None);

on_each_engine! {
    async fn who_may_not_see_them_gets_none_in_any_answer(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        assert_eq!(salary(&sam.get("/employees/1").await.ok()), NEITHER);
        for row in sam.get("/employees/").await.ok()["data"].as_array().unwrap() {
            assert_eq!(salary(row), NEITHER);
        }
        assert_eq!(salary(&sam.post("/employees/", &employee("Emil", "sales")).await.ok()), NEITHER);
        assert_eq!(salary(&sam.put("/employees/1", &json!({ "name": "Anne" })).await.ok()), NEITHER);
        assert_eq!(salary(&sam.patch("/employees/1", &json!({ "name": "Anna" })).await.ok()), NEITHER);
        assert_eq!(salary(&sam.delete("/employees/1").await.ok()), NEITHER);
    }

    async fn who_may_see_them_gets_them(engine) {
        let office = Office::with_employees(engine).await;
        let hanna = office.hanna().await;
        let (some, bonus) = (json!("4000"), json!("100"));
        assert_eq!(salary(&hanna.get("/employees/1").await.ok()), (Some(&some), Some(&bonus)));
        assert_eq!(salary(&hanna.get("/employees/").await.ok()["data"][0]), (Some(&some), Some(&bonus)));
        let raised = hanna.put("/employees/1", &json!({ "salary": "4100" })).await.ok();
        assert_eq!(salary(&raised), (Some(&json!("4100")), Some(&bonus)));
        let mut emil = employee("Emil", "sales");
        emil["salary"] = json!("1");
        assert_eq!(salary(&hanna.post("/employees/", &emil).await.ok()), (Some(&json!("1")), Some(&json!("0"))));
        assert_eq!(office.ada.get("/employees/3").await.ok()["salary"], "5000", "the group is not bound to a department");
        hanna.get("/employees/3").await.refused(404, "not_found");
    }

    async fn a_history_leaves_them_out(engine) {
        let office = Office::with_employees(engine).await;
        office.ada.put("/employees/1", &json!({ "name": "Anne", "salary": "4100" })).await.ok();
        let of_sam = office.sam().await.get("/employees/1/history").await;
        assert_eq!(changed(&of_sam.ok()["data"][0]), ["name"]);
        assert_eq!(changed(&of_sam.ok()["data"][1]), ["id", "name", "email", "department"]);
        assert!(!String::from_utf8(of_sam.body).unwrap().contains("4100"));
        let of_hanna = office.hanna().await.get("/employees/1/history").await.ok();
        assert_eq!(changed(&of_hanna["data"][0]), ["name", "salary"]);
        assert_eq!(changed(&of_hanna["data"][1]), ["id", "name", "email", "department", "salary", "bonus"]);
    }

    async fn writing_one_without_the_right_is_refused_by_its_name(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        for (field, value) in [("salary", json!("9000")), ("salary", Value::Null), ("bonus", json!("1"))] {
            let refused = forbidden(&format!("the field {field} may not be written"));
            let change = json!({ "name": "Anne", field: value });
            assert_eq!(sam.put("/employees/1", &change).await.problem(403), refused);
            assert_eq!(sam.patch("/employees/1", &change).await.problem(403), refused);
            let mut emil = employee("Emil", "sales");
            emil[field] = value.clone();
            let created = sam.post("/employees/", &emil).await;
            if value.is_null() {
                created.ok();
            } else {
                assert_eq!(created.problem(403), refused);
            }
        }
        let anna = office.ada.get("/employees/1").await.ok();
        assert_eq!((&anna["name"], &anna["salary"], &anna["bonus"], &anna["version"]), (&json!("Anna"), &json!("4000"), &json!("100"), &json!(1)));
    }

    async fn values_are_looked_at_before_rights_to_write_them(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        for (salary, code) in [(json!("-1"), "range"), (json!("much"), "type")] {
            let problem = sam.put("/employees/1", &json!({ "salary": salary })).await.problem(422);
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/salary"), &json!(code)));
        }
    }

    async fn a_refused_field_tells_nothing_of_the_row(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let change = json!({ "salary": "9000" });
        let of_his_own = sam.put("/employees/1", &change).await.problem(403);
        assert_eq!(sam.put("/employees/3", &change).await.problem(403), of_his_own, "outside");
        assert_eq!(sam.put("/employees/99", &change).await.problem(403), of_his_own, "missing");
    }

    async fn what_was_read_without_them_may_be_sent_back(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let mut anna = sam.get("/employees/1").await.ok();
        anna["name"] = json!("Anne");
        sam.put("/employees/1", &anna).await.ok();
        let stored = office.ada.get("/employees/1").await.ok();
        assert_eq!((&stored["name"], &stored["salary"], &stored["bonus"]), (&json!("Anne"), &json!("4000"), &json!("100")));
    }

    async fn a_tag_tells_how_much_of_a_row_was_seen(engine) {
        let office = Office::with_employees(engine).await;
        let (sam, hanna) = (office.sam().await, office.hanna().await);
        let less = sam.get("/employees/1").await;
        let tag = [("if-none-match", less.header("etag").unwrap())];
        assert_eq!(sam.send(Method::GET, "/employees/1", &tag, vec![]).await.status, 304);
        let more = hanna.send(Method::GET, "/employees/1", &tag, vec![]).await;
        assert_eq!(more.ok()["salary"], "4000", "whoever comes to see more gets it");
        let tag = [("if-match", less.header("etag").unwrap())];
        sam.json(Method::PUT, "/employees/1", &tag, &json!({ "name": "Anne" })).await.ok();
        sam.json(Method::PUT, "/employees/1", &tag, &json!({ "name": "Anna" })).await.refused(412, "version_conflict");
    }

    async fn seeing_and_writing_are_rights_of_their_own(engine) {
        let office = Office::with_employees(engine).await;
        let common = ["employees_read", "employees_update", "employees_any_department"];
        let reader = office.user(&[&common[..], &["employees_read_salary"]].concat()).await;
        assert_eq!(reader.get("/employees/1").await.ok()["salary"], "4000");
        let refused = forbidden("the field salary may not be written");
        assert_eq!(reader.put("/employees/1", &json!({ "salary": "1" })).await.problem(403), refused);
        let writer = office.user(&[&common[..], &["employees_update_salary"]].concat()).await;
        assert_eq!(salary(&writer.put("/employees/1", &json!({ "salary": "4200" })).await.ok()), NEITHER);
        assert_eq!(reader.get("/employees/1").await.ok()["salary"], "4200");
    }

    async fn nobody_finds_out_by_filters_or_orders(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        // The fields differ by nothing but their names: there is no field that is called colour.
        for query in [
            "sorting=NAME", "sorting=NAME:desc", "sorting=name,NAME", "filter_key=NAME&value=4000", "filter_key=NAME&value=x",
            "filter=NAME%20%3E%201", "filter=NAME%20=%20null", "filter=name%20=%20%22Anna%22%20AND%20NAME%20%3E%203500",
        ] {
            let ask = async |name: &str| sam.get(&format!("/employees/?{}", query.replace("NAME", name))).await.problem(400);
            let unknown = ask("colour").await;
            assert_eq!(unknown["code"], "invalid_query", "{query}");
            assert_eq!(ask("salary").await, unknown, "{query}");
            assert!(!unknown.to_string().contains("salary"), "{unknown}");
        }
    }

    async fn a_page_token_of_who_sees_them_opens_nothing(engine) {
        let office = Office::with_employees(engine).await;
        let (sam, hanna) = (office.sam().await, office.hanna().await);
        let page = hanna.get("/employees/?sorting=salary&limit=1").await.ok();
        let token = page["next_page_token"].as_str().unwrap();
        hanna.get(&format!("/employees/?sorting=salary&limit=1&page_token={token}")).await.ok();
        for query in [format!("sorting=salary&limit=1&page_token={token}"), format!("limit=1&page_token={token}")] {
            sam.get(&format!("/employees/?{query}")).await.refused(400, "invalid_query");
        }
    }

    async fn who_sees_them_filters_and_sorts_by_them(engine) {
        let office = Office::with_employees(engine).await;
        let hanna = office.hanna().await;
        let ask = async |query: &str| listed(&hanna.get(&format!("/employees/?{query}")).await, "name");
        assert_eq!(ask("sorting=salary").await, whole(&["Bert", "Anna"]));
        assert_eq!(ask("filter_key=salary&value=4000").await, whole(&["Anna"]));
        assert_eq!(ask("filter=salary%20%3E=%203500").await, whole(&["Anna"]), "Cleo is in support");
    }
}
