//! The one place where domain errors become answers.

use super::{Problem, ProblemError};
use kwik_domain::{AuthenticationError, Conflict, Error, FieldError, Malformed, ParameterError, StoreError};
use poem::http::{HeaderValue, StatusCode, header};

impl From<Error> for Problem {
    /// The details of the cases that Kwik knows begin with Kwik's own words. What went wrong inside
    /// goes to the log, with the request's id, and never to the client.
    fn from(error: Error) -> Self {
        match error {
            Error::Authentication(error) => authentication(error),
            Error::Denied(denial) => {
                let detail = format!("Not enough privileges: {}", denial.reason);
                Self::new(StatusCode::FORBIDDEN, denial.code, detail)
            }
            error @ Error::NotFound { .. } => Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string()),
            Error::Conflict(conflict) => self::conflict(&conflict),
            Error::VersionConflict { current } => {
                let detail = format!("it has changed meanwhile; its current version is {current}");
                Self::new(StatusCode::PRECONDITION_FAILED, "version_conflict", detail)
                    .with_header(header::ETAG, etag(current))
            }
            Error::Invalid(errors) => {
                let detail = if errors.len() == 1 {
                    "one field is not valid".to_owned()
                } else {
                    format!("{} fields are not valid", errors.len())
                };
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
                    .with_errors(errors.into_iter().map(field))
            }
            Error::InvalidPath(error) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_path", "a part of the path is not valid")
                    .with_error(parameter(error))
            }
            Error::InvalidQuery(errors) => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_query", "a parameter is not valid")
                    .with_errors(errors.into_iter().map(parameter))
            }
            Error::Malformed(malformed) => {
                let code = match malformed {
                    Malformed::Json { .. } => "malformed",
                    Malformed::ContentType { .. } => "content_type",
                    Malformed::Incomplete => "incomplete",
                };
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, malformed.to_string())
            }
            Error::Rule(violation) => Self::new(StatusCode::CONFLICT, violation.code, violation.detail),
            Error::Unfit(violation) => Self::new(StatusCode::BAD_REQUEST, violation.code, violation.detail),
            Error::Throttled(wait) => {
                let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
                let detail = format!("too many tries; try again in {seconds} seconds");
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).with_retry_after(seconds)
            }
            Error::Store(error) => store(&error),
            Error::Internal(reason) => {
                tracing::error!(%reason, "a defect");
                Self::internal()
            }
        }
    }
}

/// The `ETag` of a version.
pub fn etag(version: i64) -> HeaderValue {
    let mut text = String::with_capacity(22);
    text.push('"');
    text.push_str(&version.to_string());
    text.push('"');
    // Digits and quotes are always a header value.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

fn authentication(error: AuthenticationError) -> Problem {
    let (code, detail, challenge) = match error {
        AuthenticationError::Missing => ("not_authenticated", "Not authenticated", Some("Bearer")),
        AuthenticationError::InvalidToken => ("invalid_token", "Invalid token", Some("Bearer error=\"invalid_token\"")),
        AuthenticationError::IncorrectCredentials => ("incorrect_credentials", "Incorrect credentials", None),
    };
    let problem = Problem::new(StatusCode::UNAUTHORIZED, code, detail);
    match challenge {
        Some(challenge) => problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)),
        None => problem,
    }
}

fn conflict(conflict: &Conflict) -> Problem {
    let problem = |code, detail: String| Problem::new(StatusCode::CONFLICT, code, detail);
    match conflict {
        Conflict::Taken { fields, .. } => problem("taken", conflict.to_string()).with_errors(
            fields.iter().map(|name| ProblemError::at_pointer(pointer(name), "taken", "is taken by another one")),
        ),
        Conflict::Reference => problem("reference", conflict.to_string()),
        Conflict::Contention => problem("contention", conflict.to_string()).with_retry_after(1),
    }
}

fn store(error: &StoreError) -> Problem {
    tracing::error!(%error, "the database");
    let unavailable =
        |detail: &'static str| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_retry_after(1);
    match error {
        // Made into conflicts where they come up; here only for the sake of completeness.
        StoreError::Unique { .. } | StoreError::Reference { .. } | StoreError::Contention => {
            conflict(&Conflict::Contention)
        }
        StoreError::Unavailable(_) => unavailable("the service cannot do this now; try again"),
        StoreError::Timeout => unavailable("this took too long; try again, or ask for less"),
        StoreError::ReadOnly(_) => unavailable("the service cannot write now; try again later"),
        StoreError::Other(_) => Problem::internal(),
    }
}

fn field(error: FieldError) -> ProblemError {
    let outer = error.within.iter().map(|(list, item)| format!("{}/{item}", pointer(list)));
    let mut pointer =
        outer.collect::<String>() + &if error.field.is_empty() { String::new() } else { pointer(&error.field) };
    if let Some(item) = error.item {
        pointer.push('/');
        pointer.push_str(&item.to_string());
    }
    ProblemError::at_pointer(pointer, error.issue.code, error.issue.message)
}

fn parameter(error: ParameterError) -> ProblemError {
    ProblemError::in_parameter(error.parameter, error.issue.code, error.issue.message)
}

/// A JSON pointer (RFC 6901) to a member of the body.
fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
