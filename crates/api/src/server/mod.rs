//! The production HTTP server: an accept loop on hyper, and the hardening around an endpoint.
//!
//! Two halves, each usable alone. [`serve`] owns sockets: it accepts, bounds how many connections there are
//! and how long a client may keep one waiting, and drains on shutdown. [`harden`] owns requests: identity,
//! logging, isolation, limits and the headers of every answer; it works the same in another poem server.
//!
//! Invariants:
//! - Nothing that a client does or leaves undone keeps a socket or a task for ever.
//! - The work of a request runs in a task of its own that nothing aborts; neither a dropped connection nor
//!   a time-out cancels it.
//! - Every answer carries the request id, and every error is a [`Problem`](crate::problem::Problem) that
//!   echoes nothing of the request. The only exceptions are hyper's own empty 400, 414 and 431 to bytes that
//!   are not HTTP.
//!
//! It must not know entities, permissions or the `OpenAPI` document.

mod access_log;
mod body_guard;
mod client_address;
mod clock;
mod compression;
mod config;
mod connection;
mod cors;
mod drain;
mod harden;
mod health;
mod http_config;
mod patience;
mod poem_error;
mod refusal;
mod request_id;
mod security_headers;
mod serve;
mod shield;
mod stream;

pub use client_address::ClientAddress;
pub use config::ServerConfig;
pub use drain::Drain;
pub use harden::{Hardened, harden};
pub use health::{Readiness, health_routes, livez, readyz};
pub use http_config::HttpConfig;
pub use poem_error::AllowedMethods;
pub use request_id::RequestId;
pub use serve::serve;
