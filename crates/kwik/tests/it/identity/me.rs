//! What users see and change of themselves.

use super::{tokens, with};
use http::Method;
use kwik::App;
use kwik_testkit::{ADMIN_PASSWORD, TestApp, TestUser, on_each_engine};
use serde_json::{Value, json};

const ME: &str = "/users/me";

on_each_engine! {
    async fn is_shown_with_a_version(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let client = app.as_user(&user).await;
        let answer = client.get(ME).await;
        let me = answer.ok();
        assert_eq!((&me["id"], &me["email"], &me["is_active"]), (&json!(user.id), &json!(user.email), &json!(true)));
        assert_eq!(answer.header("etag"), Some("\"1\""));
        for secret in ["hashed_password", "login", "must_change_password"] {
            assert_eq!(me.get(secret), None, "{secret}");
        }
        assert_eq!(client.post("/login/test-token", &Value::Null).await.ok(), me);
    }

    async fn names_are_changed_freely(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let client = app.as_user(&user).await;
        let answer = client.put(ME, &json!({ "name": "Ada" })).await;
        assert_eq!((&answer.ok()["name"], answer.header("etag")), (&json!("Ada"), Some("\"2\"")));
        assert_eq!(client.patch(ME, &json!({ "surname": "Byron" })).await.ok()["surname"], "Byron");
        // What was read is sent back.
        let mut me = client.get(ME).await.ok();
        me["name"] = json!("Augusta");
        assert_eq!(client.put(ME, &me).await.ok()["name"], "Augusta");
        let stale = client.json(Method::PUT, ME, &[("if-match", "\"1\"")], &json!({ "name": "Late" })).await;
        stale.refused(412, "version_conflict");
        assert_eq!(stale.header("etag"), Some("\"4\""));
        client.json(Method::PUT, ME, &[("if-match", "\"4\"")], &json!({ "name": "In time" })).await.ok();
    }

    async fn wrong_bodies_are_refused(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let client = app.as_user(&user).await;
        for (body, pointer, code) in [
            (json!({}), "", "empty"),
            (json!({ "current_password": user.password }), "", "empty"),
            (json!({ "name": "" }), "/name", "length"),
            (json!({ "name": null }), "/name", "null"),
            (json!({ "email": "no address" }), "/email", "format"),
            (json!({ "is_active": "yes" }), "/is_active", "type"),
            (json!({ "hashed_password": "!" }), "/hashed_password", "unknown"),
            (json!({ "login": "a" }), "/login", "unknown"),
            (json!({ "must_change_password": false }), "/must_change_password", "unknown"),
            (json!({ "roles": ["admin"] }), "/roles", "unknown"),
            (json!({ "id": 1 }), "", "empty"),
        ] {
            let answer = client.put(ME, &body).await;
            assert_eq!(answer.status.as_u16(), 422, "{body}");
            let error = answer.json()["errors"][0].clone();
            assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{body}: {error}");
        }
        client.put(&format!("{ME}?a=b"), &json!({ "name": "Ada" })).await.refused(400, "invalid_query");
        app.anonymous().put(ME, &json!({ "name": "Ada" })).await.refused(401, "not_authenticated");
        assert_eq!(client.get(ME).await.ok()["version"], 1);
    }

    async fn another_email_takes_the_password(engine) {
        let app = TestApp::start(engine, App::new).await;
        let (user, other) = (app.new_user(&[]).await, app.new_user(&[]).await);
        let client = app.as_user(&user).await;
        let new = "Another@Test.Example";
        let problem = client.put(ME, &json!({ "email": new })).await.problem(422);
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/current_password"), &json!("required")));
        let body = |password: &str, email: &str| json!({ "email": email, "current_password": password });
        client.put(ME, &body("a wrong password", new)).await.refused(401, "incorrect_credentials");
        let taken = client.put(ME, &body(&user.password, &other.email.to_uppercase())).await.problem(409);
        assert_eq!((&taken["code"], &taken["errors"][0]["pointer"]), (&json!("taken"), &json!("/email")));
        // The same one again is no other.
        client.put(ME, &json!({ "email": user.email, "name": "Ada" })).await.ok();
        let me = client.put(ME, &body(&user.password, new)).await.ok();
        assert_eq!(me["email"], "Another@test.example");
        let form = [("username", user.email.as_str()), ("password", user.password.as_str())];
        app.anonymous().form("/login/access-token", &form).await.refused(401, "incorrect_credentials");
        tokens(&app, &TestUser { email: new.to_lowercase(), ..user.clone() }).await;
    }

    async fn an_account_is_ended_by_its_owner(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let (one, two) = (tokens(&app, &user).await, tokens(&app, &user).await);
        assert_eq!(with(&app, &one).put(ME, &json!({ "is_active": false })).await.ok()["is_active"], false);
        for token in [&one, &two] {
            with(&app, token).get(ME).await.refused(401, "invalid_token");
        }
        let form = [("username", user.email.as_str()), ("password", user.password.as_str())];
        app.anonymous().form("/login/access-token", &form).await.refused(401, "incorrect_credentials");
    }

    async fn the_last_administrator_stays(engine) {
        let app = TestApp::start(engine, App::new).await;
        let admin = app.admin().await;
        admin.put(ME, &json!({ "is_active": false })).await.refused(409, "last_administrator");
        admin.get(ME).await.ok();
        assert_eq!(admin.put(ME, &json!({ "is_active": true, "name": "Ada" })).await.ok()["name"], "Ada");
        let body = json!({ "email": "chief@example.com", "current_password": ADMIN_PASSWORD });
        assert_eq!(admin.put(ME, &body).await.ok()["email"], "chief@example.com");
    }

    async fn a_key_changes_nothing_of_its_owner(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&["user_update"]).await;
        let key = json!({ "name": "a key", "scopes": ["user_update"] });
        let made = app.as_user(&user).await.post("/api-keys/", &key).await.ok();
        let client = app.anonymous().with_api_key(made["key"].as_str().unwrap());
        assert_eq!(client.get(ME).await.ok()["id"], user.id);
        client.put(ME, &json!({ "name": "Ada" })).await.refused(403, "session_required");
        let body = json!({ "old_password": user.password, "new_password": "an entirely new password" });
        client.put("/users/me/password", &body).await.refused(403, "session_required");
        client.put(&format!("/users/{}/password", user.id), &body).await.refused(403, "session_required");
        client.get("/users/me/sessions").await.refused(403, "session_required");
        client.post("/login/logout", &Value::Null).await.refused(403, "session_required");
        client.post("/login/stop_impersonating", &Value::Null).await.refused(400, "not_impersonating");
        assert_eq!(client.post("/login/is_impersonating", &Value::Null).await.ok(), json!(false));
    }
}
