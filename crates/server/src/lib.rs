//! How it holds: the HTTP server, the hardening around an endpoint, and the one shape of errors.
//!
//! Two halves, each usable alone, around any poem endpoint, and a page for its document ([`docs_routes`]):
//!
//! ```no_run
//! use kwik_server::{HttpConfig, ServerConfig, harden, serve};
//! use poem::{Route, get, handler};
//!
//! #[handler]
//! fn hello() -> &'static str {
//!     "hello"
//! }
//!
//! # async fn run() -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! let endpoint = harden(Route::new().at("/", get(hello)), &HttpConfig::default());
//! serve(listener, endpoint, ServerConfig::default(), std::future::pending()).await
//! # }
//! ```
//!
//! [`serve`] owns sockets: it accepts, bounds how many connections there are
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
//! - Domain errors become answers in one exhaustive `match`: `problem/domain.rs`.
//!
//! It must not know entities, permissions or routes.

pub mod problem;

mod access_log;
mod body_guard;
mod client_address;
mod clock;
mod compression;
mod config;
mod connection;
mod cors;
mod docs;
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
pub use docs::docs_routes;
pub use drain::Drain;
pub use harden::{Hardened, harden};
pub use health::{Readiness, health_routes, livez, readyz};
pub use http_config::HttpConfig;
pub use poem_error::AllowedMethods;
pub use request_id::RequestId;
pub use serve::serve;
