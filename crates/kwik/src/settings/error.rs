//! What can be wrong with settings.

use std::borrow::Cow;

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A value is not what it should be.
    #[error("{name} must be {expected}")]
    Invalid {
        /// Name of the variable.
        name: Cow<'static, str>,
        /// What would be right.
        expected: String,
    },
    /// Production needs it.
    #[error("{name} must be set in production: {why}")]
    Missing {
        /// Name of the variable.
        name: Cow<'static, str>,
        /// What it is for.
        why: Cow<'static, str>,
    },
    /// There is no such setting.
    #[error("{name} is not a setting{}", suggestion.as_ref().map(|s| format!("; did you mean {s}?")).unwrap_or_default())]
    Unknown {
        /// The name that was given.
        name: String,
        /// One that is like it.
        suggestion: Option<Cow<'static, str>>,
    },
    /// The development key cannot be kept.
    #[error("{path} cannot be used to keep the development key: {reason}; set KWIK_SECRET_KEY")]
    Key {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
}
