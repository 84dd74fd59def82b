//! How it looks: the HTTP interface of Kwik on poem and poem-openapi.
//!
//! - [`resource`]: the operations of any entity, from its metadata.
//! - [`Registrar`]: collects operations of every origin, checks that each declares who may call it,
//!   and makes the router and the document.
//! - [`Gate`]: the one wrapper that enforces the declarations, before a body is read.
//! - [`problem`]: errors, in one place.
//! - [`server`]: sockets, and the hardening around the whole.
//!
//! # Invariants
//!
//! - An operation without a declared policy keeps the program from starting.
//! - Authentication, permission, path, query, body: checked in this order.
//! - Domain errors become answers in one exhaustive `match`: `problem/domain.rs`.
//!
//! # What this crate must not do
//!
//! Know a database, or decide anything that a use case should decide.

mod access;
mod docs;
mod document;
mod extract;
mod gate;
mod login;
mod payload;
pub mod problem;
mod registrar;
pub mod resource;
pub mod server;

pub use access::Access;
pub use docs::docs_routes;
pub use document::Info;
pub use extract::{Allow, Permission, Public, SignedIn};
pub use gate::Gate;
pub use login::login_operation;
pub use payload::Json;
pub use registrar::{Api, Operation, Registrar};

/// The result of a user's endpoint: any domain error becomes its problem with `?`.
pub type ApiResult<T> = Result<T, problem::Problem>;
