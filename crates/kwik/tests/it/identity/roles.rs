//! Roles over HTTP: what they grant, and who holds them.

use http::Method;
use kwik::{domain::access::AuditEntry, prelude::*};
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};

fn app() -> App {
    App::new()
}

const MANY: Page = Page { skip: 0, limit: 1000 };

/// What the trail says of grants and revocations, in order, behind the first administrator's.
async fn grants(app: &TestApp) -> Vec<String> {
    let filter = AuditEntry::ENTITY.eq("access") & AuditEntry::ACTION.one_of(["grant", "revoke"]);
    let mut single = app.service().services.data.single();
    let rows = single.repository::<AuditEntry>().list(&app.system(), &filter, &[], MANY).await.unwrap();
    rows.iter()
        .skip(1)
        .map(|row| format!("{} {}", row.action, row.after.as_deref().unwrap_or_default().replace(' ', "")))
        .collect()
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// The key of a permission.
async fn permission(admin: &Client, name: &str) -> i64 {
    let found = admin.get(&format!("/permissions/?filter_key=name&value={name}")).await.ok();
    found["data"][0]["id"].as_i64().unwrap()
}

on_each_engine! {
    async fn a_role_is_made_changed_and_removed(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let answer = admin.post("/roles/", &json!({ "name": "  Clerks ", "is_active": true })).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (201, Some("/api/v1/roles/2")));
        let role = answer.json();
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert!(text.starts_with(r#"{"id":2,"name":"clerks","is_active":true,"user_count":0,"version":1,"#), "{text}");
        assert_eq!(admin.get("/roles/2").await.ok(), role);
        admin.post("/roles/", &json!({ "name": "CLERKS", "is_active": true })).await.refused(409, "taken");
        admin.post("/roles/", &json!({ "name": "x" })).await.problem(422);
        admin.post("/roles/", &json!({ "name": " ", "is_active": true })).await.problem(422);
        admin.put("/roles/2", &json!({ "name": "Admin" })).await.refused(409, "taken");
        assert_eq!(admin.patch("/roles/2", &json!({ "name": "Scribes" })).await.ok()["name"], "scribes");
        let user = app.new_user(&[]).await;
        admin.post("/roles/2/users", &json!({ "user_id": user.id })).await.ok();
        let read = permission(&admin, "user_read").await;
        admin.post("/roles/2/permissions", &json!({ "permission_id": read })).await.ok();
        let removed = admin.delete("/roles/2").await.ok();
        assert_eq!((&removed["name"], &removed["user_count"]), (&json!("scribes"), &json!(0)));
        assert_eq!(removed["removed"], json!({ "users": 1, "permissions": 1 }));
        admin.get("/roles/2").await.refused(404, "not_found");
        assert_eq!(admin.get(&format!("/users/{}/roles", user.id)).await.ok(), json!([]));
        assert_eq!(grants(&app).await[..], [
            format!(r#"grant {{"role":"scribes","user":"{}"}}"#, user.email),
            r#"grant {"role":"scribes","permission":"user_read"}"#.to_owned(),
            format!(r#"revoke {{"role":"scribes","user":"{}"}}"#, user.email),
            r#"revoke {"role":"scribes","permission":"user_read"}"#.to_owned(),
        ]);
    }

    async fn holders_are_counted_as_they_are_now(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        admin.post("/roles/", &json!({ "name": "clerks", "is_active": true })).await.ok();
        let before = admin.get("/roles/2").await;
        let tag = before.header("etag").unwrap().to_owned();
        for n in 1..=3 {
            let user = app.new_user(&[]).await;
            let given = admin.post("/roles/2/users", &json!({ "user_id": user.id })).await;
            assert_eq!(given.ok()["user_count"], n);
        }
        assert_eq!(admin.get("/roles/2").await.ok()["user_count"], 3);
        let counts: Vec<_> = admin.get("/roles/").await.ok()["data"].as_array().unwrap().iter()
            .map(|role| role["user_count"].clone()).collect();
        assert_eq!(counts, [1, 3]);
        let again = admin.send(Method::GET, "/roles/2", &[("if-none-match", &tag)], Vec::new()).await;
        assert_eq!(again.status, 200, "it says something else now");
        let tag = again.header("etag").unwrap().to_owned();
        assert_eq!(admin.send(Method::GET, "/roles/2", &[("if-none-match", &tag)], Vec::new()).await.status, 304);
        // The version in it is what must not have changed.
        let clerks = json!({ "name": "scribes" });
        admin.json(Method::PUT, "/roles/2", &[("if-match", &tag)], &clerks).await.ok();
        admin.json(Method::PUT, "/roles/2", &[("if-match", &tag)], &clerks).await.refused(412, "version_conflict");
    }

    async fn grants_and_revocations_can_be_repeated(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        admin.post("/roles/", &json!({ "name": "clerks", "is_active": true })).await.ok();
        let (user, read) = (app.new_user(&[]).await, permission(&admin, "user_read").await);
        let client = app.as_user(&user).await;
        for _ in 0..2 {
            admin.post("/roles/2/permissions", &json!({ "permission_id": read })).await.ok();
            assert_eq!(admin.post("/roles/2/users", &json!({ "user_id": user.id })).await.ok()["user_count"], 1);
        }
        client.get("/users/").await.ok();
        assert_eq!(ids(&admin.get("/roles/2/permissions").await.ok()), [read]);
        assert_eq!(ids(&admin.get("/roles/2/users").await.ok()), [user.id]);
        assert_eq!(ids(&admin.get("/roles/2/available-users").await.ok()), [1]);
        assert!(!ids(&admin.get("/roles/2/available-permissions").await.ok()).contains(&read));
        assert_eq!(ids(&admin.get(&format!("/permissions/{read}/roles")).await.ok()), [1, 2]);
        for _ in 0..2 {
            admin.delete(&format!("/roles/2/permissions/{read}")).await.ok();
            assert_eq!(admin.delete(&format!("/roles/2/users/{}", user.id)).await.ok()["user_count"], 0);
        }
        client.get("/users/").await.refused(403, "forbidden");
        assert_eq!(admin.get("/roles/2/permissions").await.ok(), json!([]));
        assert_eq!(grants(&app).await.len(), 4);
    }

    async fn all_can_be_taken_away_at_once(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let users = [app.new_user(&["user_read"]).await, app.new_user(&[]).await];
        admin.post("/roles/2/users", &json!({ "user_id": users[1].id })).await.ok();
        let client = app.as_user(&users[1]).await;
        client.get("/users/").await.ok();
        assert_eq!(admin.delete("/roles/2/users").await.ok()["user_count"], 0);
        client.get("/users/").await.refused(403, "forbidden");
        admin.delete("/roles/2/permissions").await.ok();
        assert_eq!(admin.get("/roles/2/permissions").await.ok(), json!([]));
        let cleaner = app.with_permissions(&["role_delete", "user_delete", "permission_delete"]).await;
        cleaner.delete("/roles/2/users").await.ok();
        cleaner.delete("/roles/2/permissions").await.ok();
    }

    async fn what_is_unknown_is_said(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        for path in ["permissions", "available-permissions", "users", "available-users"] {
            let problem = admin.get(&format!("/roles/99999/{path}")).await.refused(404, "not_found");
            assert_eq!(problem["detail"], "Entity [roles] with id=99999 does not exist");
        }
        for (path, body, detail) in [
            ("/roles/99999/users", json!({ "user_id": 1 }), "Entity [roles] with id=99999 does not exist"),
            ("/roles/1/users", json!({ "user_id": 99999 }), "Entity [users] with id=99999 does not exist"),
            ("/roles/99999/permissions", json!({ "permission_id": 1 }), "Entity [roles] with id=99999 does not exist"),
            ("/roles/1/permissions", json!({ "permission_id": 99999 }), "Entity [permissions] with id=99999 does not exist"),
        ] {
            assert_eq!(admin.post(path, &body).await.refused(404, "not_found")["detail"], detail);
        }
        for path in ["/roles/99999/users/1", "/roles/1/users/99999", "/roles/99999/permissions/1",
            "/roles/1/permissions/99999", "/roles/99999/users", "/roles/99999/permissions", "/roles/99999",
            "/permissions/99999", "/permissions/99999/roles"]
        {
            admin.delete(path).await.refused(404, "not_found");
        }
        for (path, body) in [("/roles/1/users", json!({})), ("/roles/1/users", json!({ "user_id": "1" })),
            ("/roles/1/permissions", json!({ "permission_id": null })), ("/roles/1/permissions", json!({ "x": 1 }))]
        {
            admin.post(path, &body).await.problem(422);
        }
        admin.post("/roles/x/users", &json!({})).await.refused(422, "invalid_path");
        admin.delete("/roles/1/users/x").await.refused(422, "invalid_path");
    }

    async fn lists_below_a_role_come_in_parts(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        admin.post("/roles/", &json!({ "name": "clerks", "is_active": true })).await.ok();
        let all = ids(&admin.get("/roles/2/available-permissions").await.ok());
        assert!(all.len() > 14 && all.is_sorted());
        let (mut seen, mut path) = (Vec::new(), Some("/roles/2/available-permissions?limit=5".to_owned()));
        while let Some(here) = path {
            let answer = admin.get(&here).await;
            seen.extend(ids(&answer.ok()));
            let link = answer.header("link").map(str::to_owned);
            path = link.map(|link| {
                let (target, rest) = link.strip_prefix("</api/v1").unwrap().split_once('>').unwrap();
                assert_eq!(rest, "; rel=\"next\"");
                target.to_owned()
            });
        }
        assert_eq!(seen, all);
        assert_eq!(admin.get("/roles/2/available-permissions?limit=0").await.ok(), json!([]));
        admin.get("/roles/2/available-permissions?limit=1001").await.refused(400, "invalid_query");
        admin.get("/roles/2/available-permissions?sorting=name").await.refused(400, "invalid_query");
    }
}
