//! The life of API keys over HTTP.

use super::{
    clock::TestClock,
    text,
    trail::{detail, events},
};
use http::Method;
use kwik::App;
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};

/// A new key of somebody with these scopes.
pub async fn new_key(owner: &Client, scopes: &[&str]) -> Value {
    owner.post("/api-keys/", &json!({ "name": "import", "scopes": scopes })).await.ok()
}

/// Somebody who sends the key as `X-API-Key`.
pub fn by_key(app: &TestApp, key: &Value) -> Client {
    app.anonymous().with_api_key(text(&key["key"]))
}

fn path(key: &Value) -> String {
    format!("/api-keys/{}", key["id"])
}

/// What every answer but the first shows of it.
fn shown(key: &Value) -> Value {
    let mut key = key.clone();
    key.as_object_mut().unwrap().remove("key");
    key
}

on_each_engine! {
    async fn a_key_is_made_used_changed_rotated_and_revoked(engine) {
        let app = TestApp::start(engine, App::new).await;
        let ada = app.with_permissions(&["user_read", "role_read"]).await;
        let answer = ada.post("/api-keys/", &json!({ "name": "import", "scopes": ["user_read"] })).await;
        let key = answer.ok();
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (201, Some("\"1\"")));
        assert_eq!(answer.header("location").unwrap(), format!("/api/v1{}", path(&key)));
        let secret = text(&key["key"]);
        assert!(secret.starts_with("kwik_") && secret.len() == 53 && secret.ends_with(text(&key["suffix"])), "{key}");
        let members: Vec<_> = shown(&key).as_object().unwrap().keys().cloned().collect();
        assert_eq!(members, [
            "id", "name", "prefix", "suffix", "scopes", "expires_at", "revoked_at", "last_used_at", "last_used_address",
            "creation_time", "version",
        ]);
        assert_eq!((&key["prefix"], &key["scopes"]), (&json!("kwik_"), &json!(["user_read"])));
        assert_eq!(ada.get(&path(&key)).await.ok(), shown(&key));

        // Both forms of the header.
        for client in [by_key(&app, &key), app.anonymous().with_token(secret)] {
            client.get("/users/").await.ok();
            client.get("/roles/").await.refused(403, "forbidden");
        }
        let renamed = ada.put(&path(&key), &json!({ "name": "export" })).await.ok();
        assert_eq!((&renamed["name"], &renamed["version"]), (&json!("export"), &json!(2)));
        ada.json(Method::PUT, &path(&key), &[("if-match", "\"1\"")], &json!({ "name": "x" })).await.refused(412, "version_conflict");

        let rotate = format!("{}/rotate", path(&key));
        ada.json(Method::POST, &rotate, &[("if-match", "\"1\"")], &json!({})).await.refused(412, "version_conflict");
        let rotated = ada.send(Method::POST, &rotate, &[], Vec::new()).await.ok();
        assert_ne!(rotated["key"], key["key"]);
        assert_eq!((&rotated["id"], &rotated["scopes"]), (&key["id"], &key["scopes"]));
        by_key(&app, &key).get("/users/").await.refused(401, "invalid_token");
        by_key(&app, &rotated).get("/users/").await.ok();

        let revoked = ada.delete(&path(&key)).await.ok();
        assert!(revoked["revoked_at"].is_string(), "{revoked}");
        by_key(&app, &rotated).get("/users/").await.refused(401, "invalid_token");
        assert_eq!(ada.delete(&path(&key)).await.ok(), revoked, "again");
        ada.put(&path(&key), &json!({ "name": "x" })).await.refused(409, "key_revoked");
        ada.send(Method::POST, &rotate, &[], Vec::new()).await.refused(409, "key_revoked");
        assert_eq!(ada.get("/api-keys/").await.ok(), json!({ "total": 1, "data": [revoked] }));

        for action in ["key_created", "key_rotated", "key_revoked"] {
            let events = events(&app, action).await;
            assert_eq!(events.len(), 1, "{action}");
            let name = if action == "key_created" { "import" } else { "export" };
            assert_eq!(detail(&events[0], "name").as_deref(), Some(name));
            let suffix = if action == "key_created" { &key } else { &rotated };
            assert_eq!(detail(&events[0], "suffix").as_deref(), suffix["suffix"].as_str());
        }
    }

    async fn a_key_runs_out(engine) {
        let clock = TestClock::default();
        let told = clock.clone();
        let app = TestApp::start(engine, move || App::new().clock(told.clone())).await;
        let user = app.new_user(&["user_read"]).await;
        let ada = app.as_user(&user).await;
        let end = kwik::domain::json::rfc3339(kwik::domain::Clock::now(&clock) + std::time::Duration::from_mins(10));
        let new = json!({ "name": "import", "scopes": ["user_read"], "expires_at": end });
        let key = ada.post("/api-keys/", &new).await.ok();
        assert_eq!(key["expires_at"], json!(end));
        by_key(&app, &key).get("/users/").await.ok();
        clock.minutes(11);
        by_key(&app, &key).get("/users/").await.refused(401, "invalid_token");
        ada.send(Method::POST, &format!("{}/rotate", path(&key)), &[], Vec::new()).await.refused(409, "key_expired");
        ada.post("/api-keys/", &new).await.refused(422, "invalid");
        // A moment that has passed ends a key at once; none lets it work again.
        ada.put(&path(&key), &json!({ "expires_at": null })).await.ok();
        by_key(&app, &key).get("/users/").await.ok();
        ada.put(&path(&key), &json!({ "expires_at": "2020-01-01T00:00:00Z" })).await.ok();
        by_key(&app, &key).get("/users/").await.refused(401, "invalid_token");
    }

    async fn keys_are_their_owners_alone(engine) {
        let app = TestApp::start(engine, App::new).await;
        let (ada, user) = (app.with_permissions(&["user_read"]).await, app.new_user(&["user_read"]).await);
        let other = app.as_user(&user).await;
        let (key, newer) = (new_key(&other, &["user_read"]).await, new_key(&other, &["user_read"]).await);
        assert_eq!(ada.get("/api-keys/").await.ok(), json!({ "total": 0, "data": [] }));
        let rotate = format!("{}/rotate", path(&key));
        for missing in [
            ada.get(&path(&key)).await,
            ada.put(&path(&key), &json!({ "name": "x" })).await,
            ada.send(Method::POST, &rotate, &[], Vec::new()).await,
            ada.delete(&path(&key)).await,
        ] {
            missing.refused(404, "not_found");
        }
        // Administrators see and revoke them.
        let of_other = format!("/users/{}/api-keys", user.id);
        ada.get(&of_other).await.refused(403, "forbidden");
        let reader = app.with_permissions(&["api_key_read"]).await;
        assert_eq!(reader.get(&of_other).await.ok(), json!({ "total": 2, "data": [shown(&newer), shown(&key)] }));
        assert_eq!(reader.get(&format!("{of_other}?limit=1&skip=1")).await.ok()["data"], json!([shown(&key)]));
        reader.get("/users/99999/api-keys").await.refused(404, "not_found");
        reader.delete(&format!("{of_other}/{}", key["id"])).await.refused(403, "forbidden");
        let remover = app.with_permissions(&["api_key_delete"]).await;
        remover.delete(&format!("/users/1/api-keys/{}", key["id"])).await.refused(404, "not_found");
        assert!(remover.delete(&format!("{of_other}/{}", key["id"])).await.ok()["revoked_at"].is_string());
        by_key(&app, &key).get("/users/").await.refused(401, "invalid_token");
        by_key(&app, &newer).get("/users/").await.ok();
    }

    async fn a_body_is_read_strictly(engine) {
        let app = TestApp::start(engine, App::new).await;
        let ada = app.with_permissions(&["user_read", "role_read"]).await;
        for (body, expected) in [
            ("{}", &["/name required", "/scopes required"][..]),
            (r#"{"name":"","scopes":[],"colour":"red"}"#, &["/name length", "/colour unknown"]),
            (r#"{"name":"x","scopes":[]}"#, &["/scopes length"]),
            (r#"{"name":1,"scopes":"user_read","expires_at":5}"#, &["/name type", "/scopes type", "/expires_at type"]),
            (r#"{"name":"x","scopes":["user_read",1,"",null,"role read",["user_read"],"user\u0000read"]}"#,
                &["/scopes/1 type", "/scopes/2 format", "/scopes/3 type", "/scopes/4 format", "/scopes/5 type", "/scopes/6 format"]),
            (r#"{"name":"x","scopes":["user_read","no_such","user_read"],"expires_at":"2020-01-01T00:00:00Z"}"#,
                &["/scopes/1 unknown", "/scopes/2 duplicate", "/expires_at range"]),
            (r#"{"name":"x","scopes":["user_read"],"scopes":["role_read"]}"#, &["/scopes duplicate"]),
            (r#"{"name":"x","scopes":null}"#, &["/scopes type"]),
            (r#"{"name":"x","scopes":["user_read"],"hash":"x"}"#, &["/hash unknown"]),
            (r#"{"name":"x","scopes":["user_read"],"user_id":1}"#, &["/user_id unknown"]),
        ] {
            let problem = ada.raw(Method::POST, "/api-keys/", body).await.refused(422, "invalid");
            let found: Vec<_> = problem["errors"].as_array().unwrap().iter()
                .map(|e| format!("{} {}", text(&e["pointer"]), text(&e["code"]))).collect();
            assert_eq!(found, expected, "{body}");
        }
        ada.raw(Method::POST, "/api-keys/", "[]").await.refused(422, "malformed");
        ada.raw(Method::POST, "/api-keys/?x=1", "{}").await.refused(400, "invalid_query");
        // What was read can be sent back; what only shows is ignored.
        let key = new_key(&ada, &["user_read", "role_read"]).await;
        let mut back = shown(&key);
        back["scopes"] = json!(["user_create"]);
        back["revoked_at"] = json!("2020-01-01T00:00:00Z");
        back["name"] = json!("another");
        let changed = ada.put(&path(&key), &back).await.ok();
        assert_eq!((&changed["name"], &changed["scopes"]), (&json!("another"), &key["scopes"]));
        assert_eq!((&changed["suffix"], &changed["revoked_at"]), (&key["suffix"], &Value::Null));
        ada.put(&path(&key), &json!({ "suffix": "0000" })).await.refused(422, "invalid");
        ada.put("/api-keys/x", &json!({})).await.refused(422, "invalid_path");
    }

    async fn there_are_a_hundred_that_work_at_the_most(engine) {
        let app = TestApp::start(engine, App::new).await;
        let ada = app.with_permissions(&["user_read"]).await;
        let mut last = Value::Null;
        for _ in 0..98 {
            last = new_key(&ada, &["user_read"]).await;
        }
        let body = json!({ "name": "one more", "scopes": ["user_read"] });
        let (a, b, c, d) = tokio::join!(
            ada.post("/api-keys/", &body), ada.post("/api-keys/", &body), ada.post("/api-keys/", &body), ada.post("/api-keys/", &body)
        );
        let mut statuses = [a, b, c, d].map(|answer| answer.status.as_u16());
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 201, 409, 409]);
        ada.post("/api-keys/", &body).await.refused(409, "too_many_keys");
        let past = json!({ "expires_at": "2020-01-01T00:00:00Z" });
        ada.put(&path(&last), &past).await.ok();
        ada.post("/api-keys/", &body).await.ok();
        ada.put(&path(&last), &json!({ "expires_at": null })).await.refused(409, "too_many_keys");
        ada.delete(&path(&last)).await.ok();
        let page = ada.get("/api-keys/").await.ok();
        assert_eq!((&page["total"], page["data"].as_array().unwrap().len()), (&json!(101), 100));
        let ids: Vec<_> = page["data"].as_array().unwrap().iter().map(|key| key["id"].as_i64().unwrap()).collect();
        assert!(ids.is_sorted_by(|a, b| a > b), "the newest first");
    }
}
