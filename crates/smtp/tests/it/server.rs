//! A mail server on loopback that answers as the test says, and remembers what it was told.

use kwik_domain::{Mail, MailError, Mailer, Secret};
use kwik_smtp::SmtpMailer;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a client's line begins with, and the answer to it. The greeting answers `""`, the letter `"."`.
pub(crate) type Answers = &'static [(&'static str, &'static str)];

/// An answer that never comes.
pub(crate) const SILENCE: &str = "";
/// Instead of an answer, the connection ends.
pub(crate) const HANG_UP: &str = "hang up";

const POLITE: Answers = &[
    ("EHLO", "250-here\r\n250-SMTPUTF8\r\n250 8BITMIME"),
    ("MAIL FROM:", "250 yes"),
    ("RCPT TO:", "250 yes"),
    ("DATA", "354 go on"),
    (".", "250 taken"),
    ("QUIT", "221 bye"),
    ("", "220 here"),
];

pub(crate) struct Server {
    pub(crate) port: u16,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that is polite, but for these answers.
    pub(crate) async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, lines) = (listener.local_addr().unwrap().port(), Arc::default());
        let server = Self { port, lines: Arc::clone(&lines) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, answers, Arc::clone(&lines)));
            }
        });
        server
    }

    /// What it was told, by all clients.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// What it was told that begins with `prefix`.
    pub(crate) fn said(&self, prefix: &str) -> Vec<String> {
        self.lines().into_iter().filter(|line| line.starts_with(prefix)).collect()
    }

    /// A mailer by this server, with a little patience.
    pub(crate) fn mailer(&self, scheme: &str, user: &str) -> SmtpMailer {
        let url = Secret::new(format!("{scheme}://{user}127.0.0.1:{}", self.port));
        SmtpMailer::new(&url, "Kwik Café <no-reply@example.com>").unwrap()
    }
}

async fn talk(stream: TcpStream, answers: Answers, lines: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut in_letter = false;
    let mut told = String::new();
    loop {
        if !in_letter || told == "." {
            let answer = answer(answers, &told);
            in_letter = answer.starts_with("354");
            match answer {
                SILENCE => {}
                HANG_UP => return None,
                answer => stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?,
            }
        }
        let mut bytes = Vec::new();
        if stream.read_until(b'\n', &mut bytes).await.ok()? == 0 {
            return None;
        }
        told = String::from_utf8_lossy(&bytes).trim_end_matches("\r\n").to_owned();
        lines.lock().unwrap().push(told.clone());
    }
}

/// The answer of the first that fits; only the greeting fits nothing.
fn answer(answers: Answers, told: &str) -> &'static str {
    let fits = |prefix: &str| if prefix.is_empty() { told.is_empty() } else { told.starts_with(prefix) };
    let found = answers.iter().chain(POLITE).find(|(prefix, _)| fits(prefix));
    found.map_or("500 what?", |(_, answer)| *answer)
}

pub(crate) fn mail(to: &str, subject: &str, text: &str) -> Mail {
    Mail { to: to.to_owned(), subject: subject.to_owned(), text: Secret::new(text) }
}

/// Sends a plain letter, with little patience.
pub(crate) async fn send(mailer: SmtpMailer) -> Result<(), MailError> {
    mailer.patience(Duration::from_millis(500)).send(mail("ann@example.com", "Welcome", "Hello, Ann!")).await
}
