//! Permissions over HTTP.

use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

fn app() -> App {
    App::new()
}

on_each_engine! {
    async fn a_permission_is_made_renamed_and_removed(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let answer = admin.post("/permissions/", &json!({ "name": " Reports_Print " })).await;
        let id = answer.ok()["id"].as_i64().unwrap();
        assert_eq!((answer.status.as_u16(), answer.header("location")), (201, Some(&*format!("/api/v1/permissions/{id}"))));
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.starts_with(&format!(r#"{{"name":"reports_print","id":{id},"version":1,"#)), "{text}");
        let path = format!("/permissions/{id}");
        let user = app.new_user(&["reports_print"]).await;
        let client = app.as_user(&user).await;
        assert_eq!(admin.put(&path, &json!({ "name": "reports_read" })).await.ok()["name"], "reports_read");
        assert_eq!(client.get("/users/me/permissions").await.ok()[0]["name"], "reports_read");
        admin.put(&path, &json!({ "name": "USER_READ" })).await.refused(409, "taken");
        admin.post("/permissions/", &json!({ "name": "user_read" })).await.refused(409, "taken");
        admin.post("/permissions/", &json!({ "name": "" })).await.problem(422);
        let page = admin.get("/permissions/?filter_key=name&value=reports_read").await.ok();
        assert_eq!((&page["total"], &page["data"][0]), (&json!(1), &admin.get(&path).await.ok()));
        let removed = admin.delete(&path).await.ok();
        assert_eq!((&removed["name"], &removed["removed"]), (&json!("reports_read"), &json!({ "roles": 1 })));
        assert_eq!(client.get("/users/me/permissions").await.ok(), json!([]));
        admin.get(&path).await.refused(404, "not_found");
    }

    async fn what_the_program_declares_stays(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let found = admin.get("/permissions/?filter_key=name&value=user_read").await.ok();
        let id = &found["data"][0]["id"];
        admin.delete(&format!("/permissions/{id}")).await.refused(409, "permission_declared");
        admin.put(&format!("/permissions/{id}"), &json!({ "name": "x" })).await.refused(409, "permission_declared");
        admin.put(&format!("/permissions/{id}"), &json!({ "name": " User_Read" })).await.ok();
        admin.delete(&format!("/permissions/{id}/roles")).await.refused(409, "protected_role");
        admin.delete(&format!("/roles/1/permissions/{id}")).await.refused(409, "protected_role");
        admin.delete("/roles/1/permissions").await.refused(409, "protected_role");
        admin.get("/users/").await.ok();
    }

    async fn a_permission_is_taken_from_all_roles(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let id = admin.post("/permissions/", &json!({ "name": "reports_print" })).await.ok()["id"].clone();
        for role in ["one", "two"] {
            let role = admin.post("/roles/", &json!({ "name": role, "is_active": true })).await.ok();
            admin.post(&format!("/roles/{}/permissions", role["id"]), &json!({ "permission_id": id })).await.ok();
        }
        assert_eq!(admin.get(&format!("/permissions/{id}/roles")).await.ok().as_array().unwrap().len(), 2);
        assert_eq!(admin.get(&format!("/permissions/{id}/available-roles")).await.ok()[0]["name"], "admin");
        let cleaner = app.with_permissions(&["permission_delete"]).await;
        assert_eq!(cleaner.delete(&format!("/permissions/{id}/roles")).await.ok()["name"], "reports_print");
        assert_eq!(admin.get(&format!("/permissions/{id}/roles")).await.ok(), json!([]));
    }
}
