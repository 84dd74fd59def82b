//! What can go wrong, in the domain's own words. One place in the api crate turns it into HTTP.

use crate::{Denial, FieldError, FieldMeta, Issue, StoreError};
use std::borrow::Cow;

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every way in which a use case can fail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The credentials are missing or wrong.
    #[error(transparent)]
    Authentication(#[from] AuthenticationError),
    /// The actor may not do this.
    #[error("not enough privileges: {}", .0.reason)]
    Denied(Denial),
    /// There is no such row, or it is out of the actor's scope, which is the same.
    #[error("Entity [{entity}] with id={key} does not exist")]
    NotFound {
        /// The collection.
        entity: &'static str,
        /// The key, in its plain text form.
        key: String,
    },
    /// Another row stands in the way.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The row has changed since the caller read it.
    #[error("the row has changed meanwhile; its current version is {current}")]
    VersionConflict {
        /// The version it has now.
        current: i64,
    },
    /// The body has wrong values in it.
    #[error("{} of the input is not valid", count(.0.len()))]
    Invalid(Vec<FieldError>),
    /// A part of the path is wrong.
    #[error("the path is not valid: {0}")]
    InvalidPath(ParameterError),
    /// Some query parameters or headers are wrong.
    #[error("the query is not valid: {}", join(.0))]
    InvalidQuery(Vec<ParameterError>),
    /// The body cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A rule of the business forbids it.
    #[error(transparent)]
    Rule(#[from] RuleViolation),
    /// What was asked makes no sense in the state that things are in.
    #[error("{}", .0.detail)]
    Unfit(RuleViolation),
    /// It was tried too often.
    #[error("too many tries; wait {} seconds", .0.as_secs())]
    Throttled(std::time::Duration),
    /// The store could not do its part.
    #[error(transparent)]
    Store(StoreError),
    /// A defect of the program. The text is for the log, never for the client.
    #[error("{0}")]
    Internal(String),
}

/// What is wrong with the caller's credentials. It says no more than an attacker may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// None were given.
    #[error("not authenticated")]
    Missing,
    /// The token is garbled, forged, expired, or its user is gone or inactive.
    #[error("the token is not valid")]
    InvalidToken,
    /// The name or the password is wrong, or the user is inactive.
    #[error("incorrect credentials")]
    IncorrectCredentials,
}

/// Another row stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The value of a unique field is taken, or the values of some together.
    #[error("Entity already exists: {} is taken", .fields.join(", "))]
    Taken {
        /// The collection.
        entity: &'static str,
        /// The fields.
        fields: Vec<&'static str>,
    },
    /// Other rows refer to this one.
    #[error("others refer to it; change or remove those first")]
    Reference,
    /// Many changed the same rows at once, and this one lost each time.
    #[error("others change the same rows right now; try again")]
    Contention,
}

/// A wrong query parameter, header or path segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterError {
    /// Its name.
    pub parameter: Cow<'static, str>,
    /// What is wrong with it.
    pub issue: Issue,
}

impl ParameterError {
    /// An error of a parameter.
    pub fn new(parameter: impl Into<Cow<'static, str>>, issue: impl Into<Issue>) -> Self {
        Self { parameter: parameter.into(), issue: issue.into() }
    }
}

impl std::fmt::Display for ParameterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.parameter, self.issue.message)
    }
}

/// A body that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is not JSON, or not an object.
    #[error("the body must be {}; see line {line}, column {column}", if *.object { "a JSON object" } else { "valid JSON" })]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Whether it is JSON, only no object.
        object: bool,
    },
    /// It says that it is something else than what is expected.
    #[error("the content type must be {expected}")]
    ContentType {
        /// What is expected.
        expected: &'static str,
    },
    /// It could not be read to its end.
    #[error("the body could not be read to its end")]
    Incomplete,
}

/// A rule of the business that forbids something: what users' rules return.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct RuleViolation {
    /// A stable word for programs: `credit_exceeded`.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: Cow<'static, str>,
}

impl RuleViolation {
    /// A violation with its code and a sentence for people.
    pub fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unique { entity, fields } => Conflict::Taken { entity, fields }.into(),
            StoreError::Reference { fields } if fields.is_empty() => Conflict::Reference.into(),
            StoreError::Reference { fields } => {
                let missing = |field: &FieldMeta| Some(FieldError::new(field.name, field.references?.missing()));
                Self::Invalid(fields.into_iter().filter_map(missing).collect())
            }
            StoreError::Contention => Conflict::Contention.into(),
            other => Self::Store(other),
        }
    }
}

fn count(n: usize) -> String {
    if n == 1 { "one field".into() } else { format!("{n} fields") }
}

fn join(errors: &[ParameterError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
