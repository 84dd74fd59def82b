//! Whole programs, through all layers but the socket, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unused_async, missing_docs, unreachable_pub)]

mod access;
mod audit;
mod commands;
mod document;
mod identity;
mod keys;
mod kinds;
mod lists;
mod own;
mod references;
mod relations;
mod sketches;
mod start;
