//! Acting in another user's place.

use super::{refresh_of, tokens, trail, with};
use kwik::{domain::access::User, prelude::*};
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use serde_json::{Value, json};

async fn impersonate(client: &Client, user_id: i64) -> TestResponse {
    client.post(&format!("/login/impersonate?user_id={user_id}"), &Value::Null).await
}

async fn post(client: &Client, path: &str) -> TestResponse {
    client.post(path, &Value::Null).await
}

const IS: &str = "/login/is_impersonating";
const STOP: &str = "/login/stop_impersonating";

on_each_engine! {
    async fn begins_shows_and_stops(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&["user_read"]).await;
        let helper = app.new_user(&["impersonification", "user_read"]).await;
        let own = tokens(&app, &helper).await;
        let client = with(&app, &own);
        assert_eq!(post(&client, IS).await.ok(), json!(false));
        assert_eq!(client.get("/users/me").await.ok().get("impersonator"), None);
        let taken = impersonate(&client, user.id).await.ok();
        assert_eq!((&taken["token_type"], &taken["expires_in"], taken.get("refresh_token")), (&json!("bearer"), &json!(900), None));
        let place = with(&app, &taken);
        assert_eq!(post(&place, IS).await.ok(), json!(true));
        let me = place.get("/users/me").await.ok();
        assert_eq!(me["id"], user.id);
        assert_eq!(me["impersonator"], json!({ "id": helper.id, "name": "User", "surname": client.get("/users/me").await.ok()["surname"], "email": helper.email }));
        assert_eq!(post(&place, "/login/test-token").await.ok()["id"], user.id);
        let listed = app.as_user(&user).await.get("/users/me/sessions").await.ok();
        assert_eq!(listed[1]["impersonator_id"], helper.id, "whose place is taken sees it: {listed}");
        let back = post(&place, STOP).await.ok();
        assert_eq!(back.get("refresh_token"), None);
        assert_eq!(with(&app, &back).get("/users/me").await.ok()["id"], helper.id);
        place.get("/users/me").await.refused(401, "invalid_token");
        post(&client, STOP).await.refused(400, "not_impersonating");
        app.anonymous().post("/login/refresh-token", &refresh_of(&own)).await.ok();
    }

    async fn both_stand_in_the_trail(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&["role_create"]).await;
        let place = with(&app, &impersonate(&app.admin().await, user.id).await.ok());
        place.put("/users/me", &json!({ "name": "Renamed" })).await.ok();
        post(&place, STOP).await.ok();
        for (action, key) in [("impersonate", user.id), ("stop_impersonating", user.id)] {
            let events = trail::events(&app, action).await;
            assert_eq!((events.len(), &*events[0].entity_key), (1, &*key.to_string()), "{action}");
        }
        let stopped = trail::events(&app, "stop_impersonating").await;
        assert_eq!((stopped[0].user_id, stopped[0].impersonator_id), (Some(user.id), Some(1)));

        let mut single = app.service().services.data.single();
        let records = single.repository::<User>().history(&app.system(), user.id, Page::default()).await.unwrap();
        assert_eq!((records[0].user_id, records[0].impersonator_id), (Some(user.id), Some(1)));
    }

    async fn takes_the_permission_and_a_place_that_can_be_taken(engine) {
        let app = TestApp::start(engine, App::new).await;
        let (plain, stronger, inactive) = (app.new_user(&[]).await, app.new_user(&["role_create"]).await, app.new_user(&[]).await);
        app.service().services.users.set_active(&app.system(), &inactive.email, false).await.unwrap();
        let helper = app.new_user(&["impersonification"]).await;
        let client = app.as_user(&helper).await;
        impersonate(&app.as_user(&plain).await, stronger.id).await.refused(403, "forbidden");
        impersonate(&app.anonymous(), plain.id).await.refused(401, "not_authenticated");
        impersonate(&client, helper.id).await.refused(400, "own_place");
        impersonate(&client, inactive.id).await.refused(400, "inactive_user");
        for id in [1, stronger.id] {
            impersonate(&client, id).await.refused(403, "forbidden");
        }
        impersonate(&client, 99_999).await.refused(404, "not_found");
        for query in ["", "?user_id=", "?user_id=x", "?user_id=1.5", "?user_id=1&user_id=2", "?user_id=1&a=b"] {
            post(&client, &format!("/login/impersonate{query}")).await.refused(400, "invalid_query");
        }
        assert!(trail::events(&app, "impersonate").await.is_empty());
        let place = with(&app, &impersonate(&client, plain.id).await.ok());
        impersonate(&place, plain.id).await.refused(403, "forbidden");
        let admin = with(&app, &impersonate(&app.admin().await, helper.id).await.ok());
        impersonate(&admin, plain.id).await.refused(403, "impersonating");
    }

    async fn some_things_take_the_user_in_person(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&["user_update", "password_reset"]).await;
        let other = app.new_user(&[]).await;
        let place = with(&app, &impersonate(&app.admin().await, user.id).await.ok());
        let change = json!({ "old_password": user.password, "new_password": "an entirely new password" });
        place.put("/users/me/password", &change).await.refused(403, "impersonating");
        for id in [user.id, other.id] {
            place.put(&format!("/users/{id}/password"), &change).await.refused(403, "impersonating");
            let reset = json!({ "new_password": "an entirely new password" });
            place.put(&format!("/users/{id}/reset-password"), &reset).await.refused(403, "impersonating");
        }
        let email = json!({ "email": "other@test.example", "current_password": user.password });
        place.put("/users/me", &email).await.refused(403, "impersonating");
        place.put("/users/me", &json!({ "is_active": false })).await.refused(403, "impersonating");
        place.get("/users/me/sessions").await.refused(403, "impersonating");
        place.delete("/users/me/sessions").await.refused(403, "impersonating");
        let key = json!({ "name": "a key", "scopes": ["user_update"] });
        place.post("/api-keys/", &key).await.refused(403, "impersonating");
        place.put("/users/me", &json!({ "name": "Renamed" })).await.ok();
        tokens(&app, &user).await;
    }

    async fn ends_with_the_session_from_which_it_began(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let helper = app.new_user(&["impersonification"]).await;
        let (one, two) = (app.as_user(&helper).await, app.as_user(&helper).await);
        let of_one = with(&app, &impersonate(&one, user.id).await.ok());
        let of_two = with(&app, &impersonate(&two, user.id).await.ok());
        post(&one, "/login/logout").await.ok();
        of_one.get("/users/me").await.refused(401, "invalid_token");
        post(&of_one, STOP).await.refused(401, "invalid_token");
        of_two.get("/users/me").await.ok();
        post(&of_two, "/login/logout").await.ok();
        of_two.get("/users/me").await.refused(401, "invalid_token");
        two.get("/users/me").await.ok();
        let of_two = with(&app, &impersonate(&two, user.id).await.ok());
        two.delete("/users/me/sessions").await.ok();
        of_two.get("/users/me").await.refused(401, "invalid_token");
        let reasons: Vec<_> = trail::events(&app, "session_end").await.iter().map(|end| trail::detail(end, "reason").unwrap()).collect();
        assert_eq!(reasons, ["signed_out", "parent_ended", "signed_out", "signed_out_everywhere", "parent_ended"]);
    }

    async fn ends_when_the_place_becomes_an_administrators(engine) {
        let app = TestApp::start(engine, App::new).await;
        let ada = app.admin().await;
        let all = ada.get("/users/me/permissions").await.ok();
        let all: Vec<_> = all.as_array().unwrap().iter().map(|permission| super::text(&permission["name"])).collect();
        // Every permission, and yet no administrator.
        let helper = app.new_user(&all).await;
        let user = app.new_user(&[]).await;
        let taken = impersonate(&app.as_user(&helper).await, user.id).await.ok();
        let place = with(&app, &taken);
        place.get("/users/me").await.ok();
        ada.post("/roles/1/users", &json!({ "user_id": user.id })).await.ok();
        place.get("/users/me").await.refused(401, "invalid_token");
        place.post("/roles/1/users", &json!({ "user_id": helper.id })).await.refused(401, "invalid_token");
        assert_eq!(ada.get("/roles/1/users").await.ok().as_array().unwrap().len(), 2);
    }

    async fn ends_with_the_rights_of_whoever_began_it(engine) {
        let app = TestApp::start(engine, App::new).await;
        let users = &app.service().services.users;
        let user = app.new_user(&[]).await;
        let helper = app.new_user(&["impersonification"]).await;
        let place = with(&app, &impersonate(&app.as_user(&helper).await, user.id).await.ok());
        place.get("/users/me").await.ok();
        users.set_active(&app.system(), &helper.email, false).await.unwrap();
        place.get("/users/me").await.refused(401, "invalid_token");
        users.set_active(&app.system(), &helper.email, true).await.unwrap();
        place.get("/users/me").await.refused(401, "invalid_token");
        let place = with(&app, &impersonate(&app.as_user(&helper).await, user.id).await.ok());
        users.set_active(&app.system(), &user.email, false).await.unwrap();
        place.get("/users/me").await.refused(401, "invalid_token");
    }
}
