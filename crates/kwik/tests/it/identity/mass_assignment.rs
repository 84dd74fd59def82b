//! Of a body, only what may be given is taken, whatever else stands in it.

use http::Method;
use kwik::{
    domain::{
        FieldMeta, Fields, Kind,
        access::{Permission, Role, User},
    },
    prelude::*,
};
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use serde_json::{Value, json};

fn app() -> App {
    App::new()
}

/// A value that nothing has by itself.
fn forged(field: &FieldMeta) -> Value {
    match field.kind {
        Kind::Bool => json!(true),
        Kind::I32 | Kind::I64 => json!(4711),
        Kind::Timestamp => json!("1999-01-01T00:00:00.000000Z"),
        _ => json!("forged"),
    }
}

/// The row as it stands, without what every write moves.
async fn row<E: Entity<Key = i64>>(app: &TestApp, id: i64) -> Vec<String> {
    let mut single = app.service().services.data.single();
    let row = single.repository::<E>().get(&app.system(), id).await.unwrap();
    let fields = E::META.fields.iter().enumerate();
    fields.map(|(n, field)| format!("{} = {:?}", field.name, row.get(n))).collect()
}

/// Sends every field of the entity that is not in `taken`, one at a time and all together, beside a body
/// that is right. Hidden and unknown ones are refused; the others leave no trace.
async fn forge<E: Entity<Key = i64>>(
    app: &TestApp,
    taken: &[&str],
    send: impl AsyncFn(Value) -> TestResponse,
    body: impl Fn() -> Value,
    created: bool,
) {
    let fields: Vec<_> = E::META.fields.iter().filter(|field| !taken.contains(&field.name)).collect();
    assert!(fields.len() >= 6, "version, key and audit columns at the least");
    for field in &fields {
        let mut forgery = body();
        forgery[field.name] = forged(field);
        let answer = send(forgery).await;
        if field.hidden {
            assert_eq!(answer.status, 422, "{} of {}", field.name, E::META.name);
            continue;
        }
        let shown = answer.ok();
        assert_ne!(shown[field.name], forged(field), "{} of {}", field.name, E::META.name);
        let stored = row::<E>(app, shown["id"].as_i64().unwrap()).await.join(", ");
        assert!(!stored.contains("4711") && !stored.contains("1999-01-01") && !stored.contains("forged"), "{stored}");
        if created {
            assert_eq!(shown["version"], 1);
        }
    }
    for unknown in ["roles", "permissions", "user_count", "removed", "password_hash", "isActive"] {
        let mut forgery = body();
        forgery[unknown] = json!([1]);
        let answer = send(forgery).await;
        // Roles are shown with it, and what was read may be sent back.
        if (E::META.name, unknown) == ("Role", "user_count") {
            assert_eq!(answer.ok()["user_count"], 0);
            continue;
        }
        assert_eq!(answer.status, 422, "{unknown} of {}", E::META.name);
    }
}

/// Changes a row by both methods.
async fn forge_update<E: Entity<Key = i64>>(app: &TestApp, admin: &Client, id: i64, taken: &[&str], name: &str) {
    for method in [Method::PUT, Method::PATCH] {
        let path = format!("/{}/{id}", E::META.collection);
        let send = async |body: Value| admin.json(method.clone(), &path, &[], &body).await;
        forge::<E>(app, taken, send, || json!({ "name": name }), false).await;
    }
}

on_each_engine! {
    async fn a_new_row_has_what_it_was_given_and_no_more(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let count = std::cell::Cell::new(0);
        let next = || {
            count.set(count.get() + 1);
            count.get()
        };
        let user = || json!({ "name": "A", "surname": "B", "email": format!("a{}@example.com", next()), "password": "correct horse" });
        let taken = ["name", "surname", "email", "is_active"];
        forge::<User>(&app, &taken, async |body| admin.post("/users/", &body).await, user, true).await;
        let role = || json!({ "name": format!("role {}", next()), "is_active": true });
        forge::<Role>(&app, &["name", "is_active"], async |body| admin.post("/roles/", &body).await, role, true).await;
        let permission = || json!({ "name": format!("permission {}", next()) });
        let send = async |body| admin.post("/permissions/", &body).await;
        forge::<Permission>(&app, &["name"], send, permission, true).await;
    }

    async fn a_change_sets_what_may_be_set_and_no_more(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&[]).await;
        forge_update::<User>(&app, &admin, user.id, &["name", "surname", "email", "is_active"], "Ada").await;
        for hidden in ["password", "new_password", "current_password"] {
            admin.put(&format!("/users/{}", user.id), &json!({ "name": "x", hidden: "correct horse" })).await.problem(422);
        }
        app.as_user(&user).await.get("/users/me").await.ok();
        let role = admin.post("/roles/", &json!({ "name": "clerks", "is_active": true })).await.ok()["id"].as_i64().unwrap();
        forge_update::<Role>(&app, &admin, role, &["name", "is_active"], "clerks").await;
        let permission = admin.post("/permissions/", &json!({ "name": "reports" })).await.ok()["id"].as_i64().unwrap();
        forge_update::<Permission>(&app, &admin, permission, &["name"], "reports").await;
    }
}
