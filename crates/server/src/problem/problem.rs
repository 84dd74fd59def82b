//! RFC 9457 problem details: the one shape of every error answer.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse, Response};
use serde::{Serialize, Serializer};

use crate::RequestId;

/// The media type of a problem (RFC 9457, section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error answer: what was wrong, for programs (`code`) and for people (`detail`).
///
/// The body is `application/problem+json` (RFC 9457) with the members `type` (always `about:blank`),
/// `title`, `status`, `code`, `detail`, `errors` (left out when empty) and `request_id` (left out
/// outside of a request). A detail never holds SQL, a secret or what the client sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem(Box<Parts>);

/// In a box, so that a result with a problem is no larger than one with a pointer.
#[derive(Debug, Clone, PartialEq)]
struct Parts {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<ProblemError>,
    headers: HeaderMap,
}

/// One wrong place in what the client sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProblemError {
    /// JSON pointer (RFC 6901) into the body, such as `/email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Name of the path or query parameter or of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong, stable, in snake case.
    pub code: Cow<'static, str>,
    /// What is wrong and what would be right, for people.
    pub detail: String,
}

impl ProblemError {
    /// An error at a place of the body, given as a JSON pointer (RFC 6901).
    pub fn at_pointer(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self { pointer: Some(pointer.into()), parameter: None, code: code.into(), detail: detail.into() }
    }

    /// An error in a path or query parameter.
    pub fn in_parameter(
        parameter: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self { pointer: None, parameter: Some(parameter.into()), code: code.into(), detail: detail.into() }
    }
}

impl Problem {
    /// A problem with this status, stable code in snake case and detail for people.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// The problem of an unexpected failure. What failed belongs into the log, not into the answer.
    pub fn internal() -> Self {
        Self::from_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The general problem of a status, with the code and detail that every such answer shares.
    pub fn from_status(status: StatusCode) -> Self {
        let (code, detail) = general(status);
        let mut problem = Self::new(status, code, detail);
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110, section 15.5.2: a 401 must carry a challenge.
            problem = problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        problem
    }

    /// Adds one wrong place.
    #[must_use]
    pub fn with_error(mut self, error: ProblemError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// Adds several wrong places.
    #[must_use]
    pub fn with_errors(mut self, errors: impl IntoIterator<Item = ProblemError>) -> Self {
        self.0.errors.extend(errors);
        self
    }

    /// Sets a header of the answer, such as `WWW-Authenticate`, `ETag`, `Retry-After` or `Allow`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Says after how many seconds a repetition makes sense (`Retry-After`).
    #[must_use]
    pub fn with_retry_after(self, seconds: u32) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The text for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The wrong places.
    pub fn errors(&self) -> &[ProblemError] {
        &self.0.errors
    }

    /// The body as it goes over the wire, with the id of the current request.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and lists of strings always serialise; an empty object would still be valid.
        serde_json::to_vec(self).unwrap_or_else(|_| b"{}".to_vec())
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let request_id = RequestId::current();
        ProblemBody {
            r#type: "about:blank",
            title: self.0.status.canonical_reason().unwrap_or("Error"),
            status: self.0.status.as_u16(),
            code: &self.0.code,
            detail: &self.0.detail,
            errors: &self.0.errors,
            request_id: request_id.as_ref().map(RequestId::as_str),
        }
        .serialize(serializer)
    }
}

impl IntoResponse for Problem {
    /// A 403 has the problem among its extensions, so that who keeps a record of denials can read it.
    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.0.status).body(Body::from_vec(self.to_json()));
        if self.0.status == StatusCode::FORBIDDEN {
            response.extensions_mut().insert(self.clone());
        }
        let headers = response.headers_mut();
        *headers = self.0.headers;
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl From<Problem> for poem::Error {
    fn from(problem: Problem) -> Self {
        let response = problem.into_response();
        let denial = response.extensions().get::<Problem>().cloned();
        // The error's data become the extensions of its response, in place of those that it had.
        let mut error = Self::from_response(response);
        if let Some(denial) = denial {
            error.set_data(denial);
        }
        error
    }
}

/// The members in the order of the wire.
#[derive(Serialize)]
struct ProblemBody<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[ProblemError]>::is_empty")]
    errors: &'a [ProblemError],
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// Code and detail of a status that nobody said anything more precise about.
fn general(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => ("bad_request", "the request could not be understood"),
        StatusCode::UNAUTHORIZED => ("unauthorized", "the request needs valid credentials"),
        StatusCode::FORBIDDEN => ("forbidden", "the request is not allowed"),
        StatusCode::NOT_FOUND => ("not_found", "there is nothing at this address"),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "this address does not accept this method"),
        StatusCode::NOT_ACCEPTABLE => ("not_acceptable", "none of the accepted media types can be produced"),
        StatusCode::REQUEST_TIMEOUT => ("request_timeout", "the request did not arrive in time"),
        StatusCode::CONFLICT => ("conflict", "the request conflicts with the current state"),
        StatusCode::GONE => ("gone", "what was at this address is gone"),
        StatusCode::LENGTH_REQUIRED => ("length_required", "the request needs a Content-Length"),
        StatusCode::PRECONDITION_FAILED => {
            ("precondition_failed", "the resource is not in the state that the request expects")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "the body is larger than accepted"),
        StatusCode::URI_TOO_LONG => ("uri_too_long", "the address is longer than accepted"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("unsupported_media_type", "the body has a media type that this address does not accept")
        }
        StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "the body is not valid"),
        StatusCode::TOO_MANY_REQUESTS => ("too_many_requests", "too many requests; slow down"),
        StatusCode::INTERNAL_SERVER_ERROR => {
            ("internal", "the request failed for a reason that was logged under its request id")
        }
        StatusCode::NOT_IMPLEMENTED => ("not_implemented", "this is not implemented"),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "the service cannot answer now"),
        status if status.is_client_error() => ("bad_request", "the request was refused"),
        _ => ("internal", "the request failed"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn body_has_the_members_of_the_wire_in_order() {
        let problem = Problem::new(StatusCode::CONFLICT, "conflict", "taken")
            .with_error(ProblemError::at_pointer("/email", "taken", "is taken"));
        assert_eq!(
            String::from_utf8(problem.to_json()).unwrap(),
            r#"{"type":"about:blank","title":"Conflict","status":409,"code":"conflict","detail":"taken","errors":[{"pointer":"/email","code":"taken","detail":"is taken"}]}"#
        );
    }

    #[test]
    fn empty_errors_are_left_out() {
        let problem = Problem::internal();
        assert!(!String::from_utf8(problem.to_json()).unwrap().contains("errors"));
    }

    #[test]
    fn response_has_media_type_and_extra_headers() {
        let response = Problem::from_status(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(1).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.content_type(), Some(PROBLEM_JSON));
        assert_eq!(response.header("retry-after"), Some("1"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }

    #[test]
    fn every_401_has_a_challenge() {
        let response = Problem::from_status(StatusCode::UNAUTHORIZED).into_response();
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    }
}
