//! There is always an administrator, whatever anybody does at once.

use http::Method;
use kwik::{
    domain::access::{User, UserRole, UserRoleCreate, UserUpdate},
    identity::Administrators,
    prelude::*,
};
use kwik_testkit::{Client, TestApp, TestUser, on_each_engine};
use serde_json::json;
use std::time::Duration;

fn app() -> App {
    App::new()
}

const MANY: Page = Page { skip: 0, limit: 1000 };

/// The active users who hold the administrators' role.
async fn administrators(app: &TestApp) -> Vec<i64> {
    let (ctx, mut single) = (app.system(), app.service().services.data.single());
    let links = single.repository::<UserRole>().list(&ctx, &UserRole::ROLE_ID.eq(1), &[], MANY).await.unwrap();
    let among = User::ID.one_of(links.iter().map(|link| link.user_id)) & User::IS_ACTIVE.eq(true);
    single.repository::<User>().list(&ctx, &among, &[], MANY).await.unwrap().iter().map(|user| user.id).collect()
}

/// Makes the user an active administrator, by the database.
async fn restore(app: &TestApp, user: &TestUser) {
    let (ctx, mut single) = (app.system(), app.service().services.data.single());
    let held = UserRole::ROLE_ID.eq(1) & UserRole::USER_ID.eq(user.id);
    if single.repository::<UserRole>().count(&ctx, &held).await.unwrap() == 0 {
        let link = UserRoleCreate { user_id: user.id, role_id: 1 };
        single.repository::<UserRole>().create(&ctx, &link).await.unwrap();
    }
    let update = UserUpdate { is_active: Some(true), ..UserUpdate::default() };
    single.repository::<User>().update(&ctx, user.id, None, &update).await.unwrap();
}

/// How one administrator ends another.
async fn end(client: Client, how: usize, other: i64) -> u16 {
    let answer = match how {
        0 => client.delete(&format!("/roles/1/users/{other}")).await,
        1 => client.put(&format!("/users/{other}"), &json!({ "is_active": false })).await,
        _ => client.raw(Method::POST, &format!("/users/{other}/anonymize"), "").await,
    };
    answer.status.as_u16()
}

on_each_engine! {
    async fn the_last_administrator_stays(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        // An inactive administrator is none.
        let idle = app.new_user(&[]).await;
        admin.post("/roles/1/users", &json!({ "user_id": idle.id })).await.ok();
        admin.put(&format!("/users/{}", idle.id), &json!({ "is_active": false })).await.ok();
        admin.put("/users/1", &json!({ "is_active": false })).await.refused(409, "last_administrator");
        admin.delete("/roles/1/users/1").await.refused(409, "last_administrator");
        admin.delete("/roles/1/users").await.refused(409, "last_administrator");
        admin.put("/roles/1", &json!({ "is_active": false })).await.refused(409, "protected_role");
        admin.put("/roles/1", &json!({ "name": "bosses" })).await.refused(409, "protected_role");
        admin.put("/roles/1", &json!({ "name": "admin", "is_active": true })).await.ok();
        admin.delete("/roles/1").await.refused(409, "protected_role");
        assert_eq!(administrators(&app).await, [1]);
        assert_eq!(admin.get("/roles/1").await.ok()["user_count"], 2, "nothing has changed");
        // Who may remove users, but is no administrator, removes none.
        let cleaner = app.with_permissions(&["user_delete"]).await;
        cleaner.delete("/users/1").await.refused(403, "forbidden");
    }

    async fn an_administrator_goes_when_there_is_another(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let second = app.new_user(&[]).await;
        admin.post("/roles/1/users", &json!({ "user_id": second.id })).await.ok();
        let other = app.as_user(&second).await;
        other.delete("/users/1").await.ok();
        admin.get("/users/").await.refused(401, "invalid_token");
        assert_eq!(administrators(&app).await, [second.id]);
        other.put(&format!("/users/{}", second.id), &json!({ "is_active": false })).await.refused(409, "last_administrator");
        other.get("/users/").await.ok();
    }

    async fn who_ends_an_administrator_waits_for_others_who_do(engine) {
        let app = TestApp::start(engine, app).await;
        let user = app.new_user(&[]).await;
        restore(&app, &user).await;
        let other = app.as_user(&user).await;
        let (ctx, data) = (app.system(), &app.service().services.data);
        let mut work = data.begin().await.unwrap();
        Administrators::lock(&ctx, &mut work).await.unwrap();
        let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
        work.repository::<User>().update(&ctx, user.id, None, &update).await.unwrap();
        Administrators::verify(&ctx, &mut work).await.unwrap();
        // What is not committed yet is not seen; who did not wait would find two administrators.
        let mut ended = tokio::spawn(end(other, 1, 1));
        let early = tokio::time::timeout(Duration::from_millis(300), &mut ended).await;
        assert!(early.is_err(), "it did not wait: {early:?}");
        work.commit().await.unwrap();
        assert_ne!(ended.await.unwrap(), 200);
        assert_eq!(administrators(&app).await, [1]);
    }

    async fn two_who_strip_each_other_at_once_leave_one(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let users = [app.new_user(&[]).await, app.new_user(&[]).await];
        for user in &users {
            restore(&app, user).await;
        }
        let mut clients = [app.as_user(&users[0]).await, app.as_user(&users[1]).await];
        clients[0].delete("/roles/1/users/1").await.ok();
        drop(admin);
        for trial in 0..64 {
            // Half of the trials take the role, some deactivate, each in its own way.
            let how = [[0, 0], [1, 0], [0, 0], [1, 1]][trial % 4];
            let ends = [(0, 1), (1, 0)].map(|(one, other): (usize, usize)| {
                tokio::spawn(end(clients[one].clone(), how[one], users[other].id))
            });
            let mut statuses = Vec::new();
            for end in ends {
                statuses.push(end.await.unwrap());
            }
            let left = administrators(&app).await;
            assert!(!left.is_empty(), "trial {trial}: {statuses:?}");
            let known = |status: &u16| [200, 401, 403, 409].contains(status);
            assert!(statuses.iter().all(known) && statuses.contains(&200), "trial {trial}: {statuses:?}");
            for (n, user) in users.iter().enumerate() {
                restore(&app, user).await;
                if how.contains(&1) {
                    clients[n] = app.as_user(user).await;
                }
            }
        }
    }
}
