//! How it looks: the HTTP interface of Kwik on poem and poem-openapi.
//!
//! - [`resource`]: the operations of any entity, from its metadata.
//! - [`Registrar`]: collects operations of every origin, checks that each declares who may call it,
//!   and makes the router and the document.
//! - [`Gate`]: the one wrapper that enforces the declarations, before a body is read. Who somebody is, it asks
//!   an [`Authenticate`](kwik_domain::Authenticate).
//!
//! Sockets, hardening and errors are in `kwik-server`, which is here as [`server`] and [`problem`].
//!
//! # Invariants
//!
//! - An operation without a declared policy keeps the program from starting.
//! - Authentication, permission, path, query, body: checked in this order.
//! - Every error is a [`problem::Problem`].
//!
//! # What this crate must not do
//!
//! Know a database or how credentials are judged, or decide anything that a use case should decide.

//!
//! # Alone
//!
//! A registrar makes the router and the document of any operations; here of one.
//!
//! ```
//! use kwik_api::{Access, Operation, Registrar};
//! use poem::{EndpointExt, endpoint::make_sync, http::Method};
//!
//! let mut registrar = Registrar::default();
//! registrar.operation(Operation {
//!     method: Method::GET,
//!     path: "/ping".to_owned(),
//!     access: Access::Public,
//!     document: serde_json::json!({ "operationId": "ping", "responses": { "200": { "description": "pong" } } }),
//!     endpoint: make_sync(|_| "pong").map_to_response().boxed(),
//! });
//! // `registrar.finish(&info, &gate)` puts it behind a gate.
//! ```

mod access;
mod call;
mod credentials;
mod document;
mod extract;
mod form;
mod gate;
pub mod http;
mod payload;
mod registrar;
pub mod resource;

pub use access::Access;
pub use call::Call;
pub use document::Info;
pub use extract::{Allow, HEADER_TITLE, Permission, Public, SignedIn};
pub use form::Body;
pub use gate::Gate;
pub use kwik_query::PageTokens;
pub use kwik_server as server;
pub use kwik_server::problem;
pub use payload::Json;
pub use registrar::{Api, Operation, Registrar};

/// The result of a user's endpoint: any domain error becomes its problem with `?`.
pub type ApiResult<T> = Result<T, problem::Problem>;
