//! Tokens that somebody else has made, or made for something else.

use super::{text, tokens, with};
use kwik::{
    App,
    credentials::jwt::JwtSigner,
    domain::{Claims, Clock, Purpose, Secret, TokenSigner},
};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};
use std::time::Duration;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url without padding (RFC 4648, section 5).
fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        out.extend((0..=chunk.len()).map(|n| DIGITS[(word >> (18 - 6 * n)) as usize & 63] as char));
    }
    out
}

fn decode(text: &str) -> Vec<u8> {
    let (mut out, mut word, mut bits) = (Vec::new(), 0u32, 0);
    for digit in text.bytes() {
        word = word << 6 | u32::try_from(DIGITS.iter().position(|d| *d == digit).unwrap()).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits & 255) as u8);
        }
    }
    out
}

fn parts(token: &str) -> [Vec<u8>; 3] {
    let parts: Vec<_> = token.split('.').map(decode).collect();
    parts.try_into().unwrap()
}

fn json_of(part: &[u8]) -> Value {
    serde_json::from_slice(part).unwrap()
}

on_each_engine! {
    async fn only_ours_open(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&["user_read"]).await;
        let good = tokens(&app, &user).await;
        let token = text(&good["access_token"]).to_owned();
        let [header, claims, signature] = parts(&token);
        let signed = |header: &Value, claims: &Value, signature: &[u8]| {
            format!("{}.{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()), encode(signature))
        };
        let (header_json, claims_json) = (json_of(&header), json_of(&claims));
        let mut forged = vec![
            String::new(), ".".into(), "..".into(), "a.b.c".into(), format!("{token}."), format!("{token}.{token}"),
            token[..token.len() - 1].to_owned(), token.replace('.', ","), format!("{token}="),
            format!("{}.{}.", encode(&header), encode(&claims)), "x".repeat(20_000),
        ];
        for algorithm in ["none", "None", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256", ""] {
            let mut other = header_json.clone();
            other["alg"] = json!(algorithm);
            forged.push(signed(&other, &claims_json, &signature));
            forged.push(signed(&other, &claims_json, b""));
        }
        for (name, value) in [("typ", json!("JWE")), ("kid", json!("another")), ("kid", json!("../../dev/null")), ("crit", json!(["b64"])), ("jku", json!("http://127.0.0.1/"))] {
            let mut other = header_json.clone();
            other[name] = value;
            forged.push(signed(&other, &claims_json, &signature));
        }
        for (name, value) in [
            ("sub", json!("1")), ("exp", json!(4_102_444_800u64)), ("iss", json!("another")), ("aud", json!("another")),
            ("purpose", json!("refresh")), ("kwik_impersonate", json!("1")), ("sid", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ] {
            let mut other = claims_json.clone();
            assert!(other.get(name).is_some(), "{name} is a claim of {other}");
            other[name] = value;
            forged.push(signed(&header_json, &other, &signature));
        }
        for token in &forged {
            for path in ["/users/me", "/users/"] {
                let answer = app.anonymous().with_token(token.clone()).get(path).await;
                answer.refused(401, "invalid_token");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""), "{token:.200}");
            }
        }
        for name in ["iss", "aud", "sub", "iat", "nbf", "exp", "jti", "sid", "purpose"] {
            assert!(claims_json.get(name).is_some(), "{name} is missing in {claims_json}");
        }
        assert!(header_json["kid"].is_string() && header_json["alg"] == "HS256", "{header_json}");
        with(&app, &good).get("/users/me").await.ok();
    }

    async fn signed_with_our_key_they_must_be_of_a_session_and_of_their_purpose(engine) {
        let app = TestApp::start(engine, App::new).await;
        let (user, other) = (app.new_user(&[]).await, app.new_user(&[]).await);
        let good = tokens(&app, &user).await;
        let claims = json_of(&parts(text(&good["access_token"]))[1]);
        let now = kwik::adapters::system::SystemClock.now();
        let claims = Claims {
            user_id: user.id,
            impersonator: None,
            session: text(&claims["sid"]).into(),
            id: "an identifier of its own".into(),
            purpose: Purpose::Access,
            issued_at: now,
            expires_at: now + Duration::from_mins(10),
        };
        let ours = JwtSigner::new(&app.settings().secret_key, &[]).unwrap();
        let theirs = JwtSigner::new(&Secret::new("another key for tests, which is no less long than ours"), &[]).unwrap();
        let get = async |token: String| app.anonymous().with_token(token).get("/users/me").await;
        get(ours.sign(&claims).unwrap()).await.ok();
        get(theirs.sign(&claims).unwrap()).await.refused(401, "invalid_token");
        let (hour, second) = (Duration::from_hours(1), Duration::from_secs(1));
        for wrong in [
            Claims { purpose: Purpose::Refresh, ..claims.clone() },
            Claims { user_id: other.id, ..claims.clone() },
            Claims { user_id: 99_999, ..claims.clone() },
            Claims { impersonator: Some(1), ..claims.clone() },
            Claims { session: "01890a5d-ac96-774b-bcce-b302099a8057".into(), ..claims.clone() },
            Claims { session: "no session".into(), ..claims.clone() },
            Claims { session: "".into(), ..claims.clone() },
            Claims { expires_at: now - second, issued_at: now - hour, ..claims.clone() },
            Claims { issued_at: now + hour, expires_at: now + 2 * hour, ..claims.clone() },
        ] {
            get(ours.sign(&wrong).unwrap()).await.refused(401, "invalid_token");
        }
        // Neither is a refresh token with another identifier than the session's good for anything.
        let refresh = ours.sign(&Claims { purpose: Purpose::Refresh, user_id: other.id, ..claims.clone() }).unwrap();
        let body = json!({ "refresh_token": refresh });
        app.anonymous().post("/login/refresh-token", &body).await.refused(401, "invalid_token");
        with(&app, &good).get("/users/me").await.ok();
    }

    async fn a_token_of_one_purpose_is_none_of_another(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let good = tokens(&app, &user).await;
        let (access, refresh) = (text(&good["access_token"]), text(&good["refresh_token"]));
        for path in ["/users/me", "/users/me/sessions"] {
            app.anonymous().with_token(refresh).get(path).await.refused(401, "invalid_token");
        }
        app.anonymous().with_token(refresh).post("/login/logout", &json!({})).await.refused(401, "invalid_token");
        app.anonymous().with_api_key(refresh).get("/users/me").await.refused(401, "invalid_token");
        app.anonymous().with_api_key(access).get("/users/me").await.refused(401, "invalid_token");
        let body = json!({ "refresh_token": access });
        app.anonymous().post("/login/refresh-token", &body).await.refused(401, "invalid_token");
        let body = json!({ "token": access, "password": "an entirely new password" });
        app.anonymous().post("/login/reset-password", &body).await.refused(400, "invalid_token");
        let body = json!({ "refresh_token": refresh });
        app.anonymous().post("/login/refresh-token", &body).await.ok();
    }
}
