//! Rights come from active roles of active users, and change with the next request.

use kwik::{
    domain::access::{Role, RoleUpdate, UserRole},
    prelude::*,
};
use kwik_testkit::{TestApp, TestUser, on_each_engine};
use serde_json::json;

/// A note.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "notes")]
pub struct Note {
    #[entity(key)]
    pub id: i64,
    pub text: String,
}

kwik::permission!(pub Publish = "notes_publish");

struct Press;

#[OpenApi]
impl Press {
    /// Publish everything.
    #[oai(path = "/notes-publish", method = "post", operation_id = "publishNotes")]
    async fn publish(&self, ctx: Allow<Publish>) -> poem_openapi::payload::PlainText<String> {
        poem_openapi::payload::PlainText(format!("published by {}", ctx.actor.user_id().unwrap_or_default()))
    }
}

pub fn app() -> App {
    App::new().resource::<Note>().api(|_| Press)
}

const MANY: Page = Page { skip: 0, limit: 1000 };

/// The only role of a user.
async fn role_of(app: &TestApp, user: &TestUser) -> Stored<UserRole> {
    let (ctx, data) = (app.system(), &app.service().services.data);
    let mut single = data.single();
    let mut links =
        single.repository::<UserRole>().list(&ctx, &UserRole::USER_ID.eq(user.id), &[], MANY).await.unwrap();
    assert_eq!(links.len(), 1);
    links.remove(0)
}

on_each_engine! {
    async fn a_user_without_permissions_may_do_nothing_but_is_known(engine) {
        let app = TestApp::start(engine, app).await;
        let nora = app.with_permissions(&[]).await;
        nora.get("/notes/").await.refused(403, "forbidden");
        nora.post("/notes/", &json!({ "text": "x" })).await.refused(403, "forbidden");
        let problem = nora.post("/notes-publish", &json!({})).await.problem(403);
        assert_eq!(problem["detail"], "Not enough privileges: the permission notes_publish is needed");
    }

    async fn a_permission_of_ones_own_opens_its_endpoint_alone(engine) {
        let app = TestApp::start(engine, app).await;
        let publisher = app.with_permissions(&["notes_publish"]).await;
        assert_eq!(publisher.post("/notes-publish", &json!({})).await.body, b"published by 2");
        publisher.get("/notes/").await.refused(403, "forbidden");
        assert_eq!(app.admin().await.post("/notes-publish/", &json!({})).await.body, b"published by 1");
    }

    async fn a_deactivated_user_is_out_with_the_next_request(engine) {
        let app = TestApp::start(engine, app).await;
        let user = app.new_user(&["notes_read"]).await;
        let users = &app.service().services.users;
        for _ in 0..5 {
            let clara = app.as_user(&user).await;
            clara.get("/notes/").await.ok();
            users.set_active(&app.system(), &user.email, false).await.unwrap();
            clara.get("/notes/").await.refused(401, "invalid_token");
            users.set_active(&app.system(), &user.email, true).await.unwrap();
            // Its sessions have ended with it.
            clara.get("/notes/").await.refused(401, "invalid_token");
        }
    }

    async fn a_role_taken_away_is_gone_with_the_next_request(engine) {
        let app = TestApp::start(engine, app).await;
        let user = app.new_user(&["notes_read"]).await;
        let clara = app.as_user(&user).await;
        clara.get("/notes/").await.ok();
        let link = role_of(&app, &user).await;
        let data = &app.service().services.data;
        data.single().repository::<UserRole>().delete(&app.system(), link.id, None).await.unwrap();
        clara.get("/notes/").await.refused(403, "forbidden");
    }

    async fn a_role_that_is_not_active_grants_nothing(engine) {
        let app = TestApp::start(engine, app).await;
        let user = app.new_user(&["notes_read"]).await;
        let clara = app.as_user(&user).await;
        let role = role_of(&app, &user).await.role_id;
        let data = &app.service().services.data;
        for is_active in [false, true, false] {
            let update = RoleUpdate { is_active: Some(is_active), ..RoleUpdate::default() };
            data.single().repository::<Role>().update(&app.system(), role, None, &update).await.unwrap();
            assert_eq!(clara.get("/notes/").await.status == 200, is_active);
        }
    }

    async fn what_a_unit_of_work_takes_away_is_gone_with_its_commit_alone(engine) {
        let app = TestApp::start(engine, app).await;
        let user = app.new_user(&["notes_read"]).await;
        let clara = app.as_user(&user).await;
        let link = role_of(&app, &user).await;
        let data = &app.service().services.data;
        let mut work = data.begin().await.unwrap();
        work.repository::<UserRole>().delete(&app.system(), link.id, None).await.unwrap();
        drop(work);
        clara.get("/notes/").await.ok();
        let mut work = data.begin().await.unwrap();
        work.repository::<UserRole>().delete(&app.system(), link.id, None).await.unwrap();
        work.commit().await.unwrap();
        clara.get("/notes/").await.refused(403, "forbidden");
    }

    async fn another_password_is_what_signs_in_from_then_on(engine) {
        let app = TestApp::start(engine, app).await;
        let mut user = app.new_user(&["notes_read"]).await;
        let users = &app.service().services.users;
        users.set_password(&app.system(), &user.email, kwik::domain::Secret::new("another password")).await.unwrap();
        let old = [("username", user.email.as_str()), ("password", user.password.as_str())];
        app.anonymous().form("/login/access-token", &old).await.refused(401, "incorrect_credentials");
        user.password = "another password".to_owned();
        app.as_user(&user).await.get("/notes/").await.ok();
    }

    async fn nobody_has_the_rights_of_the_one_before(engine) {
        let app = TestApp::start(engine, app).await;
        let (reader, nora) = (app.with_permissions(&["notes_read"]).await, app.with_permissions(&[]).await);
        let ada = app.admin().await;
        for _ in 0..3 {
            ada.get("/notes/").await.ok();
            nora.get("/notes/").await.refused(403, "forbidden");
            reader.get("/notes/").await.ok();
            reader.post("/notes/", &json!({ "text": "x" })).await.refused(403, "forbidden");
        }
    }
}
