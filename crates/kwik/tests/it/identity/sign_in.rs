//! The sign-in form.

use super::{clock::TestClock, tokens, trail};
use http::Method;
use kwik::{
    Settings,
    adapters::system::SystemRandom,
    credentials::argon2::{Argon2Hasher, HashSettings},
    domain::{
        PasswordHasher, Secret,
        access::{User, UserSession, UserUpdate},
    },
    prelude::*,
};
use kwik_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, TestApp, TestResponse, on_each_engine};
use serde_json::{Value, json};
use std::sync::Arc;

const PATH: &str = "/login/access-token";

async fn sign_in(client: &Client, username: &str, password: &str) -> TestResponse {
    client.form(PATH, &[("username", username), ("password", password)]).await
}

async fn form(client: &Client, body: &str) -> TestResponse {
    client.send(Method::POST, PATH, &[("content-type", "application/x-www-form-urlencoded")], body.into()).await
}

fn errors(problem: &Value) -> Vec<(String, String)> {
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    problem["errors"].as_array().unwrap().iter().map(|e| (text(e, "pointer"), text(e, "code"))).collect()
}

on_each_engine! {
    async fn gives_a_token_that_opens(engine) {
        let app = TestApp::start(engine, App::new).await;
        let nobody = app.anonymous();
        let answer = sign_in(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let token = answer.ok();
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")));
        let names: Vec<_> = token.as_object().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 4, "{names:?}");
        assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("bearer"), &json!(900)));
        assert_eq!(token["refresh_token"].as_str().unwrap().split('.').count(), 3);
        assert_eq!(token["access_token"].as_str().unwrap().split('.').count(), 3);
        let again = sign_in(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await.ok();
        assert_ne!(again["access_token"], token["access_token"], "every sign-in is a session of its own");
    }

    async fn takes_the_fields_of_oauth2(engine) {
        let app = TestApp::start(engine, App::new).await;
        let nobody = app.anonymous();
        let fields = [
            ("grant_type", "password"), ("username", ADMIN_EMAIL), ("password", ADMIN_PASSWORD), ("scope", ""),
            ("client_id", "x"), ("client_secret", "y"),
        ];
        nobody.form(PATH, &fields).await.ok();
        let other = [("grant_type", "client_credentials"), ("username", ADMIN_EMAIL), ("password", ADMIN_PASSWORD)];
        let problem = nobody.form(PATH, &other).await.problem(422);
        assert_eq!(problem["errors"], json!([{ "pointer": "/grant_type", "code": "format", "detail": "must be password" }]));
        let body = format!("username={}&password={ADMIN_PASSWORD}", ADMIN_EMAIL.replace('@', "%40").to_uppercase());
        form(&nobody, &body).await.ok();
    }

    async fn says_the_same_of_wrong_unknown_and_inactive(engine) {
        let app = TestApp::start(engine, App::new).await;
        let nobody = app.anonymous();
        let inactive = app.new_user(&[]).await;
        app.service().services.users.set_active(&app.system(), &inactive.email, false).await.unwrap();
        let expected = json!({ "code": "incorrect_credentials", "detail": "Incorrect credentials" });
        for (username, password) in [
            (ADMIN_EMAIL, "wrong"),
            (ADMIN_EMAIL, &ADMIN_PASSWORD.to_uppercase()),
            (ADMIN_EMAIL, &format!("{ADMIN_PASSWORD} ")),
            (ADMIN_EMAIL, &"x".repeat(100_000)),
            ("nobody@example.com", ADMIN_PASSWORD),
            ("not an address", ADMIN_PASSWORD),
            ("' OR 1=1 --", ADMIN_PASSWORD),
            ("a\0b", ADMIN_PASSWORD),
            (ADMIN_EMAIL, "a\0b"),
            (&"x".repeat(100_000), ADMIN_PASSWORD),
            (&inactive.email, &inactive.password),
        ] {
            let answer = sign_in(&nobody, username, password).await;
            assert_eq!(answer.problem(401), expected, "{}", username.chars().take(40).collect::<String>());
            assert_eq!(answer.header("www-authenticate"), None, "no token was asked for");
        }
    }

    async fn needs_both_fields_once(engine) {
        let app = TestApp::start(engine, App::new).await;
        let nobody = app.anonymous();
        let required = |name: &str| (format!("/{name}"), "required".to_owned());
        for (body, expected) in [
            ("", vec![required("username"), required("password")]),
            ("username=a", vec![required("password")]),
            ("password=a", vec![required("username")]),
            ("username=&password=", vec![required("username"), required("password")]),
            ("Username=a&password=b", vec![required("username")]),
            ("username=a&username=b&password=c", vec![("/username".to_owned(), "duplicate".to_owned())]),
            ("username=a&password=b&password=b", vec![("/password".to_owned(), "duplicate".to_owned())]),
        ] {
            assert_eq!(errors(&form(&nobody, body).await.problem(422)), expected, "{body}");
        }
        form(&nobody, "username=%FF%00&password=%E2%82").await.refused(401, "incorrect_credentials");
        form(&nobody, &format!("x={}", "y".repeat(3_000_000))).await.refused(413, "body_too_large");
    }

    async fn is_a_form_and_nothing_else(engine) {
        let app = TestApp::start(engine, App::new).await;
        let nobody = app.anonymous();
        let body = json!({ "username": ADMIN_EMAIL, "password": ADMIN_PASSWORD });
        nobody.post(PATH, &body).await.refused(422, "content_type");
        nobody.send(Method::POST, PATH, &[], b"username=a&password=b".to_vec()).await.refused(422, "content_type");
    }

    async fn is_taken_in_parts_too(engine) {
        let app = TestApp::start(engine, App::new).await;
        let nobody = app.anonymous();
        let part = |name: &str, value: &str| format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let send = async |body: String, content_type: &str| {
            nobody.send(Method::POST, PATH, &[("content-type", content_type)], body.into_bytes()).await
        };
        let boundary = "multipart/form-data; boundary=edge";
        let (username, password) = (part("username", ADMIN_EMAIL), part("password", ADMIN_PASSWORD));
        let whole = format!("{username}{password}--edge--\r\n");
        let token = send(whole.clone(), boundary).await.ok();
        assert_eq!(token["token_type"], "bearer");
        let wrong = part("password", "wrong");
        send(format!("{username}{wrong}--edge--\r\n"), boundary).await.refused(401, "incorrect_credentials");
        let empty = part("password", "");
        assert_eq!(errors(&send(format!("{username}{empty}--edge--\r\n"), boundary).await.problem(422)), [("/password".to_owned(), "required".to_owned())]);
        send(format!("{username}{password}{password}--edge--\r\n"), boundary).await.refused(422, "invalid");
        send(whole, "multipart/form-data").await.refused(422, "content_type");
        send(username, boundary).await.refused(422, "incomplete");
    }

    async fn stands_in_the_trail(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let nobody = app.anonymous().from_address("192.0.2.7".parse().unwrap());
        sign_in(&nobody, &user.email.to_uppercase(), "wrong").await.refused(401, "incorrect_credentials");
        sign_in(&nobody, "my secret password", "x").await.refused(401, "incorrect_credentials");
        app.service().services.users.set_active(&app.system(), &user.email, false).await.unwrap();
        sign_in(&nobody, &user.email, &user.password).await.refused(401, "incorrect_credentials");
        app.service().services.users.set_active(&app.system(), &user.email, true).await.unwrap();
        sign_in(&nobody, &user.email, &user.password).await.ok();
        let failures = trail::events(&app, "sign_in_failed").await;
        let found: Vec<_> = failures
            .iter()
            .map(|e| (e.entity_key.clone(), trail::detail(e, "reason").unwrap(), trail::detail(e, "login")))
            .collect();
        let (key, login) = (user.id.to_string(), Some(user.email.clone()));
        assert_eq!(found, [
            (key.clone(), "wrong password".to_owned(), login.clone()),
            (String::new(), "unknown".to_owned(), None),
            (key.clone(), "inactive".to_owned(), login),
        ]);
        assert!(failures.iter().all(|e| e.address.as_deref() == Some("192.0.2.7") && e.user_id.is_none()));
        let successes = trail::events(&app, "sign_in").await;
        assert_eq!((successes.len(), successes[0].user_id, &successes[0].entity_key), (1, Some(user.id), &key));
        assert!(successes[0].via.starts_with("session:"), "{}", successes[0].via);
    }

    async fn a_hash_that_is_not_of_today_is_made_anew(engine) {
        let stronger = |settings: &mut Settings| settings.hash.memory_kib = 128;
        let app = TestApp::start_with(engine, App::new, stronger).await;
        let user = app.new_user(&[]).await;
        let weaker = HashSettings { memory_kib: 64, ..app.settings().hash };
        let hasher = Argon2Hasher::new(weaker, Arc::new(SystemRandom)).unwrap();
        let old = hasher.hash(Secret::new(user.password.clone())).await.unwrap();
        let mut single = app.service().services.data.single();
        let update = UserUpdate { hashed_password: Some(old.clone()), ..UserUpdate::default() };
        single.repository::<User>().update(&app.system(), user.id, None, &update).await.unwrap();
        sign_in(&app.anonymous(), &user.email, "wrong").await.refused(401, "incorrect_credentials");
        let stored = async || {
            let row = app.service().services.data.single().repository::<User>().get(&app.system(), user.id).await;
            row.unwrap().hashed_password.clone()
        };
        assert_eq!(stored().await, old, "only who knows the password has it hashed anew");
        tokens(&app, &user).await;
        let new = stored().await;
        assert!(new.contains("m=128") && new != old, "{new}");
        tokens(&app, &user).await;
        assert_eq!(stored().await, new);
        let records = single.repository::<User>().history(&app.system(), user.id, Page::default()).await.unwrap();
        assert_eq!((records[0].user_id, records.len()), (Some(user.id), 3), "it is on the trail, on the user's account");
        assert!(!records[0].after.as_deref().unwrap().contains("argon2"), "and does not show");
    }

    async fn what_is_long_over_is_forgotten(engine) {
        let clock = TestClock::default();
        let app = TestApp::start(engine, || App::new().clock(clock.clone())).await;
        let user = app.new_user(&[]).await;
        tokens(&app, &user).await;
        let sessions = async || {
            let mut single = app.service().services.data.single();
            single.repository::<UserSession>().count(&app.system(), &Filter::All).await.unwrap()
        };
        clock.minutes(38 * 24 * 60);
        tokens(&app, &user).await;
        // It is done in the background, soon.
        for _ in 0..1000 {
            if sessions().await == 1 {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("{} sessions are still there", sessions().await);
    }
}
