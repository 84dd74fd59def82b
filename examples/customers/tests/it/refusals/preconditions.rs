//! `If-Match`: nobody overwrites what they have not seen.

use crate::people::{ada_and_three_customers, wrong_parameter};
use http::Method;
use kwik_testkit::{Client, TestResponse, on_each_engine};
use serde_json::json;

async fn change(client: &Client, tag: &str) -> TestResponse {
    client.json(Method::PUT, "/customers/1", &[("if-match", tag)], &json!({ "name": "New" })).await
}

on_each_engine! {
    async fn the_current_version_may_be_changed_and_deleted(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let etag = ada.get("/customers/1").await.header("etag").unwrap().to_owned();
        let changed = change(&ada, &etag).await;
        assert_eq!((changed.ok()["version"].as_i64(), changed.header("etag")), (Some(2), Some("\"2\"")));
        let patched = ada.json(Method::PATCH, "/customers/1", &[("if-match", "\"2\"")], &json!({ "name": "Newer" })).await;
        assert_eq!(patched.header("etag"), Some("\"3\""));
        ada.send(Method::DELETE, "/customers/1", &[("if-match", "\"3\"")], vec![]).await.ok();
    }

    async fn another_version_is_412_with_the_tag_of_the_current_one(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.put("/customers/1", &json!({ "name": "Newer" })).await.ok();
        let stale = json!({ "code": "version_conflict", "detail": "it has changed meanwhile; its current version is 2" });
        for tag in ["\"1\"", "\"3\"", "\"0\"", "\"-1\"", "\"99999999999999999999\""] {
            let answer = change(&ada, tag).await;
            assert_eq!((answer.problem(412), answer.header("etag")), (stale.clone(), Some("\"2\"")), "{tag}");
        }
        let answer = ada.send(Method::DELETE, "/customers/1", &[("if-match", "\"1\"")], vec![]).await;
        assert_eq!((answer.problem(412), answer.header("etag")), (stale, Some("\"2\"")));
        assert_eq!(ada.get("/customers/1").await.ok()["name"], "Newer");
        assert_eq!(ada.get("/customers/1/history").await.ok()["data"].as_array().unwrap().len(), 2);
    }

    async fn a_star_fits_every_version(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        assert_eq!(change(&ada, "*").await.ok()["version"], 2);
        assert_eq!(change(&ada, "*").await.ok()["version"], 3);
    }

    async fn another_tag_than_ours_and_a_weak_one_fit_none(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for tag in ["\"\"", "\"+1\"", "\"01\"", "\"1.0\"", "\"x\"", "W/\"1\"", "W/\"2\""] {
            let answer = change(&ada, tag).await;
            answer.refused(412, "version_conflict");
            assert_eq!(answer.header("etag"), Some("\"1\""), "{tag}");
        }
    }

    async fn what_is_no_tag_and_several_tags_are_refused(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let one = json!([wrong_parameter("If-Match", "format", "must be one entity tag, such as \"3\"")]);
        for tag in ["garbage", "1", "\"1", "1\"", "'1'", "\" 1\"", "", "w/\"1\"", "\"", "* ,", "**"] {
            assert_eq!(change(&ada, tag).await.problem(400)["errors"], one, "{tag}");
        }
        assert_eq!(change(&ada, "\"1\", \"2\"").await.problem(400)["errors"], one);
        let twice = [("if-match", "\"1\""), ("if-match", "\"1\"")];
        let answer = ada.json(Method::PUT, "/customers/1", &twice, &json!({ "name": "New" })).await;
        assert_eq!(answer.problem(400)["errors"], one);
    }

    async fn who_is_not_there_is_not_found_whatever_the_tag(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for tag in ["\"1\"", "*", "\"x\""] {
            let headers = [("if-match", tag)];
            ada.json(Method::PUT, "/customers/99", &headers, &json!({ "name": "New" })).await.refused(404, "not_found");
            ada.send(Method::DELETE, "/customers/99", &headers, vec![]).await.refused(404, "not_found");
        }
    }
}
