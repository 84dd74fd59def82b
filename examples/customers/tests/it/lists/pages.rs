//! `skip`, `limit` and `total`.

use crate::people::{ada, ada_and_three_customers, names, timeless, wrong_parameter};
use kwik_testkit::on_each_engine;
use serde_json::json;

on_each_engine! {
    async fn a_list_has_the_total_and_the_page(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let mut list = ada.get("/customers/?limit=1").await.ok();
        list["data"][0] = timeless(list["data"][0].take());
        let token = list.as_object_mut().unwrap().remove("next_page_token").unwrap();
        let next = ada.get(&format!("/customers/?limit=1&page_token={}", token.as_str().unwrap())).await;
        assert_eq!(names(&next), ["Bolt"]);
        assert_eq!(list, json!({ "total": 3, "data": [{
            "id": 1, "name": "Acme", "email": "acme@example.com", "credit_limit": "100", "version": 1,
            "creation_time": "some time", "creator_user_id": 1,
            "last_modification_time": null, "last_modifier_user_id": null,
        }] }));
    }

    async fn an_empty_list_is_a_list(engine) {
        let (_app, ada) = ada(engine).await;
        assert_eq!(ada.get("/customers/").await.ok(), json!({ "total": 0, "data": [] }));
    }

    async fn pages_are_cut_out_of_the_order_of_keys(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for (query, page) in [
            ("", &["Acme", "Bolt", "Cobra"][..]),
            ("?", &["Acme", "Bolt", "Cobra"]),
            ("?limit=2", &["Acme", "Bolt"]),
            ("?skip=1", &["Bolt", "Cobra"]),
            ("?skip=1&limit=1", &["Bolt"]),
            ("?limit=1000", &["Acme", "Bolt", "Cobra"]),
        ] {
            assert_eq!(names(&ada.get(&format!("/customers/{query}")).await), page, "{query}");
        }
    }

    async fn the_total_is_that_of_all_pages_even_of_an_empty_one(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for query in ["limit=0", "skip=3", "skip=9223372036854775807", "skip=9223372036854775807&limit=1000"] {
            let page = ada.get(&format!("/customers/?{query}")).await.ok();
            assert_eq!(page, json!({ "total": 3, "data": [] }), "{query}");
        }
    }

    async fn a_page_gives_100_unless_it_is_told_otherwise(engine) {
        let (_app, ada) = ada(engine).await;
        for n in 0..101 {
            let body = json!({ "name": "C", "email": format!("c{n}@example.com") });
            ada.post("/customers/", &body).await.ok();
        }
        let page = ada.get("/customers/").await.ok();
        assert_eq!((&page["total"], page["data"].as_array().unwrap().len()), (&json!(101), 100));
    }

    async fn a_bound_that_is_none_or_too_large_is_refused_not_cut(engine) {
        let (_app, ada) = ada(engine).await;
        let limit = wrong_parameter("limit", "range", "must be an integer from 0 to 1000");
        for value in ["1001", "-1", "", "1.0", "ten", "%2B1", "1e2", "0x10", "%201", "99999999999999999999", "%00"] {
            let problem = ada.get(&format!("/customers/?limit={value}")).await.problem(400);
            assert_eq!(problem["errors"], json!([limit]), "{value}");
        }
        let skip = wrong_parameter("skip", "range", "must be an integer from 0 to 9223372036854775807");
        for value in ["-1", "9223372036854775808", "x"] {
            let problem = ada.get(&format!("/customers/?skip={value}")).await.problem(400);
            assert_eq!(problem["errors"], json!([skip]), "{value}");
        }
    }

    async fn every_wrong_parameter_is_told_at_once(engine) {
        let (_app, ada) = ada(engine).await;
        let answer = ada.get("/customers/?limit=5000&skip=x&sorting=colour&filter_key=size&value=1&page=2&limit=7").await;
        assert_eq!(answer.problem(400), json!({
            "code": "invalid_query",
            "detail": "a parameter is not valid",
            "errors": [
                wrong_parameter("skip", "range", "must be an integer from 0 to 9223372036854775807"),
                wrong_parameter("limit", "duplicate", "must be given only once"),
                wrong_parameter("limit", "range", "must be an integer from 0 to 1000"),
                wrong_parameter("sorting", "unknown", FIELDS),
                wrong_parameter("filter_key", "unknown", FIELDS),
                wrong_parameter("page", "unknown", KNOWN),
            ],
        }));
    }

    async fn operations_on_one_customer_take_no_parameters(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let errors = json!([wrong_parameter("limit", "unknown", "is not known here; there are no parameters")]);
        assert_eq!(ada.get("/customers/1?limit=1").await.problem(400)["errors"], errors);
        assert_eq!(ada.put("/customers/1?limit=1", &json!({ "name": "A" })).await.problem(400)["errors"], errors);
        assert_eq!(ada.patch("/customers/1?limit=1", &json!({ "name": "A" })).await.problem(400)["errors"], errors);
        assert_eq!(ada.delete("/customers/1?limit=1").await.problem(400)["errors"], errors);
        assert_eq!(ada.post("/customers/?limit=1", &json!({})).await.problem(400)["errors"], errors);
    }
}

const KNOWN: &str = "is not known here; there are skip, limit, sorting, filter_key, value, filter, page_token, count";

const FIELDS: &str = "must name a field of Customer: id, name, email, credit_limit, version, creation_time, \
     creator_user_id, last_modification_time, last_modifier_user_id";
