//! Error answers: RFC 9457 problem details and what turns errors into them.

mod domain;
mod openapi;
#[expect(clippy::module_inception, reason = "the file is named after the one thing in it")]
mod problem;
pub mod schema;

pub use domain::etag;
pub use problem::{PROBLEM_JSON, Problem, ProblemError};
