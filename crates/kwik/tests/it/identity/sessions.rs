//! Where users are signed in, and how that ends.

use super::{clock::TestClock, refresh_of, text, tokens, trail, with};
use http::Method;
use kwik::{
    domain::access::{User, UserSession, UserSessionCreate, UserUpdate},
    prelude::*,
};
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::{Value, json};
use std::time::Duration;

const OWN: &str = "/users/me/sessions";

async fn listed(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).await.ok().as_array().unwrap().clone()
}

async fn current(client: &Client) -> String {
    let sessions = listed(client, OWN).await;
    text(&sessions.iter().find(|session| session["current"] == true).unwrap()["id"]).to_owned()
}

/// All users but those whose name is Rex are out of reach.
struct RexAlone;

impl PermissionPolicy for RexAlone {
    fn decide(&self, _: &Actor, _: Action, entity: &'static EntityMeta) -> Decision {
        let all = entity.name != User::META.name;
        Decision::Allow(if all { Scope::all() } else { Scope::rows(User::NAME.eq("Rex")) })
    }

    fn permits(&self, _: &Actor, _: &str) -> std::result::Result<(), Denial> {
        Ok(())
    }
}

on_each_engine! {
    async fn ones_own_are_listed_the_newest_first(engine) {
        let clock = TestClock::default();
        let app = TestApp::start(engine, || App::new().clock(clock.clone())).await;
        let user = app.new_user(&[]).await;
        app.admin().await;
        tokens(&app, &user).await;
        let form = format!("username={}&password={}", user.email.replace('@', "%40"), user.password).into_bytes();
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("user-agent", "A browser/1.0")];
        let nobody = app.anonymous().from_address("192.0.2.7".parse().unwrap());
        let second = nobody.send(Method::POST, "/login/access-token", &headers, form).await.ok();
        let sessions = listed(&with(&app, &second), OWN).await;
        assert_eq!(sessions.len(), 2, "{sessions:?}");
        let (newest, oldest) = (&sessions[0], &sessions[1]);
        assert_eq!((&newest["current"], &newest["address"], &newest["client"]), (&json!(true), &json!("192.0.2.7"), &json!("A browser/1.0")));
        assert_eq!((&oldest["current"], &oldest["address"], &oldest["client"]), (&json!(false), &Value::Null, &Value::Null));
        assert!(text(&newest["started_at"]) > text(&oldest["started_at"]));
        let names: Vec<_> = newest.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names.len(), 8, "{names:?}");
        for name in ["id", "started_at", "last_used_at", "expires_at", "address", "client", "impersonator_id", "current"] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        with(&app, &second).get(&format!("{OWN}?limit=1")).await.refused(400, "invalid_query");
        clock.minutes(7 * 24 * 60);
        let third = tokens(&app, &user).await;
        assert_eq!(listed(&with(&app, &third), OWN).await.len(), 1, "those whose time is over are not listed");
    }

    async fn signing_out_ends_this_one(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let (one, two) = (tokens(&app, &user).await, tokens(&app, &user).await);
        with(&app, &one).post("/login/logout", &json!({})).await.ok();
        with(&app, &one).get("/users/me").await.refused(401, "invalid_token");
        with(&app, &one).post("/login/logout", &json!({})).await.refused(401, "invalid_token");
        app.anonymous().post("/login/refresh-token", &refresh_of(&one)).await.refused(401, "invalid_token");
        with(&app, &two).get("/users/me").await.ok();
        app.anonymous().post("/login/logout", &json!({})).await.refused(401, "not_authenticated");
        let ends = trail::events(&app, "session_end").await;
        assert_eq!(ends.len(), 1);
        assert_eq!((ends[0].user_id, trail::detail(&ends[0], "reason").as_deref()), (Some(user.id), Some("signed_out")));
    }

    async fn one_of_ones_own_ends(engine) {
        let app = TestApp::start(engine, App::new).await;
        let (user, other) = (app.new_user(&[]).await, app.new_user(&[]).await);
        let (one, two, others) = (tokens(&app, &user).await, tokens(&app, &user).await, tokens(&app, &other).await);
        let (client, id) = (with(&app, &two), current(&with(&app, &one)).await);
        let ended = client.delete(&format!("{OWN}/{id}")).await.ok();
        assert_eq!((&ended["id"], &ended["current"]), (&json!(id), &json!(false)));
        with(&app, &one).get("/users/me").await.refused(401, "invalid_token");
        client.delete(&format!("{OWN}/{id}")).await.refused(404, "not_found");
        let anothers = current(&with(&app, &others)).await;
        client.delete(&format!("{OWN}/{anothers}")).await.refused(404, "not_found");
        client.delete(&format!("{OWN}/5")).await.refused(422, "invalid_path");
        with(&app, &others).get("/users/me").await.ok();
        client.delete(&format!("{OWN}/{}", current(&client).await)).await.ok();
        client.get("/users/me").await.refused(401, "invalid_token");
    }

    async fn signing_out_everywhere_ends_all(engine) {
        let app = TestApp::start(engine, App::new).await;
        let (user, other) = (app.new_user(&[]).await, app.new_user(&[]).await);
        let all = [tokens(&app, &user).await, tokens(&app, &user).await, tokens(&app, &user).await];
        let others = tokens(&app, &other).await;
        assert_eq!(with(&app, &all[1]).delete(OWN).await.ok(), json!({ "ended": 3 }));
        for one in &all {
            with(&app, one).get("/users/me").await.refused(401, "invalid_token");
            app.anonymous().post("/login/refresh-token", &refresh_of(one)).await.refused(401, "invalid_token");
        }
        with(&app, &others).get("/users/me").await.ok();
        assert_eq!(trail::events(&app, "session_end").await.len(), 3);
        with(&app, &tokens(&app, &user).await).get("/users/me").await.ok();
    }

    async fn administrators_see_and_end_those_of_others(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let reader = app.with_permissions(&["session_read"]).await;
        let ender = app.with_permissions(&["session_delete"]).await;
        let (one, two) = (tokens(&app, &user).await, tokens(&app, &user).await);
        let path = format!("/users/{}/sessions", user.id);
        let sessions = listed(&reader, &path).await;
        assert_eq!((sessions.len(), &sessions[0]["current"], &sessions[1]["current"]), (2, &json!(false), &json!(false)));
        let id = current(&with(&app, &one)).await;
        reader.delete(&path).await.refused(403, "forbidden");
        reader.delete(&format!("{path}/{id}")).await.refused(403, "forbidden");
        ender.get(&path).await.refused(403, "forbidden");
        ender.get(OWN).await.ok();
        ender.delete(&format!("/users/1/sessions/{id}")).await.refused(404, "not_found");
        assert_eq!(ender.delete(&format!("{path}/{id}")).await.ok()["id"], json!(id));
        ender.delete(&format!("{path}/{id}")).await.refused(404, "not_found");
        with(&app, &one).get("/users/me").await.refused(401, "invalid_token");
        with(&app, &two).get("/users/me").await.ok();
        tokens(&app, &user).await;
        assert_eq!(ender.delete(&path).await.ok(), json!({ "ended": 2 }));
        with(&app, &two).get("/users/me").await.refused(401, "invalid_token");
        assert!(listed(&reader, &path).await.is_empty());
        for path in ["/users/99999/sessions", "/users/99999/sessions/01890a5d-ac96-774b-bcce-b302099a8057"] {
            ender.delete(path).await.refused(404, "not_found");
        }
        reader.get("/users/99999/sessions").await.refused(404, "not_found");
        reader.get("/users/x/sessions").await.refused(422, "invalid_path");
        with(&app, &tokens(&app, &user).await).get(&path).await.refused(403, "forbidden");
    }

    async fn a_user_who_is_made_inactive_is_signed_out(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let one = tokens(&app, &user).await;
        let users = &app.service().services.users;
        users.set_active(&app.system(), &user.email, false).await.unwrap();
        with(&app, &one).get("/users/me").await.refused(401, "invalid_token");
        users.set_active(&app.system(), &user.email, true).await.unwrap();
        with(&app, &one).get("/users/me").await.refused(401, "invalid_token");
        app.anonymous().post("/login/refresh-token", &refresh_of(&one)).await.refused(401, "invalid_token");
        with(&app, &tokens(&app, &user).await).get("/users/me").await.ok();
    }

    async fn those_of_users_out_of_reach_are_as_if_there_was_nobody(engine) {
        let app = TestApp::start(engine, || App::new().policy(RexAlone)).await;
        let user = app.new_user(&[]).await;
        let one = tokens(&app, &user).await;
        let reader = app.with_permissions(&["session_read", "session_delete"]).await;
        for id in [user.id, 99999] {
            let path = format!("/users/{id}/sessions");
            reader.get(&path).await.refused(404, "not_found");
            reader.delete(&path).await.refused(404, "not_found");
        }
        with(&app, &one).get("/users/me").await.ok();
        let rename = UserUpdate { name: Some("Rex".to_owned()), ..UserUpdate::default() };
        app.service().services.data.single().repository::<User>().update(&app.system(), user.id, None, &rename).await.unwrap();
        let path = format!("/users/{}/sessions", user.id);
        assert_eq!(listed(&reader, &path).await.len(), 1);
        assert_eq!(reader.delete(&path).await.ok(), json!({ "ended": 1 }));
    }

    async fn beyond_a_hundred_the_oldest_ends(engine) {
        let clock = TestClock::default();
        let app = TestApp::start(engine, || App::new().clock(clock.clone())).await;
        let user = app.new_user(&[]).await;
        let first = tokens(&app, &user).await;
        let second = tokens(&app, &user).await;
        for _ in 2..100 {
            tokens(&app, &user).await;
        }
        with(&app, &first).get("/users/me").await.ok();
        let last = tokens(&app, &user).await;
        with(&app, &first).get("/users/me").await.refused(401, "invalid_token");
        app.anonymous().post("/login/refresh-token", &refresh_of(&first)).await.refused(401, "invalid_token");
        with(&app, &second).get("/users/me").await.ok();
        assert_eq!(listed(&with(&app, &last), OWN).await.len(), 100);
        let ends = trail::events(&app, "session_end").await;
        assert_eq!((ends.len(), trail::detail(&ends[0], "reason").as_deref()), (1, Some("too_many")));
    }

    async fn so_many_places_are_taken_from_one_and_no_more(engine) {
        let clock = TestClock::default();
        let app = TestApp::start(engine, || App::new().clock(clock.clone())).await;
        let (user, other) = (app.new_user(&["impersonification"]).await, app.new_user(&[]).await);
        let (one, others) = (tokens(&app, &user).await, tokens(&app, &other).await);
        let mut taken = Vec::new();
        for _ in 0..11 {
            let path = format!("/login/impersonate?user_id={}", other.id);
            taken.push(with(&app, &one).post(&path, &json!({})).await.ok());
        }
        with(&app, &taken[0]).get("/users/me").await.refused(401, "invalid_token");
        for going_on in [&taken[1], &taken[10], &one, &others] {
            with(&app, going_on).get("/users/me").await.ok();
        }
        assert_eq!(with(&app, &one).delete(OWN).await.ok(), json!({ "ended": 1 }));
        with(&app, &taken[10]).get("/users/me").await.refused(401, "invalid_token");
        with(&app, &others).get("/users/me").await.ok();
        assert_eq!(trail::events(&app, "session_end").await.len(), 12);
    }

    async fn a_great_many_end_at_once(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let client = app.as_user(&user).await;
        let system = app.system();
        let mut work = app.service().services.data.begin().await.unwrap();
        for _ in 0..1005 {
            let session = UserSessionCreate {
                user_id: user.id,
                impersonator_id: None,
                parent_id: None,
                started_at: system.now,
                last_used_at: system.now,
                expires_at: system.now + Duration::from_hours(1),
                refresh_id: String::new(),
                former_refresh_id: String::new(),
                rotated_at: None,
                address: None,
                network: None,
                client: None,
                ended_at: None,
                end_reason: None,
            };
            work.repository::<UserSession>().create(&system, &session).await.unwrap();
        }
        work.commit().await.unwrap();
        assert_eq!(listed(&client, OWN).await.len(), 1000);
        assert_eq!(client.delete(OWN).await.ok(), json!({ "ended": 1006 }));
        client.get("/users/me").await.refused(401, "invalid_token");
    }
}
