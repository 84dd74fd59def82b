//! Signing in by form: `OAuth2`'s password flow (RFC 6749, section 4.3).

use crate::{Access, Operation, http::json_response, problem::Problem};
use kwik_app::SignIn;
use kwik_domain::{Error, FieldError, Issue, Malformed, Result, Secret};
use poem::{Endpoint, EndpointExt, Request, Response, http::Method};
use serde_json::{Value, json};
use std::sync::Arc;

/// Under what the document lists it.
pub(crate) const TAG: &str = "login";
/// What that is.
pub(crate) const TAG_DESCRIPTION: &str = "Signing in.";

/// `POST /login/access-token`.
pub fn login_operation(sign_in: Arc<SignIn>) -> Operation {
    Operation {
        method: Method::POST,
        path: "/login/access-token".to_owned(),
        access: Access::Public,
        document: description(),
        endpoint: Login(sign_in).boxed(),
    }
}

struct Login(Arc<SignIn>);

impl Endpoint for Login {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.answer(request).await.map_err(|error| Problem::from(error).into())
    }
}

impl Login {
    async fn answer(&self, mut request: Request) -> Result<Response> {
        const FORM: &str = "application/x-www-form-urlencoded";
        let essence = request.content_type().and_then(|t| t.split(';').next()).unwrap_or_default();
        if !essence.trim().eq_ignore_ascii_case(FORM) {
            return Err(Malformed::ContentType { expected: FORM }.into());
        }
        let body = request.take_body().into_vec().await.map_err(|_| Malformed::Incomplete)?;
        let (email, password) = credentials(&body)?;
        let token = self.0.run(&email, password).await?;
        let body = json!({
            "access_token": token.access_token.expose(),
            "token_type": "bearer",
            "expires_in": token.expires_in.as_secs(),
        });
        Ok(json_response(body.to_string()))
    }
}

fn credentials(body: &[u8]) -> Result<(String, Secret)> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let mut errors = Vec::new();
    let mut field = |name: &'static str| {
        let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(_), Some(_)) => {
                errors.push(FieldError::new(name, Issue::new("duplicate", "must be given only once")));
                None
            }
            (Some(value), None) if !value.is_empty() => Some(value.clone()),
            _ => None,
        }
    };
    let (username, password, grant) = (field("username"), field("password"), field("grant_type"));
    for (name, value) in [("username", &username), ("password", &password)] {
        if value.is_none() && !errors.iter().any(|e| e.field == name) {
            errors.push(FieldError::new(name, Issue::new("required", "is required")));
        }
    }
    if grant.is_some_and(|grant| grant != "password") {
        errors.push(FieldError::new("grant_type", Issue::new("format", "must be password")));
    }
    match (username, password) {
        (Some(username), Some(password)) if errors.is_empty() => Ok((username, Secret::new(password))),
        _ => Err(Error::Invalid(errors)),
    }
}

fn description() -> Value {
    json!({
        "tags": [TAG],
        "summary": "Sign in",
        "description": "OAuth2's password flow: the user's email as `username`.",
        "operationId": "signIn",
        "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": { "schema": form() } } },
        "responses": { "200": {
            "description": "The token, for the header `Authorization`.",
            "content": { "application/json": { "schema": token() } },
        } },
    })
}

fn form() -> Value {
    json!({
        "type": "object",
        "required": ["username", "password"],
        "properties": {
            "username": { "type": "string", "minLength": 1, "description": "The user's email." },
            "password": { "type": "string", "format": "password", "minLength": 1 },
            "grant_type": { "type": "string", "enum": ["password"] },
            "scope": { "type": "string", "description": "Not looked at: a token is good for all that its user may do." },
            "client_id": { "type": "string", "description": "Not looked at." },
            "client_secret": { "type": "string", "format": "password", "description": "Not looked at." },
        },
        "example": { "username": "admin@example.com", "password": "correct horse battery staple" },
    })
}

fn token() -> Value {
    json!({
        "type": "object",
        "title": "Token",
        "required": ["access_token", "token_type", "expires_in"],
        "properties": {
            "access_token": { "type": "string" },
            "token_type": { "type": "string", "enum": ["bearer"] },
            "expires_in": { "type": "integer", "format": "int64", "description": "Seconds." },
        },
        "example": { "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "token_type": "bearer", "expires_in": 604_800 },
    })
}
