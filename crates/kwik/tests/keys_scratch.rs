//! Scratch.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unused_async, missing_docs, unreachable_pub)]

#[path = "it/keys/mod.rs"]
mod keys;
