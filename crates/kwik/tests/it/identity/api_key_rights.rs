//! What a key may do, and when it may do nothing any more.

use super::{
    api_keys::{by_key, new_key},
    text,
    trail::{detail, events},
};
use http::Method;
use kwik::App;
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// All of an answer but the request's id.
fn timeless(answer: &TestResponse) -> (u16, Vec<(String, String)>, Value) {
    let mut problem = answer.refused(401, "invalid_token");
    problem["request_id"] = Value::Null;
    let kept = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let mut headers: Vec<_> =
        kept.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    (answer.status.as_u16(), headers, problem)
}

async fn impersonate(somebody: &Client, user_id: i64) -> TestResponse {
    somebody.send(Method::POST, &format!("/login/impersonate?user_id={user_id}"), &[], Vec::new()).await
}

fn set_active(is_active: bool) -> Value {
    json!({ "is_active": is_active })
}

on_each_engine! {
    async fn every_bad_key_gets_the_same_answer(engine) {
        let app = TestApp::start(engine, App::new).await;
        let ada = app.with_permissions(&["user_read"]).await;
        let user = app.new_user(&["user_read"]).await;
        let owner = app.as_user(&user).await;
        let (good, revoked, expired, old) = (
            new_key(&owner, &["user_read"]).await, new_key(&owner, &["user_read"]).await,
            new_key(&owner, &["user_read"]).await, new_key(&owner, &["user_read"]).await,
        );
        owner.delete(&format!("/api-keys/{}", revoked["id"])).await.ok();
        owner.put(&format!("/api-keys/{}", expired["id"]), &json!({ "expires_at": "2020-01-01T00:00:00Z" })).await.ok();
        owner.send(Method::POST, &format!("/api-keys/{}/rotate", old["id"]), &[], Vec::new()).await.ok();
        let of_inactive = {
            let user = app.new_user(&["user_read"]).await;
            let key = new_key(&app.as_user(&user).await, &["user_read"]).await;
            app.admin().await.put(&format!("/users/{}", user.id), &set_active(false)).await.ok();
            key
        };
        let secret = text(&good["key"]);
        let mistyped = format!("{}{}", &secret[..52], if secret.ends_with('0') { '1' } else { '0' });
        // A checksum that is right, of a key that nobody has.
        let unknown = "kwik_00000000000000000000000000000000000000005802333d";
        let anybody = app.anonymous();
        let mut expected = None;
        for (what, key) in [
            ("empty", ""), ("short", "kwik_"), ("no key", "hello"), ("mistyped", &*mistyped), ("upper case", &secret.to_uppercase()),
            ("unknown", unknown), ("revoked", text(&revoked["key"])), ("expired", text(&expired["key"])),
            ("rotated", text(&old["key"])), ("of an inactive owner", text(&of_inactive["key"])),
        ] {
            let answers = [anybody.with_api_key(key).get("/users/").await, anybody.with_token(key).get("/users/").await];
            for answer in &answers {
                assert_eq!(&timeless(answer), expected.get_or_insert_with(|| timeless(answer)), "{what}");
            }
        }
        for (what, client) in [
            ("the token of another", ada.with_api_key(secret)),
            ("a bad token", anybody.with_token("garbage").with_api_key(secret)),
            ("two keys", anybody.with_token(secret).with_api_key(secret)),
        ] {
            assert_eq!(Some(timeless(&client.get("/users/").await)), expected, "{what}");
        }
        let twice = anybody.send(Method::GET, "/users/", &[("x-api-key", secret), ("x-api-key", secret)], Vec::new()).await;
        assert_eq!(Some(timeless(&twice)), expected, "twice");
        owner.with_api_key(secret).get("/users/").await.ok();
    }

    async fn beside_a_token_of_its_owner_the_keys_rights_count(engine) {
        let app = TestApp::start(engine, App::new).await;
        let ada = app.with_permissions(&["user_read", "role_read"]).await;
        let both = ada.with_api_key(text(&new_key(&ada, &["user_read"]).await["key"]));
        both.get("/users/").await.ok();
        both.get("/roles/").await.refused(403, "forbidden");
    }

    async fn scopes_are_rights_that_the_owner_holds(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&["user_read"]).await;
        let ada = app.as_user(&user).await;
        let body = json!({ "name": "x", "scopes": ["user_read", "role_update", "role_read"] });
        let problem = ada.post("/api-keys/", &body).await.refused(403, "forbidden");
        let detail = text(&problem["detail"]);
        assert!(detail.ends_with("you do not hold role_read, role_update"), "{detail}");
        assert_eq!(ada.get("/api-keys/").await.ok()["total"], 0);

        let key = new_key(&ada, &["user_read"]).await;
        let client = by_key(&app, &key);
        client.get("/users/").await.ok();
        // What its owner loses, the key loses at once, and has again when its owner has it again.
        let admin = app.admin().await;
        let roles = admin.get(&format!("/users/{}/roles", user.id)).await.ok();
        let role = roles.as_array().or(roles["data"].as_array()).unwrap()[0]["id"].clone();
        let role = format!("/roles/{role}");
        admin.put(&role, &set_active(false)).await.ok();
        client.get("/users/").await.refused(403, "forbidden");
        admin.put(&role, &set_active(true)).await.ok();
        client.get("/users/").await.ok();
        let account = format!("/users/{}", user.id);
        admin.put(&account, &set_active(false)).await.ok();
        client.get("/users/").await.refused(401, "invalid_token");
        admin.put(&account, &set_active(true)).await.ok();
        client.get("/users/").await.ok();
    }

    async fn a_key_does_not_do_what_takes_a_person(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let all = ["user_read", "user_update", "impersonification", "password_reset"];
        let owner = app.with_permissions(&all).await;
        let made = new_key(&owner, &all).await;
        let (key, id) = (by_key(&app, &made), &made["id"]);
        let new = json!({ "name": "x", "scopes": ["user_read"] });
        key.post("/api-keys/", &new).await.refused(403, "session_required");
        key.get("/api-keys/").await.refused(403, "session_required");
        key.get(&format!("/api-keys/{id}")).await.refused(403, "session_required");
        key.put(&format!("/api-keys/{id}"), &json!({ "expires_at": null })).await.refused(403, "session_required");
        key.send(Method::POST, &format!("/api-keys/{id}/rotate"), &[], Vec::new()).await.refused(403, "session_required");
        key.delete(&format!("/api-keys/{id}")).await.refused(403, "session_required");
        let passwords = json!({ "old_password": "user-of-the-test", "new_password": "an entirely new password" });
        key.put("/users/me/password", &passwords).await.refused(403, "session_required");
        impersonate(&key, user.id).await.refused(403, "session_required");
        // Neither does somebody in another's place.
        let admin = app.admin().await;
        let token = impersonate(&admin, user.id).await.ok();
        let acting = app.anonymous().with_token(text(&token["access_token"]));
        acting.post("/api-keys/", &new).await.refused(403, "impersonating");
        acting.get("/api-keys/").await.refused(403, "impersonating");
        acting.put("/users/me/password", &passwords).await.refused(403, "impersonating");
    }

    async fn a_temporary_password_stops_keys_until_it_is_changed(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&["user_read"]).await;
        let key = new_key(&app.as_user(&user).await, &["user_read"]).await;
        let reset = json!({ "new_password": "a temporary password" });
        app.admin().await.put(&format!("/users/{}/reset-password", user.id), &reset).await.ok();
        by_key(&app, &key).get("/users/").await.refused(401, "invalid_token");
        let renewed = kwik_testkit::TestUser { password: "a temporary password".into(), ..user };
        let new = json!({ "name": "x", "scopes": ["user_read"] });
        app.as_user(&renewed).await.post("/api-keys/", &new).await.refused(403, "password_change_required");
    }

    async fn a_use_from_a_new_address_is_on_the_trail_once(engine) {
        let app = TestApp::start(engine, App::new).await;
        let ada = app.with_permissions(&["user_read"]).await;
        let key = new_key(&ada, &["user_read"]).await;
        let from = |last| by_key(&app, &key).from_address(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
        by_key(&app, &key).get("/users/").await.ok();
        for last in [1, 1, 2, 1, 2] {
            from(last).get("/users/").await.ok();
        }
        let events = events(&app, "key_new_address").await;
        let addresses: Vec<_> = events.iter().map(|event| detail(event, "address").unwrap()).collect();
        assert_eq!(addresses, ["192.0.2.1", "192.0.2.2"]);
        assert_eq!(detail(&events[0], "suffix").as_deref(), key["suffix"].as_str());
        // Of IPv6, a network is one address.
        for address in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:3::1"] {
            by_key(&app, &key).from_address(address.parse().unwrap()).get("/users/").await.ok();
        }
        let networks: Vec<_> = super::trail::events(&app, "key_new_address").await.iter().skip(2)
            .map(|event| detail(event, "address").unwrap()).collect();
        assert_eq!(networks, ["2001:db8:1:2::/64", "2001:db8:1:3::/64"]);
        let shown = ada.get(&format!("/api-keys/{}", key["id"])).await.ok();
        assert_eq!(shown["last_used_address"], "2001:db8:1:3::/64");
        assert!(shown["last_used_at"].is_string() && shown["version"] == 1, "{shown}");
        assert_eq!(ada.get("/api-keys/").await.ok()["data"], json!([shown]));
    }
}
