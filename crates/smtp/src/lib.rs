//! Letters by SMTP (RFC 5321): the port [`Mailer`](kwik_domain::Mailer) on the mail server of one's own.
//!
//! ```no_run
//! use kwik_domain::{Mail, Mailer, Secret};
//! use kwik_smtp::SmtpMailer;
//!
//! # async fn send() -> Result<(), Box<dyn std::error::Error>> {
//! let url = Secret::new("smtp+starttls://kwik:p%40ssword@mail.example.com:587");
//! let mailer = SmtpMailer::new(&url, "Kwik <no-reply@example.com>")?;
//! let to = "ann@example.com".to_owned();
//! mailer.send(Mail { to, subject: "Welcome".to_owned(), text: Secret::new("Hello, Ann!\n") }).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! - A letter goes to one recipient, with the headers that are written here: nothing in a recipient or a
//!   subject adds a header, a recipient or a command.
//! - With `smtp+starttls` and `smtps` neither a letter nor a password leaves without TLS to a server whose
//!   certificate the machine's roots vouch for. A password never goes to another machine in the clear.
//! - A letter is taken or refused within a bounded time, whatever the server does.
//! - Passwords and letters are in no error and in no `Debug` text.
//!
//! # What this crate must not do
//!
//! Keep letters and try again: that is for the mail server, which has a queue. Decide what letters say or
//! who gets one. Read the environment.

mod error;
mod mailer;
mod server_url;

pub use error::SmtpError;
pub use mailer::SmtpMailer;
