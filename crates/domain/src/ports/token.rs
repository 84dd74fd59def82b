//! Signed tokens.

use chrono::{DateTime, Utc};

/// What a token is for. A token of one purpose never passes as one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Makes requests on a user's account.
    Access,
    /// Gets the next access token of its session, once.
    Refresh,
}

impl Purpose {
    /// The word in the token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The user on whose account it is.
    pub user_id: i64,
    /// The user who acts in that user's place.
    pub impersonator: Option<i64>,
    /// The session that it belongs to: its `sid`.
    pub session: std::sync::Arc<str>,
    /// Its own identifier: its `jti`.
    pub id: std::sync::Arc<str>,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is refused. For the log; the client learns only that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token, or a claim is missing or of the wrong form.
    #[error("the token is malformed")]
    Malformed,
    /// It was not signed with our key, or not in our way.
    #[error("the token's signature is wrong")]
    Signature,
    /// Its time is over, or has not come.
    #[error("the token is expired or not valid yet")]
    Time,
    /// It is for something else, or from somebody else.
    #[error("the token is for something else")]
    Purpose,
}

/// Signs tokens and checks them.
pub trait TokenSigner: Send + Sync {
    /// The signed token.
    ///
    /// # Errors
    ///
    /// [`TokenError::Malformed`] when the claims cannot be written.
    fn sign(&self, claims: &Claims) -> Result<String, TokenError>;

    /// What the token says, if it is ours, for this purpose, and its time is now.
    ///
    /// # Errors
    ///
    /// See [`TokenError`].
    fn verify(&self, token: &str, purpose: Purpose, now: DateTime<Utc>) -> Result<Claims, TokenError>;
}
