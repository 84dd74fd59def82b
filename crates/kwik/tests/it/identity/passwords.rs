//! Changing passwords.

use super::{refresh_of, tokens, trail, with};
use kwik::{
    App,
    domain::{Actor, Ctx, Error, Grants, HashError, PasswordHasher, Secret, Verdict, Via},
    identity::{PasswordChange, Roles},
    prelude::async_trait,
};
use kwik_testkit::{TestApp, TestUser, on_each_engine};
use serde_json::{Value, json};
use std::sync::Arc;

const NEW: &str = "an entirely new password";
const OWN: &str = "/users/me/password";

fn change(old: &str, new: &str) -> Value {
    json!({ "old_password": old, "new_password": new })
}

fn after(user: &TestUser, password: &str) -> TestUser {
    TestUser { password: password.to_owned(), ..user.clone() }
}

/// A hasher that takes so long that somebody is given a role meanwhile.
struct SlowHasher {
    hasher: Arc<dyn PasswordHasher>,
    roles: Roles,
    system: Ctx,
    role: i64,
    user: i64,
}

#[async_trait]
impl PasswordHasher for SlowHasher {
    async fn hash(&self, password: Secret) -> Result<String, HashError> {
        self.roles.give(&self.system, self.role, self.user).await.unwrap();
        self.hasher.hash(password).await
    }

    async fn verify(&self, password: Secret, hash: Option<Secret>) -> Result<Verdict, HashError> {
        self.hasher.verify(password, hash).await
    }
}

async fn refused_sign_in(app: &TestApp, user: &TestUser) {
    let form = [("username", user.email.as_str()), ("password", user.password.as_str())];
    app.anonymous().form("/login/access-token", &form).await.refused(401, "incorrect_credentials");
}

on_each_engine! {
    async fn ones_own_is_changed_by_the_old_one(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let (this, other) = (tokens(&app, &user).await, tokens(&app, &user).await);
        let client = with(&app, &this);
        for wrong in ["a wrong password", "", &"x".repeat(100_000)] {
            client.put(OWN, &change(wrong, NEW)).await.refused(401, "incorrect_credentials");
        }
        with(&app, &other).get("/users/me").await.ok();
        let answer = client.put(OWN, &change(&user.password, NEW)).await;
        assert_eq!((&answer.ok()["id"], &answer.ok()["email"]), (&json!(user.id), &json!(user.email)));
        assert!(!String::from_utf8_lossy(&answer.body).contains("password"));
        client.get("/users/me").await.ok();
        app.anonymous().post("/login/refresh-token", &refresh_of(&this)).await.ok();
        with(&app, &other).get("/users/me").await.refused(401, "invalid_token");
        app.anonymous().post("/login/refresh-token", &refresh_of(&other)).await.refused(401, "invalid_token");
        refused_sign_in(&app, &user).await;
        tokens(&app, &after(&user, NEW)).await;
        let changes = trail::events(&app, "password_changed").await;
        assert_eq!((changes.len(), changes[0].user_id, &*changes[0].entity_key), (1, Some(user.id), &*user.id.to_string()));
        let failures = trail::events(&app, "sign_in_failed").await;
        assert_eq!(trail::detail(&failures[0], "reason").as_deref(), Some("wrong old password"));
    }

    async fn the_rules_hold_for_new_ones(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let client = app.as_user(&user).await;
        for (new, code) in [
            ("", "length"), ("seven77", "length"), (&"x".repeat(129), "length"), ("password", "common"),
            ("Password1", "common"), ("QWERTYUIOP", "common"), ("12345678", "common"), (&user.password, "unchanged"),
        ] {
            let problem = client.put(OWN, &change(&user.password, new)).await.problem(422);
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/new_password"), &json!(code)), "{new}");
            assert!(new.len() < 9 || !problem.to_string().contains(new), "no echo: {problem}");
        }
        for (body, pointers) in [
            (json!({}), vec!["/old_password", "/new_password"]),
            (json!({ "old_password": "a", "new_password": 5 }), vec!["/new_password"]),
            (json!({ "old_password": "a", "new_password": "a\0b\0c\0d\0" }), vec!["/new_password"]),
            (json!({ "old_password": "a", "new_password": NEW, "is_active": true }), vec!["/is_active"]),
        ] {
            let problem = client.put(OWN, &body).await.problem(422);
            let found: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
            assert_eq!(found, pointers, "{body}");
        }
        tokens(&app, &user).await;
        for new in ["eight888", &"ü".repeat(128), "        ", "\u{1F600}".repeat(8).as_str()] {
            let old = TestUser { password: user.password.clone(), ..user.clone() };
            let client = app.as_user(&old).await;
            client.put(OWN, &change(&old.password, new)).await.ok();
            let client = app.as_user(&after(&user, new)).await;
            client.put(OWN, &change(new, &user.password)).await.ok();
        }
    }

    async fn wrong_old_ones_are_counted(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let client = app.as_user(&user).await;
        for _ in 0..10 {
            client.put(OWN, &change("a wrong password", NEW)).await.refused(401, "incorrect_credentials");
        }
        let answer = client.put(OWN, &change(&user.password, NEW)).await;
        answer.refused(429, "too_many_requests");
        assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
        tokens(&app, &user).await;
    }

    async fn anothers_is_changed_by_the_old_one_too(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let clerk = app.with_permissions(&["user_update"]).await;
        let session = tokens(&app, &user).await;
        let path = format!("/users/{}/password", user.id);
        clerk.put(&path, &change("a wrong password", NEW)).await.refused(401, "incorrect_credentials");
        clerk.put("/users/99999/password", &change("a", NEW)).await.refused(404, "not_found");
        clerk.put(&path, &change(&user.password, "short")).await.refused(422, "invalid");
        clerk.put("/users/x/password", &change("a", NEW)).await.refused(422, "invalid_path");
        app.as_user(&user).await.put(&path, &change(&user.password, NEW)).await.refused(403, "forbidden");
        assert_eq!(clerk.put(&path, &change(&user.password, NEW)).await.ok()["id"], user.id);
        with(&app, &session).get("/users/me").await.refused(401, "invalid_token");
        tokens(&app, &after(&user, NEW)).await;
    }

    async fn an_administrators_is_for_one_sign_in(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let helper = app.with_permissions(&["password_reset"]).await;
        let session = tokens(&app, &user).await;
        let path = format!("/users/{}/reset-password", user.id);
        assert_eq!(helper.put(&path, &json!({ "new_password": NEW })).await.ok()["id"], user.id);
        with(&app, &session).get("/users/me").await.refused(401, "invalid_token");
        refused_sign_in(&app, &user).await;
        let user = after(&user, NEW);
        let client = app.as_user(&user).await;
        client.get("/users/me").await.ok();
        client.post("/login/test-token", &json!({})).await.ok();
        client.put("/users/me", &json!({ "name": "Another" })).await.refused(403, "password_change_required");
        client.get("/users/me/permissions").await.refused(403, "password_change_required");
        client.get("/users/").await.refused(403, "password_change_required");
        let last = "the last one, which is one's own";
        client.put(OWN, &change(NEW, last)).await.ok();
        client.get("/users/me/permissions").await.ok();
        client.put("/users/me", &json!({ "name": "Another" })).await.ok();
        with(&app, &tokens(&app, &after(&user, last)).await).get("/users/me/permissions").await.ok();
    }

    async fn administrators_reset_within_their_rights(engine) {
        let app = TestApp::start(engine, App::new).await;
        let helper_user = app.new_user(&["password_reset", "user_read"]).await;
        let helper = app.as_user(&helper_user).await;
        let body = json!({ "new_password": NEW });
        let stronger = app.new_user(&["role_create"]).await;
        let equal = app.new_user(&["user_read"]).await;
        let inactive = app.new_user(&[]).await;
        app.service().services.users.set_active(&app.system(), &inactive.email, false).await.unwrap();
        let path = |id: i64| format!("/users/{id}/reset-password");
        for id in [1, stronger.id] {
            helper.put(&path(id), &body).await.refused(403, "forbidden");
        }
        let problem = helper.put(&path(inactive.id), &body).await.problem(400);
        assert_eq!((&problem["code"], &problem["detail"]), (&json!("inactive_user"), &json!("Inactive user")));
        helper.put(&path(helper_user.id), &body).await.refused(400, "own_password");
        helper.put(&path(99_999), &body).await.refused(404, "not_found");
        helper.put(&path(equal.id), &json!({ "new_password": "short" })).await.refused(422, "invalid");
        app.as_user(&equal).await.put(&path(helper_user.id), &body).await.refused(403, "forbidden");
        helper.put(&path(equal.id), &body).await.ok();
        app.as_user(&stronger).await.get("/users/me").await.ok();
    }

    async fn rights_that_come_while_a_hash_is_made_count(engine) {
        let app = TestApp::start(engine, App::new).await;
        let (helper, user) = (app.new_user(&["password_reset"]).await, app.new_user(&[]).await);
        let services = &app.service().services;
        let role = services.users.create_role(&app.system(), "strong", &["role_create"]).await.unwrap();
        let mut ports = services.identity.ports.clone();
        let roles = services.identity.roles.clone();
        let hasher = ports.hasher.clone();
        ports.hasher = Arc::new(SlowHasher { hasher, roles, system: app.system(), role: role.id, user: user.id });
        let grants = Grants { permissions: ["password_reset".to_owned()].into(), ..Grants::default() };
        let actor = Actor::user(helper.id, Via::Session("one".into()), Arc::new(grants));
        let ctx = Ctx { actor: Arc::new(actor), ..app.system() };
        let reset = PasswordChange::new(ports).reset_by_administrator(&ctx, user.id, Secret::new(NEW.to_owned())).await;
        assert!(matches!(reset, Err(Error::Denied(_))), "{reset:?}");
        tokens(&app, &user).await;
    }

    async fn what_somebody_else_set_must_be_changed_whoever_changed_it_since(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let path = format!("/users/{}", user.id);
        app.admin().await.put(&format!("{path}/reset-password"), &json!({ "new_password": NEW })).await.ok();
        let (clerks, last) = ("one that the clerk knows", "one that the user knows");
        let clerk = app.with_permissions(&["user_update"]).await;
        clerk.put(&format!("{path}/password"), &change(NEW, clerks)).await.ok();
        let client = app.as_user(&after(&user, clerks)).await;
        client.get("/users/me/permissions").await.refused(403, "password_change_required");
        client.put(OWN, &change(clerks, last)).await.ok();
        client.get("/users/me/permissions").await.ok();
        // Of those who need not, nothing is asked.
        clerk.put(&format!("{path}/password"), &change(last, NEW)).await.ok();
        app.as_user(&after(&user, NEW)).await.get("/users/me/permissions").await.ok();
    }

    async fn nobody_elses_tries_are_ones_own(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let clerk = app.with_permissions(&["user_update"]).await;
        let path = format!("/users/{}/password", user.id);
        for _ in 0..10 {
            clerk.put(&path, &change("a wrong password", NEW)).await.refused(401, "incorrect_credentials");
        }
        clerk.put(&path, &change(&user.password, NEW)).await.refused(429, "too_many_requests");
        app.as_user(&user).await.put(OWN, &change(&user.password, NEW)).await.ok();
    }
}
