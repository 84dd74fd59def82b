//! Bodies that cannot be read at all.

use crate::people::ada;
use http::Method;
use kwik_testkit::{Client, on_each_engine};
use serde_json::json;

async fn refused(client: &Client, body: impl Into<Vec<u8>>, code: &str, detail: &str) {
    let body = body.into();
    let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    let problem = client.raw(Method::POST, "/customers/", body).await.problem(422);
    assert_eq!(problem, json!({ "code": code, "detail": detail }), "{start}");
}

on_each_engine! {
    async fn what_is_no_json_is_refused_with_the_place(engine) {
        let (_app, ada) = ada(engine).await;
        for (body, place) in [
            ("", "line 1, column 0"),
            ("{", "line 1, column 1"),
            ("{\"name\":\"A\",}", "line 1, column 13"),
            ("{\n  \"name\": 'A'\n}", "line 2, column 11"),
            ("{} {}", "line 1, column 4"),
            ("{\"name\":\"A\"", "line 1, column 11"),
            ("{name:1}", "line 1, column 2"),
            ("{\"name\":01}", "line 1, column 10"),
            ("// comment\n{}", "line 1, column 1"),
        ] {
            refused(&ada, body, "malformed", &format!("the body must be valid JSON; see {place}")).await;
        }
    }

    async fn json_that_is_no_object_is_refused(engine) {
        let (_app, ada) = ada(engine).await;
        for body in ["[]", "null", "\"name\"", "1", "true", "[{\"name\":\"A\"}]"] {
            let problem = ada.raw(Method::POST, "/customers/", body).await.problem(422);
            let detail = problem["detail"].as_str().unwrap();
            assert_eq!(problem["code"], "malformed");
            assert!(detail.starts_with("the body must be a JSON object; see line 1"), "{body}: {detail}");
        }
    }

    async fn bytes_that_are_no_text_are_refused(engine) {
        let (_app, ada) = ada(engine).await;
        let body = |bytes: &[u8]| [br#"{"name":""#, bytes, br#"","email":"a@example.com"}"#].concat();
        for bytes in [&[0xff][..], &[0xc0, 0x80], &[0xed, 0xa0, 0x80], &[0xf5, 0x80, 0x80, 0x80], &[0xe2, 0x82], &[0x00], &[0x0a]] {
            ada.raw(Method::POST, "/customers/", body(bytes)).await.refused(422, "malformed");
        }
        ada.raw(Method::POST, "/customers/", [&[0xef, 0xbb, 0xbf][..], br#"{"name":"A"}"#].concat()).await.refused(422, "malformed");
        ada.raw(Method::POST, "/customers/", r#"{"\ud800":1}"#).await.refused(422, "malformed");
    }

    async fn depth_is_no_danger(engine) {
        let (_app, ada) = ada(engine).await;
        let deep = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
        for (body, code) in [
            (deep("[", "]"), "malformed"),
            (deep("[", ""), "malformed"),
            (deep(r#"{"a":"#, ""), "malformed"),
            (format!(r#"{{"name":{}}}"#, deep("[", "]")), "invalid"),
            (format!(r#"{{"other":{}}}"#, deep("[", "]")), "invalid"),
            (format!(r#"{{"other":{}1{}}}"#, r#"{"a":"#.repeat(10_000), "}".repeat(10_000)), "invalid"),
        ] {
            ada.raw(Method::POST, "/customers/", body).await.refused(422, code);
        }
    }

    async fn many_members_are_no_danger(engine) {
        let (_app, ada) = ada(engine).await;
        let body: Vec<_> = (0..20_000).map(|n| format!("\"x{n}\":1")).collect();
        let answer = ada.raw(Method::POST, "/customers/", format!("{{{}}}", body.join(","))).await;
        answer.refused(422, "invalid");
        assert!(answer.body.len() < 5_000, "an answer is not a multiple of the question: {}", answer.body.len());
    }

    async fn a_body_that_is_too_large_is_refused(engine) {
        let (_app, ada) = ada(engine).await;
        let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(2 * 1024 * 1024));
        let too_large = json!({ "code": "body_too_large", "detail": "the body is larger than accepted" });
        for method in [Method::POST, Method::PUT, Method::PATCH] {
            let path = if method == Method::POST { "/customers/" } else { "/customers/1" };
            assert_eq!(ada.raw(method, path, large.clone()).await.problem(413), too_large);
        }
    }

    async fn the_content_type_must_say_json(engine) {
        let (app, ada) = ada(engine).await;
        let body = br#"{"name":"Acme","email":"acme@example.com"}"#;
        for content_type in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""] {
            let answer = ada.send(Method::POST, "/customers/", &[("content-type", content_type)], body.to_vec()).await;
            let expected = json!({ "code": "content_type", "detail": "the content type must be application/json" });
            assert_eq!(answer.problem(422), expected, "{content_type}");
        }
        ada.send(Method::POST, "/customers/", &[], body.to_vec()).await.refused(422, "content_type");
        app.anonymous().send(Method::POST, "/customers/", &[], body.to_vec()).await.refused(401, "not_authenticated");
        for content_type in ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=\"UTF-8\""] {
            let body = format!(r#"{{"name":"A","email":"a{}@example.com"}}"#, content_type.len());
            ada.send(Method::POST, "/customers/", &[("content-type", content_type)], body.into()).await.ok();
        }
    }
}
