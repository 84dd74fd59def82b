//! The integration tests of the credentials.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod argon2;
mod jwt;
