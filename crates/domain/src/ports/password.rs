//! Hashing of passwords.

use crate::Secret;
use async_trait::async_trait;

/// What a hasher could not do.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many are being hashed already.
    #[error("too many passwords are being hashed; try again")]
    Busy,
    /// A defect, or a hash that is none. The text is for the log.
    #[error("the password could not be hashed: {0}")]
    Other(String),
}

/// What comparing a password with a hash says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not the password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, and its hash was made in a way that is not today's: make it anew.
    Outdated,
}

/// Hashes passwords slowly, without holding up anything else, and with a bound on how many at once.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash of a password, with its parameters and salt in it (PHC string format).
    ///
    /// # Errors
    ///
    /// See [`HashError`].
    async fn hash(&self, password: Secret) -> Result<String, HashError>;

    /// Whether the password has that hash. Given no hash, it takes as long and says no. Hashes of former
    /// ways and parameters are known, too.
    ///
    /// # Errors
    ///
    /// See [`HashError`].
    async fn verify(&self, password: Secret, hash: Option<Secret>) -> Result<Verdict, HashError>;
}
