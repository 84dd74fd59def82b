//! Rows whose key is several fields.

use super::{app, stock};
use http::Method;
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};

/// The keys of a page.
fn keys(page: &Value) -> Vec<(i64, i64)> {
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
    page["data"].as_array().unwrap().iter().map(|row| (number(row, "store"), number(row, "product"))).collect()
}

async fn filled(ada: &Client) {
    for (store, product) in [(2, 1), (1, 2), (1, 1), (2, 3), (1, 10), (3, 2), (2, 2)] {
        ada.post("/stocks/", &stock(store, product, i64::from(store) + product)).await.ok();
    }
}

on_each_engine! {
    async fn are_made_read_changed_and_removed(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let made = ada.post("/stocks/", &stock(1, 2, 5)).await;
        assert_eq!((made.status.as_u16(), made.header("location")), (201, Some("/api/v1/stocks/1,2")));
        assert_eq!((&made.json()["product"], &made.json()["version"]), (&json!(2), &json!(1)));
        ada.post("/stocks/", &stock(1, 3, 7)).await.ok();
        for path in ["/stocks/1,2", "/stocks/1%2C2", "/stocks/1,2/"] {
            assert_eq!(ada.get(path).await.ok()["pieces"], 5, "{path}");
        }
        let stale = ada.json(Method::PUT, "/stocks/1,2", &[("if-match", "\"7\"")], &json!({ "pieces": 6 })).await;
        stale.refused(412, "version_conflict");
        let changed = ada.json(Method::PUT, "/stocks/1,2", &[("if-match", "\"1\"")], &json!({ "pieces": 6 })).await;
        assert_eq!(changed.ok()["version"], 2);
        assert_eq!(ada.get("/stocks/1,3").await.ok()["version"], 1);
        // What was read is sent back: the key in it changes nothing.
        let back = ada.put("/stocks/1,2", &json!({ "store": 9, "product": 9, "pieces": 8, "version": 2 })).await.ok();
        assert_eq!((&back["store"], &back["product"], &back["pieces"]), (&json!(1), &json!(2), &json!(8)));
        ada.put("/stocks/1,2", &json!({ "store": 9 })).await.refused(422, "invalid");
        let removed = ada.json(Method::DELETE, "/stocks/1,2", &[("if-match", "\"3\"")], &Value::Null).await;
        assert_eq!(removed.ok()["pieces"], 8);
        ada.get("/stocks/1,2").await.refused(404, "not_found");
        assert_eq!(ada.get("/stocks/1,3").await.ok()["pieces"], 7);
    }

    async fn have_a_history_of_their_own(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/stocks/", &stock(1, 2, 5)).await.ok();
        ada.post("/stocks/", &stock(12, 2, 5)).await.ok();
        ada.patch("/stocks/1,2", &json!({ "pieces": 6 })).await.ok();
        ada.delete("/stocks/1,2").await.ok();
        let page = ada.get("/stocks/1,2/history").await.ok();
        let actions: Vec<_> = page["data"].as_array().unwrap().iter().map(|r| r["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["delete", "update", "create"]);
        assert_eq!(page["data"][1]["changes"], json!([{ "field": "pieces", "from": 5, "to": 6 }]));
        assert_eq!(ada.get("/stocks/12,2/history").await.ok()["data"].as_array().unwrap().len(), 1);
        ada.get("/stocks/2,1/history").await.refused(404, "not_found");
        let trail = ada.get("/audit/?filter=entity%20%3D%20%22stocks%22&sorting=id").await.ok();
        let named: Vec<_> = trail["data"].as_array().unwrap().iter().map(|r| r["entity_key"].as_str().unwrap()).collect();
        assert_eq!(named, ["1,2", "12,2", "1,2", "1,2"]);
    }

    async fn what_is_no_key_is_told(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        for text in ["1", "1,2,3", "1,x", "x,1", ",", "1,", "1%202", "4294967296,1", "1;2"] {
            for path in [format!("/stocks/{text}"), format!("/stocks/{text}/history")] {
                let problem = ada.get(&path).await.refused(422, "invalid_path");
                assert_eq!(problem["errors"][0]["parameter"], "id", "{path}");
            }
            ada.put(&format!("/stocks/{text}"), &json!({ "pieces": 1 })).await.refused(422, "invalid_path");
            ada.delete(&format!("/stocks/{text}")).await.refused(422, "invalid_path");
        }
        let problem = ada.get("/stocks/1").await.problem(422);
        assert_eq!(problem["errors"][0]["detail"], "must be 2 values with commas between them");
        ada.get("/stocks/1,2").await.refused(404, "not_found");
        app.anonymous().get("/stocks/1").await.refused(401, "not_authenticated");
    }

    async fn are_taken_together(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        filled(&ada).await;
        let taken = ada.post("/stocks/", &stock(1, 10, 0)).await.problem(409);
        let pointers: Vec<_> = taken["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!((&taken["code"], pointers), (&json!("taken"), vec![json!("/store"), json!("/product")]));
        ada.post("/stocks/", &stock(10, 1, 0)).await.ok();
    }

    async fn are_needed_and_checked(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let problem = ada.post("/stocks/", &json!({ "product": null, "pieces": 1 })).await.refused(422, "invalid");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(pointers, [json!("/store"), json!("/product")]);
        let problem = ada.post("/stocks/", &stock(0, 1, 1)).await.refused(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], "range");
        // The rule over several fields knows the key that is given.
        ada.post("/stocks/", &stock(1, 13, 1)).await.refused(422, "invalid");
        ada.post("/stocks/", &stock(1, 13, 0)).await.ok();
        ada.put("/stocks/1,13", &json!({ "pieces": 1 })).await.refused(422, "invalid");
    }

    async fn are_walked_over_in_any_order(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        filled(&ada).await;
        let all = [(1, 1), (1, 2), (1, 10), (2, 1), (2, 2), (2, 3), (3, 2)];
        assert_eq!(keys(&ada.get("/stocks/").await.ok()), all);
        for order in ["store", "store:desc", "product", "product:desc,store", "store:desc,product", "product,store:desc",
            "pieces", "pieces:desc,product:desc", "shelf,store:desc", "store,product:desc"] {
            let whole = keys(&ada.get(&format!("/stocks/?sorting={order}")).await.ok());
            assert_eq!(whole.len(), all.len());
            for limit in [1, 2, 3] {
                let (mut walked, mut token) = (Vec::new(), None::<String>);
                loop {
                    let after = token.map(|token| format!("&page_token={token}")).unwrap_or_default();
                    let page = ada.get(&format!("/stocks/?sorting={order}&limit={limit}{after}")).await.ok();
                    walked.extend(keys(&page));
                    token = page["next_page_token"].as_str().map(str::to_owned);
                    if token.is_none() {
                        break;
                    }
                }
                assert_eq!(walked, whole, "{order} {limit}");
            }
        }
        let mixed = keys(&ada.get("/stocks/?sorting=store:desc,product").await.ok());
        assert_eq!(mixed, [(3, 2), (2, 1), (2, 2), (2, 3), (1, 1), (1, 2), (1, 10)]);
        let found = ada.get("/stocks/?filter=store%20%3D%201%20AND%20product%20%3E%3D%202").await.ok();
        assert_eq!(keys(&found), [(1, 2), (1, 10)]);
    }

    async fn of_others_are_as_missing(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/stocks/", &stock(1, 2, 5)).await.ok();
        let own = ["stocks_create", "stocks_read_own", "stocks_update_own", "stocks_delete_own"];
        let bob = app.with_permissions(&own).await;
        bob.post("/stocks/", &stock(1, 3, 5)).await.ok();
        assert_eq!(keys(&bob.get("/stocks/").await.ok()), [(1, 3)]);
        assert_eq!(bob.get("/stocks/1,2").await.problem(404)["code"], bob.get("/stocks/7,7").await.problem(404)["code"]);
        bob.put("/stocks/1,2", &json!({ "pieces": 1 })).await.refused(404, "not_found");
        bob.delete("/stocks/1,2").await.refused(404, "not_found");
        bob.get("/stocks/1,2/history").await.refused(404, "not_found");
        assert_eq!(bob.put("/stocks/1,3", &json!({ "pieces": 1 })).await.ok()["pieces"], 1);
        bob.delete("/stocks/1,3").await.ok();
        assert_eq!(ada.get("/stocks/1,2").await.ok()["version"], 1);
    }

    async fn are_explained(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/stocks/", &stock(1, 2, 5)).await.ok();
        let bob = app.new_user(&["stocks_read_own", "stocks_create"]).await;
        let ask = async |rest: &str| ada.get(&format!("/access/explain?user_id={}&resource=stocks&{rest}", bob.id)).await;
        let said = ask("action=read&id=1,2").await.ok();
        assert_eq!((&said["allowed"], &said["policies"][0]["row_matches"]), (&json!(false), &json!(false)));
        assert_eq!(ask("action=read&id=1").await.problem(400)["errors"][0]["parameter"], "id");
        let said = ask("action=create").await.ok();
        assert_eq!(said["fields"]["writable"], json!(["store", "product", "pieces", "shelf"]));
    }
}
