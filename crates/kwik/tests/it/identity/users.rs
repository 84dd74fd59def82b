//! Users over HTTP: made, changed, removed, made nobody.

use super::{
    api_keys::{by_key, new_key},
    with,
};
use http::Method;
use kwik::prelude::*;
use kwik_testkit::{TestApp, TestResponse, on_each_engine};
use serde_json::{Value, json};

fn app() -> App {
    App::new()
}

fn ada(email: &str) -> Value {
    json!({ "name": "Ada", "surname": "Byron", "email": email, "password": "correct horse" })
}

/// The pointers of a problem's errors.
fn pointers(answer: &TestResponse, status: u16) -> Vec<String> {
    let problem = answer.problem(status);
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().unwrap_or_default().to_owned()).collect()
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> u16 {
    let form = [("username", email), ("password", password)];
    app.anonymous().form("/login/access-token", &form).await.status.as_u16()
}

on_each_engine! {
    async fn a_user_is_made_and_signs_in_whatever_the_case_of_the_address(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let answer = admin.post("/users/", &ada("Ada.Byron@Example.COM")).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (201, Some("/api/v1/users/2")));
        assert_eq!(answer.header("etag"), Some("\"1\""));
        let user = answer.json();
        assert_eq!(user["email"], "Ada.Byron@example.com", "only hosts know no case");
        assert_eq!(user["is_active"], true);
        let names: Vec<_> = user.as_object().unwrap().keys().cloned().collect();
        let known = ["id", "name", "surname", "email", "is_active", "version", "creation_time", "creator_user_id",
            "last_modification_time", "last_modifier_user_id"];
        let mut known = known.map(str::to_owned).to_vec();
        known.sort();
        let mut sorted = names;
        sorted.sort();
        assert_eq!(sorted, known);
        assert_eq!(sign_in(&app, "ada.byron@EXAMPLE.com", "correct horse").await, 200);
        assert_eq!(admin.get("/users/2").await.ok(), user);
    }

    async fn an_address_is_taken_in_any_case(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        admin.post("/users/", &ada("ada@example.com")).await.ok();
        let answer = admin.post("/users/", &ada("ADA@Example.com")).await;
        assert_eq!(pointers(&answer, 409), ["/email"]);
        let other = admin.post("/users/", &ada("other@example.com")).await.ok();
        let answer = admin.put(&format!("/users/{}", other["id"]), &json!({ "email": "aDa@example.com" })).await;
        assert_eq!(pointers(&answer, 409), ["/email"]);
        assert_eq!(admin.get("/users/").await.ok()["total"], 3);
    }

    async fn what_is_wrong_with_a_new_user_is_said_by_field(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        for (password, code) in [("short", "length"), ("password123", "common"), (&"x".repeat(129), "length")] {
            let mut body = ada("ada@example.com");
            body["password"] = json!(password);
            let answer = admin.post("/users/", &body).await;
            assert_eq!(pointers(&answer, 422), ["/password"], "{password}");
            assert_eq!(answer.json()["errors"][0]["code"], code);
        }
        let mut found = pointers(&admin.post("/users/", &json!({ "name": "", "email": "nobody" })).await, 422);
        found.sort();
        assert_eq!(found, ["/email", "/name", "/password", "/surname"]);
        assert_eq!(admin.get("/users/").await.ok()["total"], 1);
    }

    async fn who_is_deactivated_is_signed_out_everywhere(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&["user_read"]).await;
        let (one, other) = (app.as_user(&user).await, app.as_user(&user).await);
        let path = format!("/users/{}", user.id);
        let answer = admin.json(Method::PATCH, &path, &[("if-match", "\"1\"")], &json!({ "is_active": false })).await;
        assert_eq!((answer.ok()["is_active"].clone(), answer.header("etag")), (json!(false), Some("\"2\"")));
        for client in [&one, &other] {
            client.get("/users/").await.refused(401, "invalid_token");
        }
        assert_eq!(sign_in(&app, &user.email, &user.password).await, 401);
        admin.put(&path, &json!({ "is_active": true })).await.ok();
        one.get("/users/").await.refused(401, "invalid_token");
        app.as_user(&user).await.get("/users/").await.ok();
    }

    async fn an_address_is_changed_by_others_but_not_by_oneself(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&["user_update"]).await;
        let path = format!("/users/{}", user.id);
        let own = app.as_user(&user).await;
        own.put(&path, &json!({ "email": "new@example.com" })).await.refused(409, "yourself");
        own.put(&path, &json!({ "email": user.email, "name": "New" })).await.ok();
        admin.put(&path, &json!({ "email": "New@example.com" })).await.ok();
        assert_eq!(sign_in(&app, "new@example.com", &user.password).await, 200);
        assert_eq!(sign_in(&app, &user.email, &user.password).await, 401);
        admin.json(Method::PUT, &path, &[("if-match", "\"1\"")], &json!({ "name": "x" })).await.problem(412);
    }

    async fn a_removed_user_leaves_nothing_but_the_trail(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&["user_read"]).await;
        let (one, _other) = (app.as_user(&user).await, app.as_user(&user).await);
        let path = format!("/users/{}", user.id);
        let removed = admin.delete(&path).await.ok();
        assert_eq!((&removed["id"], &removed["email"]), (&json!(user.id), &json!(user.email)));
        assert_eq!(removed["removed"], json!({ "roles": 1, "sessions": 2, "api_keys": 0 }));
        one.get("/users/").await.refused(401, "invalid_token");
        admin.get(&path).await.refused(404, "not_found");
        admin.delete(&path).await.refused(404, "not_found");
        let history = admin.get(&format!("{path}/history")).await.ok();
        assert_eq!(history["data"][0]["action"], "delete");
        assert_eq!(admin.get("/roles/2").await.ok()["user_count"], 0);
        admin.delete("/users/1").await.refused(409, "yourself");
        // The address is free again, the key is not.
        let again = admin.post("/users/", &ada(&user.email)).await.ok();
        assert!(again["id"].as_i64().unwrap() > user.id);
    }

    async fn who_is_made_nobody_is_still_there(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&["user_read"]).await;
        let client = app.as_user(&user).await;
        let path = format!("/users/{}", user.id);
        admin.post("/users/", &ada(&format!("anonymous-{}@user.invalid", user.id))).await.ok();
        admin.json(Method::POST, &format!("{path}/anonymize"), &[("if-match", "\"7\"")], &json!({})).await.problem(412);
        let nobody = admin.raw(Method::POST, &format!("{path}/anonymize"), "").await.ok();
        assert_eq!(nobody["removed"], json!({ "roles": 1, "sessions": 1, "api_keys": 0 }));
        let shown = admin.get(&path).await.ok();
        assert_eq!(shown["name"], "anonymous");
        assert_eq!(shown["surname"], "anonymous");
        let email = shown["email"].as_str().unwrap();
        let random = email.strip_prefix(&format!("anonymous-{}-", user.id)).unwrap().strip_suffix("@user.invalid").unwrap();
        assert_eq!(random.len(), 32, "{email}");
        assert_eq!((&shown["is_active"], &shown["version"]), (&json!(false), &json!(2)));
        client.get("/users/").await.refused(401, "invalid_token");
        assert_eq!(sign_in(&app, &user.email, &user.password).await, 401);
        assert_eq!(admin.get(&format!("{path}/roles")).await.ok(), json!([]));
        let again = admin.raw(Method::POST, &format!("{path}/anonymize"), "").await.ok();
        assert_eq!(again["removed"], json!({ "roles": 0, "sessions": 0, "api_keys": 0 }));
        admin.raw(Method::POST, "/users/1/anonymize", "").await.refused(409, "yourself");
        admin.raw(Method::POST, "/users/99999/anonymize", "").await.refused(404, "not_found");
    }

    async fn lists_below_a_user_tell_what_active_roles_grant(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&["user_read", "role_read"]).await;
        let client = app.as_user(&user).await;
        let path = format!("/users/{}", user.id);
        // A second role with one of the same permissions: it is listed once.
        let role = app.service().services.users.create_role(&app.system(), "second", &["role_read"]).await.unwrap();
        admin.post(&format!("/roles/{}/users", role.id), &json!({ "user_id": user.id })).await.ok();
        let names = |list: Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
        };
        let mut held = names(admin.get(&format!("{path}/permissions")).await.ok());
        held.sort();
        assert_eq!(held, ["role_read", "user_read"]);
        let mut own = names(client.get("/users/me/permissions").await.ok());
        own.sort();
        assert_eq!(own, ["role_read", "user_read"]);
        assert_eq!(client.get("/users/me/roles").await.ok(), admin.get(&format!("{path}/roles")).await.ok());
        assert_eq!(ids(&admin.get(&format!("{path}/roles")).await.ok()), [2, role.id]);
        admin.put("/roles/2", &json!({ "is_active": false })).await.ok();
        assert_eq!(names(admin.get(&format!("{path}/permissions")).await.ok()), ["role_read"]);
        assert_eq!(names(client.get("/users/me/permissions").await.ok()), ["role_read"]);
        assert_eq!(ids(&client.get("/users/me/roles").await.ok()), [2, role.id], "an inactive role is held, too");
        client.get(&format!("{path}/permissions")).await.refused(403, "forbidden");
        for tail in ["roles", "permissions"] {
            admin.get(&format!("/users/99999/{tail}")).await.refused(404, "not_found");
            admin.get(&format!("/users/x/{tail}")).await.refused(422, "invalid_path");
            admin.get(&format!("{path}/{tail}?limit=1001")).await.refused(400, "invalid_query");
            app.anonymous().get(&format!("/users/me/{tail}")).await.refused(401, "not_authenticated");
        }
    }

    async fn lists_of_users_can_what_all_lists_can(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        for n in 0..5 {
            admin.post("/users/", &ada(&format!("ada{n}@example.com"))).await.ok();
        }
        let page = admin.get("/users/?filter=email:%22ada%22&sorting=email:desc&limit=2").await.ok();
        assert_eq!((&page["total"], &page["data"][0]["email"]), (&json!(5), &json!("ada4@example.com")));
        let token = page["next_page_token"].as_str().unwrap();
        let next = format!("/users/?filter=email:%22ada%22&sorting=email:desc&limit=2&page_token={token}");
        assert_eq!(admin.get(&next).await.ok()["data"][0]["email"], "ada2@example.com");
        assert_eq!(admin.get("/users/?filter_key=is_active&value=true&limit=0").await.ok()["total"], 6);
        for hidden in ["login", "hashed_password", "must_change_password"] {
            admin.get(&format!("/users/?sorting={hidden}")).await.problem(400);
        }
    }

    async fn nobody_ends_their_account_but_in_person(engine) {
        let app = TestApp::start(engine, app).await;
        let user = app.new_user(&["user_read", "user_update"]).await;
        let own = app.as_user(&user).await;
        let path = format!("/users/{}", user.id);
        let taken = app.admin().await.post(&format!("/login/impersonate?user_id={}", user.id), &Value::Null).await.ok();
        let key = new_key(&own, &["user_read", "user_update"]).await;
        for (client, code) in [(with(&app, &taken), "impersonating"), (by_key(&app, &key), "session_required")] {
            for method in [Method::PUT, Method::PATCH] {
                client.json(method, &path, &[], &json!({ "is_active": false })).await.refused(403, code);
            }
            client.put(&path, &json!({ "is_active": true, "name": "Another" })).await.ok();
        }
        own.put(&path, &json!({ "is_active": false })).await.ok();
        own.get("/users/").await.refused(401, "invalid_token");
    }

    async fn names_are_one_line(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&["user_read"]).await;
        let own = app.as_user(&user).await;
        let key = format!("/api-keys/{}", new_key(&own, &["user_read"]).await["id"]);
        let path = format!("/users/{}", user.id);
        for name in ["A\nda", "A\rda", "A\u{7}da", "A\u{85}da", "A\u{2028}da", "A\u{202E}da", "A\u{2066}da"] {
            let mut new = ada("ada@example.com");
            (new["name"], new["surname"]) = (json!(name), json!(name));
            let role = json!({ "name": name, "is_active": true });
            let named = json!({ "name": name });
            for (answer, expected) in [
                (admin.post("/users/", &new).await, &["/name", "/surname"][..]),
                (admin.put(&path, &json!({ "name": name, "surname": name })).await, &["/name", "/surname"]),
                (own.put("/users/me", &json!({ "name": name, "surname": name })).await, &["/name", "/surname"]),
                (admin.post("/roles/", &role).await, &["/name"]),
                (admin.put("/roles/2", &role).await, &["/name"]),
                (admin.post("/permissions/", &named).await, &["/name"]),
                (own.post("/api-keys/", &json!({ "name": name, "scopes": ["user_read"] })).await, &["/name"]),
                (own.put(&key, &named).await, &["/name"]),
            ] {
                assert_eq!(pointers(&answer, 422), expected, "{name:?}");
                assert_eq!(answer.json()["errors"][0]["code"], "format");
            }
        }
        own.put("/users/me", &json!({ "name": "Žofie \u{1F469}\u{200D}\u{1F4BB}", "surname": "O'Brien-Ünal" })).await.ok();
    }
}
