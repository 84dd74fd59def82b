//! Who somebody is, and what they were given.

mod access_matrix;
mod administrators;
mod api_key_rights;
mod api_keys;
mod audit;
pub mod clock;
mod contract;
mod escalation;
mod impersonation;
mod mailbox;
mod mass_assignment;
mod me;
mod parallel;
mod passwords;
mod permissions;
mod refresh;
mod reset;
mod roles;
mod sessions;
mod sign_in;
mod throttling;
mod tokens;
mod trail;
mod users;

use kwik_testkit::{Client, TestApp, TestUser};
use serde_json::{Value, json};

/// Signs in and gives what came.
async fn tokens(app: &TestApp, user: &TestUser) -> Value {
    app.anonymous().form("/login/access-token", &[("username", &user.email), ("password", &user.password)]).await.ok()
}

/// Somebody with the access token of that.
fn with(app: &TestApp, tokens: &Value) -> Client {
    app.anonymous().with_token(text(&tokens["access_token"]))
}

/// The body with that refresh token.
fn refresh_of(tokens: &Value) -> Value {
    json!({ "refresh_token": tokens["refresh_token"] })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text but {value}"))
}
