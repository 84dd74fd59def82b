//! Why a program cannot start or go on. Each is one line that says what to do.

use crate::SettingsError;
use kwik_adapters::ConnectError;
use kwik_credentials::jwt::ShortKey;
use kwik_domain::HashError;
use kwik_schema::SchemaError;

/// The result of starting a program.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a program cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be used.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database's tables are not what the entities need.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Entities or operations are declared wrongly; a line each.
    #[error("the program is declared wrongly:\n  {}", .0.join("\n  "))]
    Declaration(Vec<String>),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}; choose another with KWIK_HOST and KWIK_PORT")]
    Listen {
        /// The address.
        address: String,
        /// Why not.
        reason: String,
    },
    /// A Kwik (Python) database cannot be taken over.
    #[cfg(feature = "takeover")]
    #[error(transparent)]
    Takeover(#[from] kwik_takeover::TakeoverError),
    /// A use case failed.
    #[error("{}", use_case(.0))]
    UseCase(#[from] kwik_domain::Error),
    /// The key is too short.
    #[error("KWIK_SECRET_KEY: {0}")]
    Key(#[from] ShortKey),
    /// Passwords cannot be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The system refused something.
    #[error("{what}: {reason}")]
    System {
        /// What was to be done.
        what: String,
        /// Why it cannot be.
        reason: std::io::Error,
    },
}

/// A use case's error with every field that was wrong.
fn use_case(error: &kwik_domain::Error) -> String {
    match error {
        kwik_domain::Error::Invalid(errors) => {
            let lines: Vec<_> = errors.iter().map(|e| format!("{} {}", e.field, e.issue.message)).collect();
            lines.join("; ")
        }
        other => other.to_string(),
    }
}
