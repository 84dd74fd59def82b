//! The tests of the testkit itself.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod aborted;
mod database;
mod isolation;
mod process;
mod template;
