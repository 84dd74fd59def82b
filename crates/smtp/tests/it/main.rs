//! The mailer against a mail server that does as it is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod letters;
mod refusals;
mod security;
mod server;
