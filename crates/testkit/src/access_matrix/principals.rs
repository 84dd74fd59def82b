//! The principals that every app has.

use super::{FORMER_KEY, table::ONLY};
use crate::{Client, TestApp, TestUser};
use http::Method;
use kwik::{
    credentials::jwt::JwtSigner,
    domain::{Claims, Purpose, Secret, TokenSigner},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, pin::Pin};

/// Gives credentials.
pub(super) trait Present {
    fn client<'a>(&'a self, app: &'a TestApp) -> Pin<Box<dyn Future<Output = Client> + 'a>>;
}

impl<F: AsyncFn(&TestApp) -> Client> Present for F {
    fn client<'a>(&'a self, app: &'a TestApp) -> Pin<Box<dyn Future<Output = Client> + 'a>> {
        Box::pin(self(app))
    }
}

type Principals = Vec<(String, Box<dyn Present>)>;

/// The scope of keys, which every app has.
const SCOPE: &str = "user_read";
const TEMPORARY: &str = "a temporary password of the test";

pub(super) async fn standard(app: &TestApp) -> Principals {
    let mut out = bad_tokens(app).await;
    users(app, &mut out).await;
    keys(app, &mut out).await;
    for permission in permissions(app).await {
        let user = app.new_user(&[&permission]).await;
        add(&mut out, &format!("{ONLY}{permission}"), async move |app: &TestApp| app.as_user(&user).await);
    }
    out
}

fn add(out: &mut Principals, name: &str, present: impl AsyncFn(&TestApp) -> Client + 'static) {
    out.push((name.to_owned(), Box::new(present)));
}

async fn bad_tokens(app: &TestApp) -> Principals {
    let mut out = Principals::new();
    add(&mut out, "nobody", async |app: &TestApp| app.anonymous());
    add(&mut out, "garbage token", async |app: &TestApp| app.anonymous().with_token("garbage"));
    add(&mut out, "garbage key", async |app: &TestApp| app.anonymous().with_api_key("kwik_garbage"));
    add(&mut out, "expired token", async |app: &TestApp| {
        let key = app.settings().secret_key.clone();
        let hour = std::time::Duration::from_hours(1);
        let past = |claims: Claims| Claims {
            issued_at: claims.issued_at - hour,
            expires_at: claims.issued_at - hour / 2,
            ..claims
        };
        resigned(app, &key, past).await
    });
    add(&mut out, "foreign signing key", async |app: &TestApp| {
        resigned(app, &Secret::new("a key of somebody else, who guesses"), |claims| claims).await
    });
    add(&mut out, "refresh token", async |app: &TestApp| {
        let key = app.settings().secret_key.clone();
        resigned(app, &key, |claims| Claims { purpose: Purpose::Refresh, ..claims }).await
    });
    let inactive = app.new_user(&[SCOPE]).await;
    let client = app.as_user(&inactive).await;
    app.admin().await.put(&format!("/users/{}", inactive.id), &json!({ "is_active": false })).await.ok();
    add(&mut out, "inactive user", async move |_: &TestApp| client.clone());
    let signed_out = app.as_user(&app.new_user(&[SCOPE]).await).await;
    signed_out.send(Method::POST, "/login/logout", &[], Vec::new()).await.ok();
    add(&mut out, "ended session", async move |_: &TestApp| signed_out.clone());
    out
}

async fn users(app: &TestApp, out: &mut Principals) {
    let plain = app.new_user(&[]).await;
    let user = plain.clone();
    add(out, "plain user", async move |app: &TestApp| app.as_user(&user).await);
    add(out, "administrator", async |app: &TestApp| app.admin().await);
    add(out, "former signing key", async |app: &TestApp| {
        resigned(app, &Secret::new(FORMER_KEY), |claims| claims).await
    });
    add(out, "administrator as a plain user", async move |app: &TestApp| {
        let path = format!("/login/impersonate?user_id={}", plain.id);
        let answer = app.admin().await.send(Method::POST, &path, &[], Vec::new()).await.ok();
        app.anonymous().with_token(text(&answer, "access_token"))
    });
    let renewed = app.new_user(&[SCOPE]).await;
    let path = format!("/users/{}/reset-password", renewed.id);
    app.admin().await.put(&path, &json!({ "new_password": TEMPORARY })).await.ok();
    let renewed = TestUser { password: TEMPORARY.to_owned(), ..renewed };
    add(out, "must change the password", async move |app: &TestApp| app.as_user(&renewed).await);
}

async fn keys(app: &TestApp, out: &mut Principals) {
    let owner = app.new_user(&[SCOPE, "role_read"]).await;
    let client = app.as_user(&owner).await;
    let (good, expired, revoked) = (key(&client).await, key(&client).await, key(&client).await);
    client.put(&expired.path, &json!({ "expires_at": "2020-01-01T00:00:00Z" })).await.ok();
    client.delete(&revoked.path).await.ok();
    let text = good.text.clone();
    let of_user_read = format!("key of {SCOPE}");
    add(out, &of_user_read, async move |app: &TestApp| app.anonymous().with_api_key(&*text));
    for (name, key) in [("expired key", expired.text), ("revoked key", revoked.text)] {
        add(out, name, async move |app: &TestApp| app.anonymous().with_api_key(&*key));
    }
    let text = good.text.clone();
    let of_both = format!("token and {of_user_read}");
    add(out, &of_both, async move |app: &TestApp| app.as_user(&owner).await.with_api_key(&*text));
    let text = good.text;
    add(out, "token of another with a key", async move |app: &TestApp| app.admin().await.with_api_key(&*text));
}

struct Key {
    path: String,
    text: String,
}

async fn key(owner: &Client) -> Key {
    let made = owner.post("/api-keys/", &json!({ "name": "of the test", "scopes": [SCOPE] })).await.ok();
    Key { path: format!("/api-keys/{}", made["id"]), text: text(&made, "key") }
}

/// The administrator's token with other claims or of another key.
async fn resigned(app: &TestApp, key: &Secret, change: impl Fn(Claims) -> Claims) -> Client {
    let client = app.admin().await;
    let signer = |key: &Secret| JwtSigner::new(key, &[]).ok();
    let now = app.service().services.data.clock().now();
    let own = signer(&app.settings().secret_key);
    let claims = own.zip(client.token()).and_then(|(own, token)| own.verify(token, Purpose::Access, now).ok());
    let token = claims.map(change).and_then(|claims| signer(key)?.sign(&claims).ok());
    #[expect(clippy::expect_used, reason = "a test without its principals fails")]
    client.with_token(token.expect("a token of other claims"))
}

/// All that there are.
async fn permissions(app: &TestApp) -> BTreeSet<String> {
    let page = app.admin().await.get("/permissions/?limit=1000").await.ok();
    page["data"].as_array().into_iter().flatten().map(|permission| text(permission, "name")).collect()
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_default().to_owned()
}
