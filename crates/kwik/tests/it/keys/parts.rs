//! Parts whose key is their parent's and something of their own.

use super::app;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};

fn cells(page: &Value) -> Vec<(i64, &str, i64)> {
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|c| (c["place"].as_i64().unwrap(), c["content"].as_str().unwrap(), c["version"].as_i64().unwrap()))
        .collect()
}

on_each_engine! {
    async fn are_found_by_it(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let body = json!({ "label": "x", "cells": [{ "place": 1, "content": "a" }, { "place": 2, "content": "b" }] });
        ada.post("/crates/", &body).await.ok();
        ada.post("/crates/", &body).await.ok();
        assert_eq!(ada.get("/cells/1,2").await.ok()["content"], "b");
        // The first stays as it is, the second changes, a third comes.
        let changed = json!({ "cells": [
            { "place": 1, "content": "a" }, { "place": 2, "content": "c" }, { "place": 3, "content": "d" },
        ] });
        ada.put("/crates/1", &changed).await.ok();
        let page = ada.get("/cells/?filter=crate_id%20%3D%201").await.ok();
        assert_eq!(cells(&page), [(1, "a", 1), (2, "c", 2), (3, "d", 1)]);
        ada.put("/crates/1", &json!({ "cells": [{ "place": 3, "content": "d" }] })).await.ok();
        let page = ada.get("/cells/?filter=crate_id%20%3D%201").await.ok();
        assert_eq!(cells(&page), [(3, "d", 1)]);
        let twice = json!({ "cells": [{ "place": 3, "content": "d" }, { "place": 3, "content": "e" }] });
        ada.put("/crates/1", &twice).await.refused(422, "invalid");
        assert_eq!(cells(&ada.get("/cells/?filter=crate_id%20%3D%202").await.ok()).len(), 2);
        ada.delete("/crates/1").await.ok();
        ada.get("/cells/1,3").await.refused(404, "not_found");
        assert_eq!(ada.get("/cells/").await.ok()["total"], 2);
    }
}
