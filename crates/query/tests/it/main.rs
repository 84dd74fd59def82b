//! Lists, asked for from outside: tables of cases, and random ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod errors;
mod filters;
mod random;
mod references;
mod requests;
mod sample;
mod search;
mod tokens;
