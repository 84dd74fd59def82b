//! Errors as problem documents (RFC 9457). The only place that turns an error into an answer.

use poem::{
    Body, Error, Response,
    error::{ParseJsonError, ResponseError},
    http::{StatusCode, header},
};
use serde::Serialize;

/// What was wrong with one field of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// A JSON pointer to the field.
    pub pointer: &'static str,
    /// What is wrong, in words.
    pub detail: &'static str,
}

/// An answer that says what was wrong.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable name of the error for programs.
    pub code: &'static str,
    /// What was wrong, in words.
    pub detail: String,
    /// One by one, what was wrong in the body.
    pub errors: Vec<FieldError>,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// A problem without field errors.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new() }
    }

    /// 401: the request has no bearer token.
    pub fn not_authenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_authenticated", "sign in first")
    }

    /// 401: the token cannot be used, or its user is gone or inactive.
    pub fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_token", "the token is not valid; sign in again")
    }

    /// 403: the user lacks the permission.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "not enough privileges for this operation")
    }

    /// 404: no such customer.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is no customer with this id")
    }

    /// 409: another customer has the email.
    pub fn taken() -> Self {
        Self {
            errors: vec![FieldError { pointer: "/email", detail: "another customer has this email" }],
            ..Self::new(StatusCode::CONFLICT, "taken", "the email is taken")
        }
    }

    /// 412: `If-Match` names another version than the current one.
    pub fn version_conflict(current: i64) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "version_conflict",
            format!("the customer is at version {current}; read it again"),
        )
    }

    /// 422: fields of the body are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "the body is not valid") }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::taken(),
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the database cannot be reached; try again soon",
            ),
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong here"),
        }
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        let document = Document {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            errors: &self.errors,
        };
        let body = Body::from_json(&document).unwrap_or_default();
        let mut response = Response::builder().status(self.status).content_type("application/problem+json");
        if self.status == StatusCode::UNAUTHORIZED {
            response = response.header(header::WWW_AUTHENTICATE, challenge(self.code));
        }
        response.body(body)
    }
}

fn challenge(code: &str) -> &'static str {
    match code {
        "invalid_token" => "Bearer error=\"invalid_token\"",
        _ => "Bearer",
    }
}

/// Turns any error of poem's (unknown path, malformed body, wrong query …) into a problem document.
pub async fn from_poem(error: Error) -> Response {
    if error.is::<Problem>() {
        return error.into_response();
    }
    let status = match error.downcast_ref::<ParseJsonError>() {
        Some(ParseJsonError::Parse(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => error.status(),
    };
    let detail = status.canonical_reason().unwrap_or("error");
    Problem::new(status, "bad_request", detail.to_lowercase()).as_response()
}
