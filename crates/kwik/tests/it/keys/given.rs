//! Keys of one field that clients give.

use super::app;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

on_each_engine! {
    async fn text_stands_in_addresses_whatever_is_in_it(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        for (code, path) in [
            ("DE", "DE"),
            ("de", "de"),
            ("a/b", "a%2Fb"),
            ("a b", "a%20b"),
            ("a,b", "a,b"),
            ("100%", "100%25"),
            ("?#", "%3F%23"),
            ("世界", "%E4%B8%96%E7%95%8C"),
            ("history", "history"),
            ("...", "..."),
            ("a%2Fb", "a%252Fb"),
            ("\"quoted\"", "%22quoted%22"),
        ] {
            let made = ada.post("/countries/", &json!({ "code": code, "name": code })).await;
            assert_eq!(made.header("location"), Some(format!("/api/v1/countries/{path}").as_str()));
            assert_eq!(made.ok()["code"], code);
            let path = format!("/countries/{path}");
            assert_eq!(ada.get(&path).await.ok()["name"], code);
            assert_eq!(ada.put(&path, &json!({ "name": "x" })).await.ok()["code"], code);
            assert_eq!(ada.get(&format!("{path}/history")).await.ok()["data"].as_array().unwrap().len(), 2, "{path}");
        }
        assert_eq!(ada.delete("/countries/a%2Fb").await.ok()["code"], "a/b");
        ada.get("/countries/a%2Fb").await.refused(404, "not_found");
        assert_eq!(ada.get("/countries/a%252Fb").await.ok()["code"], "a%2Fb");
        // No text at all, which poem refuses before anybody is asked for.
        ada.get("/countries/%FF").await.refused(400, "bad_request");
        ada.get("/countries/%00").await.refused(422, "invalid_path");
    }

    async fn text_that_cannot_be_a_key_is_refused(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        for code in ["", ".", "..", "  ", &"x".repeat(61)] {
            let problem = ada.post("/countries/", &json!({ "code": code, "name": "x" })).await.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/code", "{code:?}");
        }
        assert_eq!(ada.post("/countries/", &json!({ "code": " IT ", "name": "x" })).await.ok()["code"], "IT");
        ada.post("/countries/", &json!({ "code": "IT", "name": "y" })).await.refused(409, "taken");
        assert_eq!(ada.get("/countries/").await.ok()["total"], 1);
    }

    async fn references_hold_text_keys(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/countries/", &json!({ "code": "IT", "name": "Italy" })).await.ok();
        ada.post("/citizens/", &json!({ "country": "IT" })).await.ok();
        let problem = ada.post("/citizens/", &json!({ "country": "XX" })).await.refused(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/country");
        ada.delete("/countries/IT").await.problem(409);
        let found = ada.get("/citizens/?filter=country.name%20%3D%20%22Italy%22").await.ok();
        assert_eq!(found["total"], 1);
    }

    async fn days_are_keys(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let made = ada.post("/holidays/", &json!({ "day": "2026-12-25", "name": "Christmas" })).await;
        assert_eq!(made.header("location"), Some("/api/v1/holidays/2026-12-25"));
        ada.post("/holidays/", &json!({ "day": "2026-12-25", "name": "again" })).await.refused(409, "taken");
        assert_eq!(ada.put("/holidays/2026-12-25", &json!({ "name": "x" })).await.ok()["name"], "x");
        ada.get("/holidays/2026-12-32").await.refused(422, "invalid_path");
        ada.get("/holidays/2026-12-26").await.refused(404, "not_found");
        assert_eq!(ada.delete("/holidays/2026-12-25").await.ok()["day"], "2026-12-25");
    }
}
