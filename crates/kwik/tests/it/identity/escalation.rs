//! Nobody gains, by whatever operation, what they do not hold.

use http::Method;
use kwik::{
    domain::{
        Actor, Ctx, Error, Fields, Grants, Via,
        access::{Permission, Role, RolePermission, User, UserRole, UserRoleCreate, UserSession, UserUpdate},
    },
    prelude::*,
};
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};
use std::sync::Arc;

/// A note.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "notes")]
pub struct Note {
    #[entity(key)]
    pub id: i64,
    pub text: String,
}

fn app() -> App {
    App::new().resource::<Note>()
}

/// Everything that has to do with users and rights, and nothing else.
const OFFICE: [&str; 14] = [
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

const MANY: Page = Page { skip: 0, limit: 1000 };

async fn rows<E: Entity>(app: &TestApp, without: &[&str]) -> Vec<String> {
    let mut single = app.service().services.data.single();
    let rows = single.repository::<E>().list(&app.system(), &Filter::All, &[], MANY).await.unwrap();
    let fields: Vec<_> = (0..E::META.fields.len()).filter(|n| !without.contains(&E::META.fields[*n].name)).collect();
    rows.iter()
        .map(|row| format!("{}: {:?}", E::META.name, fields.iter().map(|n| row.get(*n)).collect::<Vec<_>>()))
        .collect()
}

/// All that says who may do what, as it stands in the database.
async fn everything(app: &TestApp) -> Vec<String> {
    let mut all = rows::<User>(app, &[]).await;
    all.extend(rows::<Role>(app, &[]).await);
    all.extend(rows::<Permission>(app, &[]).await);
    all.extend(rows::<UserRole>(app, &[]).await);
    all.extend(rows::<RolePermission>(app, &[]).await);
    all.extend(rows::<UserSession>(app, &["last_used_at"]).await);
    all
}

/// The first key of a list with a name.
async fn key(admin: &Client, list: &str, field: &str, value: &str) -> i64 {
    let found = admin.get(&format!("/{list}/?filter_key={field}&value={}", value.replace(' ', "%20"))).await.ok();
    found["data"][0]["id"].as_i64().unwrap_or_else(|| panic!("no {value}: {found}"))
}

/// What somebody of the office might try.
struct Attempt {
    what: &'static str,
    method: Method,
    path: String,
    body: Value,
}

fn attempt(what: &'static str, method: Method, path: String, body: Value) -> Attempt {
    Attempt { what, method, path, body }
}

/// An app with Mallory of the office, who holds an inactive role that would delete notes; and the attempts.
async fn office(app: &TestApp) -> (Client, Vec<Attempt>) {
    let admin = app.admin().await;
    let mallory = app.new_user(&OFFICE).await;
    let (strong, idle) = (app.new_user(&["notes_delete"]).await, app.new_user(&["notes_update"]).await);
    let delete = key(&admin, "permissions", "name", "notes_delete").await;
    let own = admin.get(&format!("/users/{}/roles", mallory.id)).await.ok()[0]["id"].as_i64().unwrap();
    let role = admin.get(&format!("/users/{}/roles", strong.id)).await.ok()[0]["id"].as_i64().unwrap();
    admin.put(&format!("/users/{}", idle.id), &json!({ "is_active": false })).await.ok();
    let asleep = admin.post("/roles/", &json!({ "name": "asleep", "is_active": false })).await.ok()["id"].clone();
    admin.post(&format!("/roles/{asleep}/permissions"), &json!({ "permission_id": delete })).await.ok();
    admin.post(&format!("/roles/{asleep}/users"), &json!({ "user_id": mallory.id })).await.ok();
    let dormant = admin.post("/roles/", &json!({ "name": "dormant", "is_active": false })).await.ok()["id"].clone();
    admin.post(&format!("/roles/{dormant}/permissions"), &json!({ "permission_id": delete })).await.ok();
    let custom = admin.post("/permissions/", &json!({ "name": "reports_print" })).await.ok()["id"].clone();
    admin.post(&format!("/roles/{dormant}/permissions"), &json!({ "permission_id": custom })).await.ok();
    let empty = admin.post("/roles/", &json!({ "name": "empty", "is_active": true })).await.ok()["id"].clone();
    let email = json!({ "email": "mallory2@example.com" });
    let password = json!({ "new_password": "correct horse" });
    let (post, put) = (Method::POST, Method::PUT);
    let mut all = vec![
        attempt(
            "grant to the own role",
            post.clone(),
            format!("/roles/{own}/permissions"),
            json!({ "permission_id": delete }),
        ),
        attempt(
            "grant to another role",
            post.clone(),
            format!("/roles/{empty}/permissions"),
            json!({ "permission_id": delete }),
        ),
        attempt(
            "grant a permission of nobody's",
            post.clone(),
            format!("/roles/{own}/permissions"),
            json!({ "permission_id": custom }),
        ),
        attempt("take a strong role", post.clone(), format!("/roles/{role}/users"), json!({ "user_id": mallory.id })),
        attempt(
            "give a strong role to another",
            post.clone(),
            format!("/roles/{role}/users"),
            json!({ "user_id": idle.id }),
        ),
        attempt(
            "take an inactive strong role",
            post.clone(),
            format!("/roles/{dormant}/users"),
            json!({ "user_id": mallory.id }),
        ),
        attempt("become an administrator", post.clone(), "/roles/1/users".to_owned(), json!({ "user_id": mallory.id })),
        attempt("activate a strong role", put.clone(), format!("/roles/{asleep}"), json!({ "is_active": true })),
        attempt("activate it by patch", Method::PATCH, format!("/roles/{asleep}"), json!({ "is_active": true })),
        attempt("activate a strong user", put.clone(), format!("/users/{}", idle.id), json!({ "is_active": true })),
        attempt("rename what one does not hold", put.clone(), format!("/permissions/{custom}"), json!({ "name": "x" })),
    ];
    for id in [strong.id, idle.id, 1] {
        all.push(attempt("another's email", put.clone(), format!("/users/{id}"), email.clone()));
        all.push(attempt("another's email by patch", Method::PATCH, format!("/users/{id}"), email.clone()));
        all.push(attempt("remove", Method::DELETE, format!("/users/{id}"), Value::Null));
        all.push(attempt("anonymize", post.clone(), format!("/users/{id}/anonymize"), Value::Null));
    }
    all.push(attempt("rename a strong role", put.clone(), format!("/roles/{role}"), json!({ "name": "weak" })));
    for id in [strong.id, 1] {
        let inactive = json!({ "is_active": false });
        all.push(attempt("deactivate", put.clone(), format!("/users/{id}"), inactive.clone()));
        all.push(attempt("deactivate", Method::PATCH, format!("/users/{id}"), inactive));
        all.push(attempt("reset", put.clone(), format!("/users/{id}/reset-password"), password.clone()));
        all.push(attempt("impersonate", post.clone(), format!("/login/impersonate?user_id={id}"), Value::Null));
    }
    (app.as_user(&mallory).await, all)
}

async fn send(client: &Client, attempt: &Attempt) -> kwik_testkit::TestResponse {
    match &attempt.body {
        Value::Null => client.raw(attempt.method.clone(), &attempt.path, "").await,
        body => client.json(attempt.method.clone(), &attempt.path, &[], body).await,
    }
}

/// All who sign in, but none whose name is secret.
fn scoped() -> App {
    App::new().policy(Rows::of::<User>(User::SURNAME.ne("secret")))
}

on_each_engine! {
    async fn nobody_gains_what_they_do_not_hold(engine) {
        let app = TestApp::start(engine, app).await;
        let (mallory, attempts) = office(&app).await;
        let before = everything(&app).await;
        for attempt in &attempts {
            let answer = send(&mallory, attempt).await;
            assert_eq!(answer.status, 403, "{}: {}", attempt.what, String::from_utf8_lossy(&answer.body));
            assert_eq!(everything(&app).await, before, "{}", attempt.what);
        }
        mallory.delete("/notes/1").await.refused(403, "forbidden");
    }

    async fn administrators_may_all_that(engine) {
        let app = TestApp::start(engine, app).await;
        let (_mallory, attempts) = office(&app).await;
        let admin = app.admin().await;
        for attempt in attempts.iter().filter(|attempt| {
            // Not upon oneself, and nobody stands for another who is gone.
            !attempt.path.starts_with("/users/1") && !attempt.path.contains("user_id=1")
                && ["remove", "anonymize", "impersonate", "reset", "deactivate", "another's email by patch"].iter().all(|what| *what != attempt.what)
        }) {
            let answer = send(&admin, attempt).await;
            // The same address is given twice.
            let taken = attempt.what == "another's email" && answer.status == 409;
            assert!(answer.status == 200 || taken, "{}: {}", attempt.what, String::from_utf8_lossy(&answer.body));
        }
        for what in ["reset", "impersonate"] {
            let attempt = attempts.iter().find(|attempt| attempt.what == what).unwrap();
            assert_eq!(send(&admin, attempt).await.status, 200, "{what}");
        }
        let removed = attempts.iter().find(|attempt| attempt.what == "anonymize").unwrap();
        assert_eq!(send(&admin, removed).await.status, 200);
    }

    async fn what_one_holds_oneself_one_may_give(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let mallory = app.with_permissions(&OFFICE).await;
        let weak = app.new_user(&["user_read"]).await;
        let role = mallory.post("/roles/", &json!({ "name": "readers", "is_active": false })).await.ok()["id"].clone();
        let read = key(&admin, "permissions", "name", "user_read").await;
        mallory.post(&format!("/roles/{role}/permissions"), &json!({ "permission_id": read })).await.ok();
        mallory.put(&format!("/roles/{role}"), &json!({ "is_active": true })).await.ok();
        mallory.post(&format!("/roles/{role}/users"), &json!({ "user_id": weak.id })).await.ok();
        mallory.put(&format!("/users/{}", weak.id), &json!({ "is_active": false, "email": "weak@example.com" })).await.ok();
        mallory.put(&format!("/users/{}", weak.id), &json!({ "is_active": true })).await.ok();
        mallory.delete(&format!("/users/{}", weak.id)).await.ok();
    }

    async fn to_hold_all_permissions_is_not_to_be_an_administrator(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let page = admin.get("/permissions/?limit=1000").await.ok();
        let names: Vec<_> = page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        let user = app.new_user(&names).await;
        let mighty = app.as_user(&user).await;
        mighty.post("/roles/1/users", &json!({ "user_id": user.id })).await.refused(403, "forbidden");
        mighty.put("/users/1", &json!({ "email": "mighty@example.com" })).await.refused(403, "forbidden");
        mighty.delete("/users/1").await.refused(403, "forbidden");
    }

    async fn a_policy_of_the_program_holds_for_users_too(engine) {
        let app = TestApp::start(engine, scoped).await;
        let admin = app.admin().await;
        let (seen, unseen) = (app.new_user(&["user_read"]).await, app.new_user(&[]).await);
        let secret = UserUpdate { surname: Some("secret".to_owned()), ..UserUpdate::default() };
        let (ctx, data) = (app.system(), &app.service().services.data);
        data.single().repository::<User>().update(&ctx, unseen.id, None, &secret).await.unwrap();
        let link = UserRoleCreate { user_id: unseen.id, role_id: 2 };
        data.single().repository::<UserRole>().create(&ctx, &link).await.unwrap();
        let before = rows::<User>(&app, &[]).await;
        let path = format!("/users/{}", unseen.id);
        for (method, tail, body) in [
            (Method::GET, "", Value::Null), (Method::GET, "/roles", Value::Null), (Method::GET, "/permissions", Value::Null),
            (Method::GET, "/history", Value::Null), (Method::GET, "/api-keys", Value::Null), (Method::PUT, "", json!({ "name": "x" })),
            (Method::PATCH, "", json!({ "is_active": false })), (Method::DELETE, "", Value::Null),
            (Method::POST, "/anonymize", Value::Null), (Method::PUT, "/reset-password", json!({ "new_password": "correct horse" })),
        ] {
            let answer = send(&admin, &attempt("unseen", method.clone(), format!("{path}{tail}"), body)).await;
            assert_eq!(answer.status, 404, "{method} {tail}: {}", String::from_utf8_lossy(&answer.body));
        }
        let path = format!("/login/impersonate?user_id={}", unseen.id);
        admin.raw(Method::POST, &path, "").await.refused(404, "not_found");
        admin.post("/roles/2/users", &json!({ "user_id": unseen.id })).await.refused(404, "not_found");
        admin.delete(&format!("/roles/2/users/{}", unseen.id)).await.refused(404, "not_found");
        let ids = |list: Value| -> Vec<i64> { list.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect() };
        assert_eq!(ids(admin.get("/roles/2/users").await.ok()), [seen.id]);
        assert_eq!(ids(admin.get("/roles/1/available-users").await.ok()), [seen.id]);
        assert_eq!(admin.get("/users/").await.ok()["total"], 2);
        admin.delete("/roles/2/users").await.ok();
        assert_eq!(admin.get("/roles/2").await.ok()["user_count"], 1, "who is out of reach still holds it");
        assert_eq!(rows::<User>(&app, &[]).await, before);
        // Nobody is moved out of reach, either.
        admin.put(&format!("/users/{}", seen.id), &json!({ "surname": "secret" })).await.refused(403, "forbidden");
        let new = json!({ "name": "A", "surname": "secret", "email": "a@example.com", "password": "correct horse" });
        admin.post("/users/", &new).await.refused(403, "forbidden");
        // The program itself is not bound.
        assert_eq!(admin.delete("/roles/2").await.ok()["removed"]["users"], 1);
    }

    async fn what_was_taken_away_meanwhile_is_not_given(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let held = ["role_update", "permission_update", "user_update", "notes_read"];
        let (clerk, other) = (app.new_user(&held).await, app.new_user(&[]).await);
        let own = admin.get(&format!("/users/{}/roles", clerk.id)).await.ok()[0]["id"].as_i64().unwrap();
        let empty = admin.post("/roles/", &json!({ "name": "empty", "is_active": true })).await.ok()["id"].as_i64().unwrap();
        let read = key(&admin, "permissions", "name", "notes_read").await;
        let update = key(&admin, "permissions", "name", "permission_update").await;
        // A request that began with these rights, and then waited.
        let ctx = |roles: &[&str]| {
            let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            let grants = Grants { permissions: names(&held).into_iter().collect(), roles: names(roles), ..Grants::default() };
            let actor = Actor::user(clerk.id, Via::Session("one".into()), Arc::new(grants));
            Ctx { actor: Arc::new(actor), ..app.system() }
        };
        let roles = &app.service().services.identity.roles;
        let before = everything(&app).await;
        let given = roles.give(&ctx(&["admin"]), 1, other.id).await;
        assert!(matches!(given, Err(Error::Denied(_))), "an administrator no longer: {given:?}");
        assert_eq!(everything(&app).await, before);
        roles.grant_permission(&ctx(&[]), empty, read).await.unwrap();
        admin.delete(&format!("/roles/{empty}/permissions/{read}")).await.ok();
        admin.delete(&format!("/roles/{own}/permissions/{read}")).await.ok();
        let granted = roles.grant_permission(&ctx(&[]), empty, read).await;
        assert!(matches!(granted, Err(Error::Denied(_))), "what one holds no longer: {granted:?}");
        roles.give(&ctx(&[]), empty, other.id).await.unwrap();
        admin.delete(&format!("/roles/{empty}/users/{}", other.id)).await.ok();
        admin.delete(&format!("/roles/{own}/permissions/{update}")).await.ok();
        let users = key(&admin, "permissions", "name", "user_update").await;
        let granted = roles.grant_permission(&ctx(&[]), empty, users).await;
        assert!(matches!(granted, Err(Error::Denied(_))), "by a permission that one holds no longer: {granted:?}");
        admin.put(&format!("/users/{}", clerk.id), &json!({ "is_active": false })).await.ok();
        let before = everything(&app).await;
        let given = roles.give(&ctx(&[]), empty, other.id).await;
        assert!(matches!(given, Err(Error::Authentication(_))), "{given:?}");
        assert_eq!(everything(&app).await, before);
    }
}
