//! A user as an answer.

use kwik_api::{
    Operation,
    http::json_response,
    resource::{entity_tag, schema},
};
use kwik_domain::{Entity, Stored, access::User, json};
use poem::{Response, http::header};
use serde_json::json as document;

/// A user, as far as whoever it was read for may see it.
pub(crate) fn user_answer(user: &Stored<User>) -> Response {
    let mut body = Vec::with_capacity(512);
    json::write_entity(&mut body, User::META, user, user.visible);
    let mut response = json_response(body);
    response.headers_mut().insert(header::ETAG, entity_tag(User::META, user.version(), user.visible));
    response
}

/// Says in the document that an operation answers with a user.
pub(crate) fn answers_user(operation: Operation, text: &str) -> Operation {
    let tag = document!({ "description": "The version.", "schema": { "type": "string" }, "example": "\"1\"" });
    operation.answers(200, text, &schema::reference(User::META.name)).answer_header(200, "ETag", tag)
}
