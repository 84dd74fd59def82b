//! What is wrong with the settings.

/// Why there can be no mailer with these settings. The address of the server, which may hold a password, is
/// never in the text.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The server's address is not one of the three forms.
    #[error(
        "the mail server's address is wrong: {0}; give smtp://host:port, smtp+starttls://user:password@host:587 \
         or smtps://user:password@host:465, with the special characters of user and password percent-encoded"
    )]
    Url(&'static str),
    /// The sender is no mailbox.
    #[error("the sender is no mailbox; give `no-reply@example.com` or `Name <no-reply@example.com>`")]
    Sender,
    /// TLS does not work on this machine.
    #[error("TLS cannot be used: {0}")]
    Tls(#[source] lettre::transport::smtp::Error),
}
