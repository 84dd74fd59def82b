//! The adapter itself.

use crate::{
    SmtpError,
    server_url::{Encryption, ServerUrl},
};
use async_trait::async_trait;
use kwik_domain::{Mail, MailError, Mailer, Secret};
use lettre::message::{
    Mailbox, Message,
    header::{ContentType, HeaderName, HeaderValue, MessageId},
};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor, address::Envelope};
use std::time::Duration;

/// Sends letters by one mail server, over a connection for each.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
    host: String,
    port: u16,
    encryption: Encryption,
}

impl SmtpMailer {
    /// How long a letter may take, unless [`SmtpMailer::patience`] says otherwise.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// A mailer by the server at `url`, in the name of `from`: an address, or `Name <address>`.
    ///
    /// - `smtp://host:port`: no TLS. For a server on the same machine or network; a user and a password
    ///   are accepted for loopback alone.
    /// - `smtp+starttls://user:password@host:587`: TLS after the greeting, or nothing is sent.
    /// - `smtps://user:password@host:465`: TLS from the beginning.
    ///
    /// # Errors
    ///
    /// [`SmtpError`] when the address or the sender is not of that form, or TLS cannot be used. The server
    /// need not be there.
    pub fn new(url: &Secret, from: &str) -> Result<Self, SmtpError> {
        let server = ServerUrl::parse(url)?;
        let from = if has_controls(from) { None } else { from.parse().ok() };
        let from = from.ok_or(SmtpError::Sender)?;
        let transport = server.transport()?.build();
        let ServerUrl { host, port, encryption, .. } = server;
        Ok(Self { transport, from, patience: Self::PATIENCE, host, port, encryption })
    }

    /// How long a letter may take in all, from the connection to the server's word that it was taken.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let refused = |why: &str| MailError(why.to_owned());
        if has_controls(&mail.to) || has_controls(&mail.subject) {
            return Err(refused("there are control characters in the recipient or the subject"));
        }
        let to = mail.to.parse::<Address>().map_err(|_| refused("the recipient is no email address"))?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()]);
        let mut message = Message::builder()
            // The one that is made from the headers loses the quotes of an address.
            .envelope(envelope.map_err(|e| MailError(e.to_string()))?)
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .message_id(None)
            .header(ContentType::TEXT_PLAIN)
            // So that nobody's holiday notice answers it (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .body(mail.text.expose().to_owned())
            .map_err(|e| MailError(e.to_string()))?;
        // The library's identifier is random, but at `localhost`, which filters take for spam.
        let id = message.headers().get::<MessageId>().map(|id| id.as_ref().to_owned()).unwrap_or_default();
        let id = id.replace("@localhost>", &format!("@{}>", self.from.email.domain()));
        message.headers_mut().set(MessageId::from(id));
        Ok(message)
    }
}

/// Whether a text has what could end a header or a command. The library encodes or refuses it as well.
fn has_controls(text: &str) -> bool {
    text.chars().any(char::is_control)
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.message(&mail)?;
        // The library's own time-out is for the connection alone.
        match tokio::time::timeout(self.patience, self.transport.send(message)).await {
            Ok(sent) => sent.map(drop).map_err(|e| MailError(e.to_string())),
            Err(_) => Err(MailError(format!("the mail server took longer than {:?}", self.patience))),
        }
    }
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpMailer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .field("from", &self.from.email)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Letters, separators of mailboxes, what ends lines, and anything else.
    const TEXT: &str = "([a-z@.,:;<>\"\\\\() \r\n\t\0é\u{85}\u{2028}]|.){0,60}";

    /// What is nearly an address, or is one.
    const TO: &str = "\"?[a-zé.@<\\\\ \r\n\0]{1,9}\"?@example\\.com[a-z.,@>\r\n \u{85}]{0,3}";

    proptest! {
        /// Whatever the recipient and the subject are: no letter, or one with these headers to one recipient.
        #[test]
        fn nothing_adds_a_header(to in TO, subject in TEXT) {
            let mailer = SmtpMailer::new(&Secret::new("smtp://localhost"), "Kwik <a@example.com>").unwrap();
            for to in [to.as_str(), "ann@example.com"] {
                let mail = Mail { to: to.to_owned(), subject: subject.clone(), text: Secret::new("Bcc: x\r\n") };
                let Ok(message) = mailer.message(&mail) else { continue };
                prop_assert_eq!(message.envelope().to(), [to.parse::<Address>().unwrap()]);
                let formatted = String::from_utf8(message.formatted()).unwrap();
                let (headers, body) = formatted.split_once("\r\n\r\n").unwrap();
                prop_assert_eq!(body, "Bcc: x\r\n");
                prop_assert!(!headers.replace("\r\n", "").contains(['\r', '\n', '\0']));
                let lines = headers.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
                let names: Vec<_> = lines.filter_map(|line| Some(line.split_once(':')?.0)).collect();
                let known = ["From", "To", "Subject", "Message-ID", "Content-Type", "Auto-Submitted"];
                prop_assert_eq!(&names[..6], known);
                prop_assert_eq!(&names[6..], ["Content-Transfer-Encoding", "Date"]);
            }
        }
    }
}
