//! Who is asking comes first, then whether they may, then what they ask.

use crate::people::{ada, ada_and_three_customers};
use http::Method;
use kwik::{
    credentials::jwt::JwtSigner,
    domain::{Claims, Purpose, Secret, TokenSigner},
};
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use serde_json::json;
use std::time::Duration;

/// Every operation on customers.
const OPERATIONS: [(Method, &str); 7] = [
    (Method::GET, "/customers/"),
    (Method::POST, "/customers/"),
    (Method::GET, "/customers/1"),
    (Method::PUT, "/customers/1"),
    (Method::PATCH, "/customers/1"),
    (Method::DELETE, "/customers/1"),
    (Method::GET, "/customers/1/history"),
];

#[track_caller]
fn refused_as_garbled(answer: &TestResponse, what: &str) {
    assert_eq!(answer.problem(401), json!({ "code": "invalid_token", "detail": "Invalid token" }), "{what}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""), "{what}");
}

fn signer(app: &TestApp) -> JwtSigner {
    JwtSigner::new(&app.settings().secret_key, &[]).unwrap()
}

/// What somebody's token says.
fn claims(app: &TestApp, client: &Client) -> Claims {
    let now = app.service().services.data.clock().now();
    signer(app).verify(client.token().unwrap(), Purpose::Access, now).unwrap()
}

fn signed(app: &TestApp, claims: &Claims) -> String {
    signer(app).sign(claims).unwrap()
}

fn uuid_of_nobody() -> std::sync::Arc<str> {
    "01890a5d-ac96-774b-bcce-b302099a8057".into()
}

on_each_engine! {
    async fn nobody_is_asked_to_sign_in(engine) {
        let (app, _ada) = ada(engine).await;
        for (method, path) in OPERATIONS {
            let answer = app.anonymous().raw(method, path, "{}").await;
            assert_eq!(answer.problem(401), json!({ "code": "not_authenticated", "detail": "Not authenticated" }));
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }

    async fn another_scheme_is_no_token(engine) {
        let (app, ada) = ada(engine).await;
        let token = ada.token().unwrap();
        for header in ["Basic YWRhOmFkYQ==", "Bearer", "Token x", token, ""] {
            let answer = app.anonymous().send(Method::GET, "/customers/", &[("authorization", header)], vec![]).await;
            answer.refused(401, "not_authenticated");
        }
        for scheme in ["bearer", "BEARER", "Bearer "] {
            let header = format!("{scheme} {token}");
            app.anonymous().send(Method::GET, "/customers/", &[("authorization", &header)], vec![]).await.ok();
        }
        let twice = [("authorization", "Bearer x"), ("authorization", &format!("Bearer {token}"))];
        refused_as_garbled(&app.anonymous().send(Method::GET, "/customers/", &twice, vec![]).await, "two tokens");
    }

    async fn a_token_that_is_not_ours_opens_nothing(engine) {
        let (app, ada) = ada(engine).await;
        let good = ada.token().unwrap().to_owned();
        let other_key = JwtSigner::new(&Secret::new("another key, which is as long as ours"), &[]).unwrap();
        let (head, rest) = good.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let turned: String = signature.chars().rev().collect();
        for (what, token) in [
            ("garbled", "garbage".to_owned()),
            ("no token at all", "a.b.c".to_owned()),
            ("cut", good[..good.len() - 2].to_owned()),
            ("unsigned", format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.")),
            ("another signature", format!("{head}.{body}.{turned}")),
            ("another body", format!("{head}.{}.{signature}", body.replacen('a', "b", 1))),
            ("another key", other_key.sign(&claims(&app, &ada)).unwrap()),
            ("very long", "x".repeat(8000)),
        ] {
            refused_as_garbled(&ada.with_token(token).get("/customers/").await, what);
        }
        ada.with_token(signed(&app, &claims(&app, &ada))).get("/customers/").await.ok();
    }

    async fn a_token_whose_time_or_user_is_not_there_opens_nothing(engine) {
        let (app, ada) = ada(engine).await;
        let now = claims(&app, &ada);
        let hour = Duration::from_secs(3600);
        for (what, claims) in [
            ("expired", Claims { issued_at: now.issued_at - 2 * hour, expires_at: now.issued_at - hour, ..now.clone() }),
            ("of the future", Claims { issued_at: now.issued_at + hour, expires_at: now.issued_at + 2 * hour, ..now.clone() }),
            ("of nobody", Claims { user_id: 99_999, ..now.clone() }),
            ("of an impersonator, who did not begin it", Claims { impersonator: Some(1), ..now.clone() }),
            ("of another session", Claims { session: uuid_of_nobody(), ..now.clone() }),
            ("of no session", Claims { session: "s".into(), ..now.clone() }),
            ("for refreshing", Claims { purpose: Purpose::Refresh, ..now }),
        ] {
            refused_as_garbled(&ada.with_token(signed(&app, &claims)).get("/customers/").await, what);
        }
    }

    async fn who_may_not_is_told_which_permission_is_missing(engine) {
        let (app, _ada) = ada(engine).await;
        let nora = app.with_permissions(&[]).await;
        for ((method, path), verb) in OPERATIONS.into_iter().zip(["read", "create", "read", "update", "update", "delete", "read"]) {
            assert_eq!(nora.raw(method, path, "{}").await.problem(403), json!({
                "code": "forbidden",
                "detail": format!("Not enough privileges: the permission customers_{verb} is needed"),
            }));
        }
    }

    async fn each_permission_opens_its_own_operations(engine) {
        let (app, _ada) = ada_and_three_customers(engine).await;
        for (verb, open) in [("read", &[0, 2, 6][..]), ("create", &[1]), ("update", &[3, 4]), ("delete", &[5])] {
            let client = app.with_permissions(&[&format!("customers_{verb}")]).await;
            for (n, (method, path)) in OPERATIONS.into_iter().enumerate() {
                let status = client.raw(method.clone(), path, "{}").await.status.as_u16();
                assert_eq!(status != 403, open.contains(&n), "customers_{verb}: {method} {path} is {status}");
            }
        }
    }

    async fn nothing_is_looked_at_before_the_caller_is_known_and_allowed(engine) {
        let (app, ada) = ada(engine).await;
        let nora = app.with_permissions(&[]).await;
        for (method, path, body) in [
            (Method::POST, "/customers/", "{ not json"),
            (Method::POST, "/customers/", "{}"),
            (Method::PUT, "/customers/not-a-key", "{ not json"),
            (Method::GET, "/customers/not-a-key", ""),
            (Method::GET, "/customers/99999", ""),
            (Method::GET, "/customers/?limit=-1", ""),
            (Method::DELETE, "/customers/1?x=y", ""),
        ] {
            app.anonymous().raw(method.clone(), path, body).await.refused(401, "not_authenticated");
            refused_as_garbled(&ada.with_token("garbage").raw(method.clone(), path, body).await, path);
            nora.raw(method, path, body).await.refused(403, "forbidden");
        }
    }

    async fn path_then_query_then_body(engine) {
        let (_app, ada) = ada(engine).await;
        ada.raw(Method::PUT, "/customers/x?y=z", "{ not json").await.refused(422, "invalid_path");
        ada.raw(Method::PUT, "/customers/1?y=z", "{ not json").await.refused(400, "invalid_query");
        ada.raw(Method::PUT, "/customers/1", "{ not json").await.refused(422, "malformed");
        ada.raw(Method::PUT, "/customers/1", "{}").await.refused(422, "invalid");
        ada.raw(Method::PUT, "/customers/1", r#"{"name":"A"}"#).await.refused(404, "not_found");
    }
}
