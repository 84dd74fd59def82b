//! Letters.

use crate::Secret;
use async_trait::async_trait;

/// A letter of plain text.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The letter. It may hold what lets somebody in, and so does not print.
    pub text: Secret,
}

/// A letter that could not be sent. The text is for the log.
#[derive(Debug, thiserror::Error)]
#[error("the letter could not be sent: {0}")]
pub struct MailError(pub String);

/// Sends letters.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands the letter over to whatever delivers it.
    ///
    /// # Errors
    ///
    /// [`MailError`] when it was not taken.
    async fn send(&self, mail: Mail) -> Result<(), MailError>;
}
