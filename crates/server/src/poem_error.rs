//! The one place where errors that poem, its extractors and users' endpoints produce become problems.

use http::{HeaderValue, StatusCode, header};
use kwik_domain::{Issue, ParameterError};
use poem::{Error, IntoResponse, Response};
use poem_openapi::error::{ParseParamError, ParsePathError};

use crate::problem::{Problem, ProblemError};

use super::RequestId;

/// The value of `Allow` for a 405, given to a [`poem::Error`] with [`set_data`](poem::Error::set_data). poem does
/// not know it: whoever routes does.
#[derive(Debug, Clone)]
pub struct AllowedMethods(pub HeaderValue);

/// The answer to a request.
///
/// An error that carries a response of its own, such as a [`Problem`], passes. Every other error becomes the
/// general problem of its status: its text, in which poem echoes the input, goes to the log alone (at level
/// debug, or error for a status of 500 and more). Error answers in plain text or without a body become
/// problems in the same way.
pub(crate) fn answer(result: poem::Result<Response>) -> Response {
    match result {
        Ok(response) => normalise(response),
        Err(error) if error.is_from_response() => normalise(error.into_response()),
        Err(error) => problem(&error).into_response(),
    }
}

fn problem(error: &Error) -> Problem {
    let status = error.status();
    log(status, error);
    if parameter(error).is_some_and(is_of_path) {
        let wrong = ParameterError::new("path", Issue::new("invalid", "must be a key, such as those that lists give"));
        return kwik_domain::Error::InvalidPath(wrong).into();
    }
    let mut problem = Problem::from_status(status);
    if let Some(AllowedMethods(methods)) = error.data() {
        problem = problem.with_header(header::ALLOW, methods.clone());
    }
    match parameter(error) {
        Some(name) => {
            problem.with_error(ProblemError::in_parameter(name, "invalid", "is missing or has an invalid value"))
        }
        None => problem,
    }
}

/// Whether a parameter is a part of the path: the router knows those by their place.
fn is_of_path(name: &str) -> bool {
    name.strip_prefix("param").is_some_and(|place| place.parse::<u8>().is_ok())
}

/// The name of the wrong parameter: the endpoint's word, not the client's.
fn parameter(error: &Error) -> Option<&'static str> {
    error
        .downcast_ref::<ParseParamError>()
        .map(|error| error.name)
        .or_else(|| error.downcast_ref::<ParsePathError>().map(|error| error.name))
}

fn log(status: StatusCode, error: &Error) {
    let request_id = RequestId::current();
    let request_id = request_id.as_ref().map(RequestId::as_str);
    if status.is_server_error() {
        tracing::error!(target: "kwik::server", request_id, status = status.as_u16(), %error, "request failed");
    } else {
        tracing::debug!(target: "kwik::server", request_id, status = status.as_u16(), %error, "request refused");
    }
}

/// Error answers are problems, or in a form that somebody chose on purpose.
fn normalise(mut response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let plain = response.content_type().is_none_or(|content_type| content_type.starts_with("text/plain"));
    if !plain {
        return response;
    }
    let mut problem = Problem::from_status(status).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    for name in [header::CONTENT_TYPE, header::CACHE_CONTROL] {
        if let Some(value) = problem.headers_mut().remove(&name) {
            headers.insert(name, value);
        }
    }
    response.set_body(problem.take_body());
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use poem::error::{MethodNotAllowedError, NotFoundError, ParseJsonError};

    use super::*;

    async fn body(response: Response) -> serde_json::Value {
        response.into_body().into_json().await.unwrap()
    }

    #[tokio::test]
    async fn errors_of_poem_become_problems() {
        let response = answer(Err(NotFoundError.into()));
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(body(response).await["code"], "not_found");
        let response = answer(Err(ParseJsonError::ContentTypeRequired.into()));
        assert_eq!(body(response).await["code"], "unsupported_media_type");
    }

    #[tokio::test]
    async fn the_input_is_not_echoed() {
        let error = ParseParamError { name: "limit", reason: "secret is not a number".into() };
        let json = body(answer(Err(error.into()))).await;
        assert_eq!(json["errors"][0]["parameter"], "limit");
        assert!(!json.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn allowed_methods_are_told() {
        let mut error: Error = MethodNotAllowedError.into();
        error.set_data(AllowedMethods(HeaderValue::from_static("GET")));
        let response = answer(Err(error));
        assert_eq!(response.header("allow"), Some("GET"));
        assert_eq!(body(response).await["code"], "method_not_allowed");
    }

    #[tokio::test]
    async fn problems_and_chosen_forms_pass() {
        let problem = Problem::new(StatusCode::CONFLICT, "taken", "is taken");
        assert_eq!(body(answer(Err(problem.into()))).await["code"], "taken");
        let html = Response::builder().status(StatusCode::NOT_FOUND).content_type("text/html").body("<p>gone</p>");
        let response = answer(Ok(html));
        assert_eq!(response.content_type(), Some("text/html"));
    }

    #[tokio::test]
    async fn plain_error_texts_become_problems_and_keep_their_headers() {
        let text = Response::builder()
            .status(StatusCode::TOO_MANY_REQUESTS)
            .header("retry-after", "3")
            .content_type("text/plain; charset=utf-8")
            .body("secret");
        let response = answer(Ok(text));
        assert_eq!(response.header("retry-after"), Some("3"));
        let json = body(response).await;
        assert_eq!(json["code"], "too_many_requests");
        assert!(!json.to_string().contains("secret"));
    }
}
