//! Many who do the same at once: it is done once.

use kwik::{
    domain::access::{AuditEntry, RolePermission, UserRole},
    prelude::*,
};
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};
use tokio::task::JoinSet;

fn app() -> App {
    App::new()
}

/// The statuses of 50 identical requests at once, in order.
async fn at_once(client: &Client, path: &str, body: &Value) -> Vec<u16> {
    let mut set = JoinSet::new();
    for _ in 0..50 {
        let (client, path, body) = (client.clone(), path.to_owned(), body.clone());
        set.spawn(async move { client.post(&path, &body).await.status.as_u16() });
    }
    let mut statuses = set.join_all().await;
    statuses.sort_unstable();
    statuses
}

fn one_of_many() -> Vec<u16> {
    let mut expected = vec![409; 50];
    expected[0] = 201;
    expected
}

on_each_engine! {
    async fn one_of_many_identical_creates_succeeds(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = json!({ "name": "A", "surname": "B", "email": "a@example.com", "password": "correct horse" });
        assert_eq!(at_once(&admin, "/users/", &user).await, one_of_many());
        assert_eq!(at_once(&admin, "/roles/", &json!({ "name": "clerks", "is_active": true })).await, one_of_many());
        assert_eq!(at_once(&admin, "/permissions/", &json!({ "name": "reports_print" })).await, one_of_many());
        assert_eq!(admin.get("/users/").await.ok()["total"], 2);
        assert_eq!(admin.get("/roles/").await.ok()["total"], 2);
    }

    async fn many_identical_grants_are_one(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let user = app.new_user(&[]).await;
        admin.post("/roles/", &json!({ "name": "clerks", "is_active": true })).await.ok();
        let (ctx, data) = (app.system(), &app.service().services.data);
        assert_eq!(at_once(&admin, "/roles/2/users", &json!({ "user_id": user.id })).await, vec![200; 50]);
        assert_eq!(at_once(&admin, "/roles/2/permissions", &json!({ "permission_id": 1 })).await, vec![200; 50]);
        let mut single = data.single();
        assert_eq!(single.repository::<UserRole>().count(&ctx, &UserRole::ROLE_ID.eq(2)).await.unwrap(), 1);
        assert_eq!(single.repository::<RolePermission>().count(&ctx, &RolePermission::ROLE_ID.eq(2)).await.unwrap(), 1);
        let granted = AuditEntry::ENTITY.eq("access") & AuditEntry::ACTION.eq("grant");
        let counted = single.repository::<AuditEntry>().count(&ctx, &granted).await.unwrap();
        assert_eq!(counted, 3, "these two, and what the first administrator was given");
    }
}
