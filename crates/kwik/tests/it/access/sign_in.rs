//! The sign-in form.

use http::Method;
use kwik::App;
use kwik_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, TestApp, TestResponse, on_each_engine};
use serde_json::{Value, json};

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
        assert_eq!(names.len(), 3, "{names:?}");
        assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("bearer"), &json!(28800)));
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
}
