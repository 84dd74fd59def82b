//! What is there after the first start, and after the next ones.

use super::rights::app;
use kwik::{
    domain::{Secret, access::Permission},
    prelude::*,
};
use kwik_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, TestApp, on_each_engine};
use serde_json::json;

/// Something that a later version of the program knows.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "ideas")]
pub struct Idea {
    #[entity(key)]
    pub id: i64,
    pub text: String,
}

fn later() -> App {
    app().resource::<Idea>()
}

async fn permissions(app: &TestApp) -> Vec<String> {
    let mut single = app.service().services.data.single();
    let page = Page { skip: 0, limit: 1000 };
    let all = single.repository::<Permission>().list(&app.system(), &Filter::All, &[], page).await.unwrap();
    let mut names: Vec<_> = all.iter().map(|permission| permission.name.clone()).collect();
    names.sort();
    names
}

on_each_engine! {
    async fn the_first_administrator_is_made_once_with_the_given_password(engine) {
        let mut app = TestApp::first_start(engine, app(), |_| {}).await.unwrap();
        let welcome = app.service().welcome.clone().unwrap();
        assert_eq!((welcome.email.as_str(), welcome.generated.is_none()), (ADMIN_EMAIL, true));
        app.admin().await.post("/notes/", &json!({ "text": "x" })).await.ok();
        app.restart(super::rights::app).await.unwrap();
        assert!(app.service().welcome.is_none());
        assert_eq!(app.service().services.users.list(&app.system()).await.unwrap().len(), 1);
        app.admin().await.get("/notes/1").await.ok();
    }

    async fn without_a_given_password_one_is_generated_and_told_once(engine) {
        let generate = |settings: &mut kwik::Settings| settings.first_administrator.password = None;
        let app = TestApp::first_start(engine, app(), generate).await.unwrap();
        let welcome = app.service().welcome.clone().unwrap();
        assert!(!format!("{welcome:?}").contains(welcome.generated.as_ref().unwrap().expose()), "it does not print");
        let password = welcome.generated.unwrap().expose().to_owned();
        assert!(password.len() >= 32, "128 bits");
        let form = [("username", ADMIN_EMAIL), ("password", password.as_str())];
        app.anonymous().form("/login/access-token", &form).await.ok();
        let given = [("username", ADMIN_EMAIL), ("password", ADMIN_PASSWORD)];
        app.anonymous().form("/login/access-token", &given).await.refused(401, "incorrect_credentials");
    }

    async fn a_first_administrator_without_an_address_is_refused(engine) {
        let wrong = |settings: &mut kwik::Settings| settings.first_administrator.email = "nobody".to_owned();
        let error = TestApp::first_start(engine, app(), wrong).await.err().unwrap();
        assert_eq!(error.to_string(), "email must be an email address, such as \"name@example.com\"");
    }

    async fn permissions_are_registered_from_the_entities(engine) {
        let app = TestApp::start(engine, app).await;
        let known = permissions(&app).await;
        for name in [
            "notes_create", "notes_read", "notes_update", "notes_delete", "notes_publish", "user_read", "role_update",
            "permission_delete", "impersonification", "password_reset",
        ] {
            assert!(known.iter().any(|known| known == name), "{name}: {known:?}");
        }
        // Kwik's 14, five for sessions, keys and the trail, the one to explain access, four of notes, one of
        // an endpoint.
        assert_eq!(known.len(), 14 + 5 + 1 + 4 + 1);
    }

    async fn administrators_get_the_permissions_of_a_later_version_with_its_start(engine) {
        let mut app = TestApp::start(engine, app).await;
        let reader = app.new_user(&["notes_read"]).await;
        app.admin().await.post("/notes/", &json!({ "text": "kept" })).await.ok();
        app.restart(later).await.unwrap();
        assert_eq!(permissions(&app).await.len(), 14 + 5 + 1 + 4 + 1 + 4);
        let ada = app.admin().await;
        ada.post("/ideas/", &json!({ "text": "new" })).await.ok();
        assert_eq!(ada.get("/notes/1").await.ok()["text"], "kept");
        let reader = app.as_user(&reader).await;
        let problem = reader.get("/ideas/").await.problem(403);
        assert_eq!(problem["detail"], "Not enough privileges: the permission ideas_read is needed");
        reader.get("/notes/").await.ok();
    }

    async fn a_permission_that_was_taken_from_administrators_is_not_given_back(engine) {
        let mut app = TestApp::start(engine, app).await;
        let (ctx, page) = (app.system(), Page { skip: 0, limit: 10 });
        {
            use kwik::domain::access::RolePermission;
            let mut single = app.service().services.data.single();
            let found = single.repository::<Permission>().list(&ctx, &Permission::NAME.eq("notes_delete"), &[], page).await.unwrap();
            let link = RolePermission::PERMISSION_ID.eq(found[0].id);
            let links = single.repository::<RolePermission>().list(&ctx, &link, &[], page).await.unwrap();
            single.repository::<RolePermission>().delete(&ctx, links[0].id, None).await.unwrap();
        }
        app.admin().await.delete("/notes/1").await.refused(403, "forbidden");
        app.restart(super::rights::app).await.unwrap();
        app.admin().await.delete("/notes/1").await.refused(403, "forbidden");
    }

    async fn a_later_start_does_not_set_the_administrators_password_again(engine) {
        let mut app = TestApp::start(engine, app).await;
        let secret = Secret::new("not needed any more");
        app.service().services.users.set_password(&app.system(), ADMIN_EMAIL, secret).await.unwrap();
        app.restart(super::rights::app).await.unwrap();
        let old = [("username", ADMIN_EMAIL), ("password", ADMIN_PASSWORD)];
        app.anonymous().form("/login/access-token", &old).await.refused(401, "incorrect_credentials");
    }
}
