//! Authentication against ports in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod api_keys;
mod authenticate;
mod impersonation;
mod trail;
mod trail_store;
mod world;
