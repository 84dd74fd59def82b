//! Kwik's interface, table by table: what a front end or a test suite made for it meets here.

mod line;

use http::Method;
use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, on_each_engine};
use line::{
    Answer::{List, New, One, Page as Paged, Removed, Token},
    Line, delete, get, keys, line,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Display};

const BUILT_IN: [&str; 14] = [
    "impersonification",
    "user_create",
    "user_read",
    "user_update",
    "user_delete",
    "password_reset",
    "permission_create",
    "permission_read",
    "permission_update",
    "permission_delete",
    "role_create",
    "role_read",
    "role_update",
    "role_delete",
];

const USER: &[&str] = &["id", "name", "surname", "email", "is_active"];
const ROLE: &[&str] = &["id", "name", "is_active", "user_count"];
const PERMISSION: &[&str] = &["name", "id"];

fn app() -> App {
    App::new()
}

/// Asks every line for every answer about rights: nobody, who lacks exactly one of the permissions, and
/// who holds these and no more. Rights come before everything that is wrong with a request.
async fn run(app: &TestApp, lines: &[Line]) {
    let mut lacking = BTreeMap::new();
    for line in lines {
        let name = line.name();
        let nobody = line.send_broken(&app.anonymous()).await;
        nobody.refused(401, "not_authenticated");
        assert_eq!(nobody.header("www-authenticate"), Some("Bearer"), "{name}");
        line.send_broken(&app.anonymous().with_token("garbled")).await.refused(401, "invalid_token");
        for missing in line.needs {
            if !lacking.contains_key(missing) {
                let others: Vec<_> = BUILT_IN.into_iter().filter(|other| other != missing).collect();
                lacking.insert(missing, app.with_permissions(&others).await);
            }
            for answer in [line.send_broken(&lacking[missing]).await, line.send(&lacking[missing]).await] {
                let problem = answer.refused(403, "forbidden");
                assert!(problem["detail"].as_str().unwrap().starts_with("Not enough privileges"), "{name}: {problem}");
            }
        }
        line.check(&line.send(&app.with_permissions(line.needs).await).await);
    }
}

/// Asks every line of one entity for what is not there, and for what cannot be.
async fn run_missing(admin: &Client, entity: &str, lines: impl Fn(&str) -> Vec<Line>) {
    for line in lines("99999") {
        let problem = line.send(admin).await.refused(404, "not_found");
        assert_eq!(problem["detail"], format!("Entity [{entity}] with id=99999 does not exist"), "{}", line.name());
    }
    for key in ["abc", "1.5", "9223372036854775808"] {
        for line in lines(key) {
            line.send(admin).await.refused(422, "invalid_path");
            line.send_broken(admin).await.refused(422, "invalid_path");
        }
    }
}

fn users() -> Vec<Line> {
    let ada = json!({ "name": "Ada", "surname": "Byron", "email": "ada@example.com", "password": "testpassword123" });
    vec![
        get("/users/".to_owned(), &["user_read"], Paged(USER)),
        line(Method::POST, "/users/".to_owned(), &["user_create"], ada, New(USER)),
        get("/users/me/permissions".to_owned(), &[], List(PERMISSION)),
        get("/users/me/roles".to_owned(), &[], List(ROLE)),
        line(Method::PUT, "/users/me".to_owned(), &[], json!({ "name": "Me" }), One(USER)),
        get("/users/me".to_owned(), &[], One(USER)),
        line(Method::POST, "/login/test-token".to_owned(), &[], Value::Null, One(USER)),
    ]
}

fn user(id: impl Display, old_password: &str) -> Vec<Line> {
    let change = json!({ "old_password": old_password, "new_password": "newpassword123" });
    let reset = json!({ "new_password": "resetpassword123" });
    let path = |tail: &str| format!("/users/{id}{tail}");
    vec![
        get(path(""), &["user_read"], One(USER)),
        line(Method::PUT, path(""), &["user_update"], json!({ "name": "Changed" }), One(USER)),
        get(path("/permissions"), &["user_read", "permission_read"], List(PERMISSION)),
        get(path("/roles"), &["user_read", "role_read"], List(ROLE)),
        line(Method::PUT, path("/password"), &["user_update"], change, One(USER)),
        line(Method::PUT, path("/reset-password"), &["password_reset"], reset, One(USER)),
    ]
}

fn roles() -> Vec<Line> {
    let clerks = json!({ "name": " Clerks ", "is_active": true });
    vec![
        get("/roles/".to_owned(), &["role_read"], Paged(ROLE)),
        line(Method::POST, "/roles/".to_owned(), &["role_create"], clerks, New(ROLE)),
    ]
}

fn role(id: impl Display, permission: i64, user: i64) -> Vec<Line> {
    let path = |tail: &str| format!("/roles/{id}{tail}");
    let one = |tail: &str, key: i64| format!("/roles/{id}{tail}/{key}");
    let (of_permissions, of_users) = (&["role_read", "permission_read"], &["user_read", "role_read"]);
    let (link_permissions, link_users) = (&["role_update", "permission_update"], &["role_update", "user_update"]);
    vec![
        get(path(""), &["role_read"], One(ROLE)),
        line(Method::PUT, path(""), &["role_update"], json!({ "name": "Scribes" }), One(ROLE)),
        line(Method::POST, path("/permissions"), link_permissions, json!({ "permission_id": permission }), One(ROLE)),
        get(path("/permissions"), of_permissions, List(PERMISSION)),
        get(path("/available-permissions"), of_permissions, List(PERMISSION)),
        delete(one("/permissions", permission), link_permissions, One(ROLE)),
        line(Method::POST, path("/users"), link_users, json!({ "user_id": user }), One(ROLE)),
        get(path("/users"), of_users, List(USER)),
        get(path("/available-users"), of_users, List(USER)),
        delete(one("/users", user), link_users, One(ROLE)),
        delete(path("/permissions"), &["role_delete", "permission_delete"], One(ROLE)),
        delete(path("/users"), &["role_delete", "user_delete"], One(ROLE)),
        delete(path(""), &["role_delete"], Removed(ROLE)),
    ]
}

fn permissions() -> Vec<Line> {
    let reports = json!({ "name": " Reports " });
    vec![
        get("/permissions/".to_owned(), &["permission_read"], Paged(PERMISSION)),
        line(Method::POST, "/permissions/".to_owned(), &["permission_create"], reports, New(PERMISSION)),
    ]
}

fn permission(id: impl Display) -> Vec<Line> {
    let path = |tail: &str| format!("/permissions/{id}{tail}");
    vec![
        get(path(""), &["permission_read"], One(PERMISSION)),
        line(Method::PUT, path(""), &["permission_update"], json!({ "name": "Letters" }), One(PERMISSION)),
        get(path("/roles"), &["permission_read", "role_read"], List(ROLE)),
        get(path("/available-roles"), &["permission_read", "role_read"], List(ROLE)),
        delete(path("/roles"), &["permission_delete"], One(PERMISSION)),
        delete(path(""), &["permission_delete"], Removed(PERMISSION)),
    ]
}

/// The key of a permission.
async fn key(admin: &Client, name: &str) -> i64 {
    let found = admin.get(&format!("/permissions/?filter_key=name&value={name}")).await.ok();
    found["data"][0]["id"].as_i64().unwrap_or_else(|| panic!("no {name}"))
}

on_each_engine! {
    async fn what_a_suite_finds_at_its_start(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let held = admin.get("/users/me/permissions").await.ok();
        let held: Vec<_> = held.as_array().unwrap().iter().map(|permission| permission["name"].as_str().unwrap()).collect();
        assert!(BUILT_IN.iter().all(|name| held.contains(name)), "{held:?}");
        assert_eq!(admin.get("/users/").await.ok()["total"], 1);
        let role = admin.get("/roles/1").await.ok();
        assert_eq!((&role["name"], &role["user_count"]), (&json!("admin"), &json!(1)));
    }

    async fn the_table_of_users(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let target = app.new_user(&[]).await;
        run(&app, &users()).await;
        run(&app, &user(target.id, &target.password)).await;
        run_missing(&admin, "users", |id| user(id, "any")).await;
        admin.post("/users/", &users()[1].body).await.refused(409, "taken");
        admin.put(&format!("/users/{}", target.id), &json!({ "email": "ADA@example.com" })).await.refused(409, "taken");
        admin.get("/users/99999/password").await.refused(405, "method_not_allowed");
    }

    async fn the_table_of_roles(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let (held, target) = (key(&admin, "permission_update").await, app.new_user(&[]).await.id);
        run(&app, &roles()).await;
        admin.post("/roles/", &json!({ "name": "CLERKS", "is_active": false })).await.refused(409, "taken");
        let found = admin.get("/roles/?filter_key=name&value=clerks").await.ok()["data"][0]["id"].as_i64().unwrap();
        run(&app, &role(found, held, target)).await;
        run_missing(&admin, "roles", |id| role(id, held, target)).await;
        for (path, entity) in [("users", "users"), ("permissions", "permissions")] {
            let problem = admin.delete(&format!("/roles/1/{path}/99999")).await.refused(404, "not_found");
            assert_eq!(problem["detail"], format!("Entity [{entity}] with id=99999 does not exist"));
            admin.delete(&format!("/roles/1/{path}/abc")).await.refused(422, "invalid_path");
            admin.delete(&format!("/roles/abc/{path}/1")).await.refused(422, "invalid_path");
        }
        admin.post("/roles/1/users", &json!({ "user_id": 99999 })).await.refused(404, "not_found");
        admin.post("/roles/1/permissions", &json!({ "permission_id": 99999 })).await.refused(404, "not_found");
    }

    async fn the_table_of_permissions(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        run(&app, &permissions()).await;
        admin.post("/permissions/", &json!({ "name": "REPORTS " })).await.refused(409, "taken");
        let reports = key(&admin, "reports").await;
        run(&app, &permission(reports)).await;
        run_missing(&admin, "permissions", |id| permission(id)).await;
    }

    async fn the_table_of_signing_in(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let target = app.new_user(&[]).await;
        let path = format!("/login/impersonate?user_id={}", target.id);
        run(&app, &[line(Method::POST, path.clone(), &["impersonification"], Value::Null, Token)]).await;
        let both = [("username", target.email.as_str()), ("password", target.password.as_str())];
        let anonymous = app.anonymous();
        for more in [
            &[][..], &[("grant_type", "password")], &[("grant_type", ""), ("scope", ""), ("client_id", ""), ("client_secret", "")],
            &[("scope", "a b"), ("client_id", "x"), ("client_secret", "y")],
        ] {
            let form = [&both[..], more].concat();
            let sign_in = line(Method::POST, "/login/access-token".to_owned(), &[], Value::Null, Token);
            sign_in.check(&anonymous.form("/login/access-token", &form).await);
            // A front end sends the token that it has, whatever has become of it.
            sign_in.check(&anonymous.with_token("garbled").form("/login/access-token", &form).await);
            let parts = form.iter().map(|(name, value)| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
            let body = parts.collect::<String>() + "--b--\r\n";
            let content = ("content-type", "multipart/form-data; boundary=b");
            sign_in.check(&anonymous.send(Method::POST, "/login/access-token/", &[content], body.into_bytes()).await);
        }
        for (form, status) in [
            ([both[0], ("password", "wrong")], 401), ([("username", "nobody@example.com"), both[1]], 401),
            ([("username", "no address"), both[1]], 401), ([both[0], ("password", "")], 422), ([both[0], ("pass", "x")], 422),
            ([("username", ""), both[1]], 422),
        ] {
            let problem = anonymous.form("/login/access-token", &form).await.problem(status);
            assert!(status != 401 || problem["detail"] == "Incorrect credentials", "{problem}");
        }
        anonymous.form("/login/access-token", &[both[0], both[1], ("grant_type", "implicit")]).await.problem(422);
        anonymous.post("/login/access-token", &json!({ "username": target.email, "password": target.password })).await.problem(422);
        anonymous.post("/login/reset-password", &json!({ "token": "none", "password": "newpassword123" })).await.problem(400);
        let is_impersonating = async |client: &Client| client.raw(Method::POST, "/login/is_impersonating", "").await.body;
        let token = admin.raw(Method::POST, &path, "").await.ok();
        let instead = super::with(&app, &token);
        assert_eq!((is_impersonating(&admin).await, is_impersonating(&instead).await), (b"false".to_vec(), b"true".to_vec()));
        assert_eq!(instead.raw(Method::POST, "/login/test-token", "").await.ok()["id"], target.id);
        let back = super::with(&app, &instead.raw(Method::POST, "/login/stop_impersonating", "").await.ok());
        assert_eq!((back.get("/users/me").await.ok()["id"].clone(), is_impersonating(&back).await), (json!(1), b"false".to_vec()));
        for plain in [&admin, &back] {
            plain.raw(Method::POST, "/login/stop_impersonating", "").await.refused(400, "not_impersonating");
        }
        admin.raw(Method::POST, "/login/impersonate?user_id=99999", "").await.refused(404, "not_found");
        for wrong in ["", "?user_id=", "?user_id=abc"] {
            admin.raw(Method::POST, &format!("/login/impersonate{wrong}"), "").await.refused(400, "invalid_query");
        }
    }

    async fn what_was_read_may_be_sent_back(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&["user_read"]).await;
        let (own, reports) = (app.as_user(&user).await, admin.post("/permissions/", &json!({ "name": "reports" })).await.ok());
        let (user, reports) = (format!("/users/{}", user.id), format!("/permissions/{}", reports["id"]));
        for (client, path) in [(&admin, "/roles/2"), (&admin, &*user), (&admin, &*reports), (&own, "/users/me")] {
            for method in [Method::PUT, Method::PATCH] {
                let mut read = client.get(path).await.ok();
                read["name"] = json!("sent back");
                let written = client.json(method, path, &[], &read).await.ok();
                assert_eq!(written["name"], "sent back");
                assert_eq!(keys(&written), keys(&read));
                assert_eq!(written["user_count"], read["user_count"]);
            }
            for unread in [json!({}), json!({ "name": null }), json!({ "name": "" }), json!({ "nom": "x" }), json!([])] {
                client.put(path, &unread).await.problem(422);
            }
        }
        admin.put("/roles/2", &json!({ "user_count": 7 })).await.problem(422);
        admin.put("/roles/2", &json!({ "name": null, "is_active": true })).await.problem(422);
        let read = admin.get("/roles/2").await.ok();
        let created = admin.post("/roles/", &json!({ "name": "copy", "is_active": false, "user_count": 7 })).await.ok();
        assert_eq!((&created["user_count"], &read["user_count"]), (&json!(0), &json!(1)));
    }

    async fn lists_take_their_parameters(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        for n in 0..3 {
            app.new_user(&["user_read"]).await;
            admin.post("/permissions/", &json!({ "name": format!("extra {n}") })).await.ok();
        }
        for (list, fields) in [("users", USER), ("roles", &ROLE[..3]), ("permissions", PERMISSION)] {
            let all = admin.get(&format!("/{list}/")).await.ok();
            let (total, rows) = (&all["total"], all["data"].as_array().unwrap());
            assert_eq!(*total, rows.len());
            assert!(rows.is_sorted_by_key(|row| row["id"].as_i64()), "{all}");
            let page = admin.get(&format!("/{list}/?skip=1&limit=2")).await.ok();
            assert_eq!((&page["total"], &page["data"]), (total, &json!(rows[1..3])));
            for empty in ["limit=0", "skip=1000"] {
                assert_eq!(admin.get(&format!("/{list}/?{empty}")).await.ok(), json!({ "total": total, "data": [] }));
            }
            for field in fields {
                let value = rows[0][field].to_string().replace('"', "");
                let found = admin.get(&format!("/{list}/?filter_key={field}&value={value}")).await.ok();
                assert!(found["data"].as_array().unwrap().contains(&rows[0]), "{list} by {field}");
                let texts = async |order: &str| -> Vec<Value> {
                    let sorted = admin.get(&format!("/{list}/?sorting={field}{order}")).await.ok();
                    sorted["data"].as_array().unwrap().iter().map(|row| row[field].clone()).collect()
                };
                let (rising, mut falling) = (texts("").await, texts(":desc").await);
                assert_eq!(rising, texts(":asc").await);
                falling.reverse();
                assert_eq!(rising, falling, "{list} by {field}");
            }
            admin.get(&format!("/{list}/?sorting=name:desc,id:asc")).await.ok();
            assert_eq!(admin.get(&format!("/{list}/?sorting=,")).await.ok(), all);
            assert_eq!(admin.get(&format!("/{list}")).await.ok(), all);
            for wrong in ["sorting=x", "filter_key=x&value=1", "filter_key=id&value=x", "skip=-1", "limit=x", "x=1"] {
                admin.get(&format!("/{list}/?{wrong}")).await.refused(400, "invalid_query");
            }
        }
    }
}
