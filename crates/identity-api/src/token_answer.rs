//! What signing in answers.

use kwik_api::{Call, http::json_response, resource::schema::named};
use kwik_identity::Token;
use poem::{Response, http::header};
use serde_json::{Value, json};

/// The tokens as JSON.
pub(crate) fn token_answer(token: &Token) -> Response {
    let mut body = json!({
        "access_token": token.access_token.expose(),
        "token_type": "bearer",
        "expires_in": token.expires_in.as_secs(),
    });
    if let Some(refresh) = &token.refresh_token {
        body["refresh_token"] = json!(refresh.expose());
    }
    json_response(body.to_string())
}

/// The schema of that.
pub(crate) fn token_schema() -> Value {
    let schema = json!({
        "type": "object",
        "description": "The tokens of a session.",
        "required": ["access_token", "token_type", "expires_in"],
        "properties": {
            "access_token": { "type": "string", "description": "For the header `Authorization`." },
            "token_type": { "type": "string", "enum": ["bearer"] },
            "expires_in": { "type": "integer", "format": "int64", "description": "How long the access token is valid, in seconds." },
            "refresh_token": { "type": "string", "description": "Gets the next tokens, once. Left out where there are none." },
        },
        "example": {
            "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "token_type": "bearer",
            "expires_in": 900, "refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.cmVmcmVzaA",
        },
    });
    named("Token", schema)
}

/// What the client calls itself.
pub(crate) fn client(call: &Call) -> Option<String> {
    call.request().header(header::USER_AGENT).map(str::to_owned)
}

/// An answer that is a sentence for people.
pub(crate) fn message(text: &str) -> Response {
    json_response(json!({ "msg": text }).to_string())
}

/// The schema of that.
pub(crate) fn message_schema() -> Value {
    let schema = json!({
        "type": "object",
        "description": "What was done.",
        "required": ["msg"],
        "properties": { "msg": { "type": "string", "description": "A sentence for people." } },
        "example": { "msg": "Password updated successfully" },
    });
    named("Msg", schema)
}
