//! Temporary.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::expect_used)]
#[path = "it/kinds/mod.rs"]
mod kinds;
