//! What is wrong with a filter, and where.

use kwik_domain::Issue;
use std::borrow::Cow;

/// What is wrong with a filter. It says what was expected and never repeats the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where, in characters, beginning with 1.
    pub position: usize,
    /// A stable word: `syntax`, `unknown` (no such field), `type`, `limit`, or what the field says of a
    /// value, such as `range` or `variant`.
    pub code: &'static str,
    /// What would be right: "expected a value, such as 1000".
    pub message: Cow<'static, str>,
}

impl std::fmt::Display for FilterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "at position {}: {}", self.position, self.message)
    }
}

impl std::error::Error for FilterError {}

impl From<FilterError> for Issue {
    fn from(error: FilterError) -> Self {
        Self::new(error.code, error.to_string())
    }
}
