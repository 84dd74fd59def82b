//! Signing in: an email and a password for an access token, one at a time per permit.

use poem::{
    RouteMethod, handler, post,
    web::{Data, Form, Json},
};
use serde::{Deserialize, Serialize};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{app::App, password, problem::Problem, token};

/// How many passwords are hashed at once; each takes 19 MiB and a core.
static PERMITS: Semaphore = Semaphore::const_new(2);

/// The form of RFC 6749, section 4.3.2.
#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

/// The answer of RFC 6749, section 5.1.
#[derive(Serialize)]
struct Token {
    access_token: String,
    token_type: &'static str,
}

/// `POST /api/v1/login/access-token`.
pub fn route() -> RouteMethod {
    post(access_token)
}

#[handler]
async fn access_token(Data(app): Data<&App>, Form(credentials): Form<Credentials>) -> poem::Result<Json<Token>> {
    let user: Option<(i64, String)> =
        sqlx::query_as("SELECT id, hashed_password FROM users WHERE email = $1 AND is_active")
            .bind(&credentials.username)
            .fetch_optional(&app.pool)
            .await
            .map_err(Problem::from)?;
    let (user_id, hashed) = user.unwrap_or_default();
    let permit = PERMITS.acquire().await;
    // The permit moves along, so that a client that leaves does not free it before the work is done.
    let right = spawn_blocking(move || {
        let _permit = permit;
        password::matches(&credentials.password, &hashed)
    });
    if !right.await.unwrap_or(false) {
        return Err(wrong_credentials().into());
    }
    Ok(Json(Token { access_token: app.tokens.sign(user_id, token::now()), token_type: "bearer" }))
}

fn wrong_credentials() -> Problem {
    Problem::new(poem::http::StatusCode::UNAUTHORIZED, "incorrect_credentials", "incorrect email or password")
}
