//! Letters of development: they go to the log.

use async_trait::async_trait;
use kwik_domain::{Mail, MailError, Mailer};

/// Writes letters to the log, with what lets somebody in: never in production.
pub(crate) struct LogMailer;

#[async_trait]
impl Mailer for LogMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        tracing::info!(to = mail.to, subject = mail.subject, text = mail.text.expose(), "a letter");
        Ok(())
    }
}
