//! What is not there, and what stands in the way.

use crate::people::{ada_and_three_customers, customer, wrong, wrong_parameter};
use http::Method;
use kwik_testkit::on_each_engine;
use serde_json::json;

on_each_engine! {
    async fn who_is_not_there_is_not_found(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let missing = json!({ "code": "not_found", "detail": "Entity [customers] with id=99999 does not exist" });
        for (method, path) in [
            (Method::GET, "/customers/99999"),
            (Method::PUT, "/customers/99999"),
            (Method::PATCH, "/customers/99999"),
            (Method::DELETE, "/customers/99999"),
            (Method::GET, "/customers/99999/history"),
        ] {
            assert_eq!(ada.raw(method, path, r#"{"name":"A"}"#).await.problem(404), missing);
        }
        for key in ["0", "-1", "9223372036854775807", "-9223372036854775808"] {
            ada.get(&format!("/customers/{key}")).await.refused(404, "not_found");
        }
    }

    async fn a_key_is_an_integer_of_64_bits(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let not_valid = |code, detail| json!({
            "code": "invalid_path", "detail": "a part of the path is not valid",
            "errors": [wrong_parameter("id", code, detail)],
        });
        for key in ["x", "1.0", "1e3", "+1", "0x1", "%20", "1%00", "1'--", "me", "1,2", "--1", "%2F1"] {
            assert_eq!(ada.get(&format!("/customers/{key}")).await.problem(422), not_valid("type", "must be an integer"), "{key}");
        }
        ada.get("/customers/%FF").await.refused(400, "bad_request");
        for key in ["9223372036854775808", "-9223372036854775809", &"9".repeat(1000)] {
            let problem = ada.get(&format!("/customers/{key}")).await.problem(422);
            assert_eq!(problem, not_valid("range", "must be an integer of at most 64 bits"), "{key}");
        }
    }

    async fn a_taken_address_is_a_conflict_that_names_the_field(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let taken = json!({
            "code": "taken", "detail": "Entity already exists: email is taken",
            "errors": [wrong("/email", "taken", "is taken by another one")],
        });
        assert_eq!(ada.post("/customers/", &customer("Acme", "1")).await.problem(409), taken);
        let same_domain = json!({ "name": "A", "email": "acme@EXAMPLE.com" });
        assert_eq!(ada.post("/customers/", &same_domain).await.problem(409), taken);
        assert_eq!(ada.put("/customers/2", &json!({ "email": "acme@example.com" })).await.problem(409), taken);
        assert_eq!(ada.patch("/customers/2", &json!({ "email": "acme@example.com" })).await.problem(409), taken);
        ada.put("/customers/1", &json!({ "email": "acme@example.com" })).await.ok();
        ada.post("/customers/", &json!({ "name": "A", "email": "Acme@example.com" })).await.ok();
    }
}
