//! The server against raw TCP clients on an ephemeral port.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod access_log;
mod answers;
mod client;
mod cors;
mod isolation;
mod limits;
mod server;
mod shutdown;
mod slow_clients;
