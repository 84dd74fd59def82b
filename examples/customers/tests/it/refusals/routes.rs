//! Addresses and methods that are not there.

use crate::people::ada_and_three_customers;
use http::Method;
use kwik_testkit::on_each_engine;
use serde_json::json;

on_each_engine! {
    async fn another_method_is_405_with_those_that_are_allowed(engine) {
        let (app, ada) = ada_and_three_customers(engine).await;
        let not_allowed = json!({ "code": "method_not_allowed", "detail": "this address does not accept this method" });
        for (path, allowed, others) in [
            ("/customers/", "GET, POST", &["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"][..]),
            ("/customers", "GET, POST", &["PUT", "PATCH", "DELETE"]),
            ("/customers/1", "DELETE, GET, PATCH, PUT", &["POST", "OPTIONS"]),
            ("/customers/not-a-key", "DELETE, GET, PATCH, PUT", &["POST"]),
            ("/customers/1/history", "GET", &["POST", "PUT", "PATCH", "DELETE"]),
            ("/login/access-token", "POST", &["GET", "PUT", "DELETE"]),
        ] {
            for method in others {
                for client in [&ada, &app.anonymous()] {
                    let answer = client.raw(method.parse::<Method>().unwrap(), path, "{}").await;
                    assert_eq!((answer.problem(405), answer.header("allow")), (not_allowed.clone(), Some(allowed)), "{method} {path}");
                }
            }
        }
    }

    async fn another_address_is_404_for_everybody(engine) {
        let (app, ada) = ada_and_three_customers(engine).await;
        let nothing = json!({ "code": "not_found", "detail": "there is nothing at this address" });
        for path in [
            "/", "", "/customer/", "/customers/1/2", "/Customers/", "/customers/1/history/2", "//customers/", "//", "//api/v1",
            "//api/v2/customers/", "//API/v1/customers/",
        ] {
            for client in [&ada, &app.anonymous()] {
                for method in [Method::GET, Method::POST] {
                    assert_eq!(client.raw(method, path, "{}").await.problem(404), nothing, "{path}");
                }
            }
        }
    }

    async fn every_answer_carries_its_request_and_safe_headers(engine) {
        let (app, ada) = ada_and_three_customers(engine).await;
        for answer in [ada.get("/customers/").await, ada.get("/nowhere").await, app.anonymous().get("/customers/").await] {
            assert!(answer.header("x-request-id").is_some_and(|id| id.len() >= 16), "{:?}", answer.headers);
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        }
        let answer = ada.send(Method::GET, "/customers/", &[("x-request-id", "0123456789abcdef-mine")], vec![]).await;
        assert_eq!(answer.header("x-request-id"), Some("0123456789abcdef-mine"));
        let answer = ada.send(Method::GET, "/customers/", &[("x-request-id", "<script>")], vec![]).await;
        assert_ne!(answer.header("x-request-id"), Some("<script>"));
    }
}
