//! The mail server's address, with how it is spoken to and who speaks.

use crate::SmtpError;
use kwik_domain::Secret;
use lettre::transport::smtp::{
    AsyncSmtpTransportBuilder,
    authentication::Credentials,
    client::{Tls, TlsParameters},
};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use std::net::IpAddr;
use url::{Host, Url};

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Never.
    None,
    /// After the greeting. A server that does not offer it gets nothing (RFC 3207).
    StartTls,
    /// With the connection (RFC 8314).
    Implicit,
}

/// An address that was understood.
pub(crate) struct ServerUrl {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    credentials: Option<Credentials>,
}

impl ServerUrl {
    pub(crate) fn parse(text: &Secret) -> Result<Self, SmtpError> {
        let url = Url::parse(text.expose()).map_err(|_| SmtpError::Url("it is no URL"))?;
        let (encryption, usual_port) = match url.scheme() {
            "smtp" => (Encryption::None, 25),
            "smtp+starttls" => (Encryption::StartTls, 587),
            "smtps" => (Encryption::Implicit, 465),
            _ => return Err(SmtpError::Url("its scheme is unknown")),
        };
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() && !name.contains('%') => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            _ => return Err(SmtpError::Url("it has no host")),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(SmtpError::Url("something follows the port"));
        }
        let credentials = credentials(&url)?;
        if encryption == Encryption::None && credentials.is_some() && !is_loopback(&host) {
            return Err(SmtpError::Url("a password would go to another machine in the clear"));
        }
        Ok(Self { host, port: url.port().unwrap_or(usual_port), encryption, credentials })
    }

    /// A transport to this server. It makes a connection for each letter.
    pub(crate) fn transport(&self) -> Result<AsyncSmtpTransportBuilder, SmtpError> {
        let parameters = || TlsParameters::new(self.host.clone()).map_err(SmtpError::Tls);
        let tls = match self.encryption {
            Encryption::None => Tls::None,
            Encryption::StartTls => Tls::Required(parameters()?),
            Encryption::Implicit => Tls::Wrapper(parameters()?),
        };
        // Dangerous in that it begins without TLS, which the next line sets.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host).port(self.port).tls(tls);
        Ok(match &self.credentials {
            Some(credentials) => builder.credentials(credentials.clone()),
            None => builder,
        })
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpError> {
    let decoded = |text| {
        let text = percent_encoding::percent_decode_str(text).decode_utf8();
        text.map(String::from).map_err(|_| SmtpError::Url("user or password is not UTF-8"))
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(SmtpError::Url("it has a password, but no user")),
        (_, None) => Err(SmtpError::Url("it has a user, but no password")),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ServerUrl, SmtpError> {
        ServerUrl::parse(&Secret::new(text))
    }

    #[test]
    fn the_three_forms_are_understood() {
        for (text, host, port, encryption, user) in [
            ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Encryption::None, None),
            ("smtp://relay/", "relay", 25, Encryption::None, None),
            ("smtp://ann:p@localhost:1025", "localhost", 1025, Encryption::None, Some(("ann", "p"))),
            ("smtp://ann:p@[::1]:1025", "::1", 1025, Encryption::None, Some(("ann", "p"))),
            (
                "smtp+starttls://a%40b:p%3A%2F%40@h.example",
                "h.example",
                587,
                Encryption::StartTls,
                Some(("a@b", "p:/@")),
            ),
            ("smtps://ann:%C3%A9@h:465", "h", 465, Encryption::Implicit, Some(("ann", "é"))),
            ("smtps://h", "h", 465, Encryption::Implicit, None),
        ] {
            let url = parse(text).unwrap();
            assert_eq!((url.host.as_str(), url.port, url.encryption), (host, port, encryption), "{text}");
            let credentials = user.map(|(user, password)| Credentials::new(user.to_owned(), password.to_owned()));
            assert!(url.credentials == credentials, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_address() {
        for (text, wrong) in [
            ("", "no URL"),
            ("hunter2", "no URL"),
            ("http://ann:hunter2@localhost", "scheme"),
            ("smtp+tls://ann:hunter2@localhost", "scheme"),
            ("smtp:ann:hunter2@localhost", "no host"),
            ("smtp:///hunter2", "no host"),
            ("smtps://ann:hunter2@h/relay", "follows the port"),
            ("smtps://ann:hunter2@h?tls=opportunistic", "follows the port"),
            ("smtps://ann:hunter2@h#x", "follows the port"),
            ("smtps://ann@h", "no password"),
            ("smtps://:hunter2@h", "no user"),
            ("smtps://ann:hunter2%FF@h", "UTF-8"),
            ("smtps://ann:hunter2@h:70000", "no URL"),
            ("smtp://ann:hunter2@mail.example.com", "in the clear"),
            ("smtp://ann:hunter2@10.0.0.1:25", "in the clear"),
            ("smtp://ann:hunter2@127.0.0.1.example.com", "in the clear"),
        ] {
            let error = parse(text).err().unwrap();
            let (shown, debugged) = (error.to_string(), format!("{error:?}"));
            assert!(shown.contains(wrong), "{text}: {shown}");
            assert!(!shown.contains("hunter2") && !debugged.contains("hunter2"), "{text}: {shown}");
        }
    }
}
