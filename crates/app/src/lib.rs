//! What we do: the application services of Kwik, one use case a file.
//!
//! # Invariants
//!
//! - Every use case takes the [`Ctx`](kwik_domain::Ctx) first, and everything that it reads or
//!   writes passes the policy by way of a [`Repository`](kwik_domain::Repository).
//! - A use case that writes more than one row opens one [`Work`] and commits it once.
//! - Rights are read from the database once, and again only when they may have changed.
//!
//! # What this crate must not do
//!
//! Know HTTP, a database, or a cryptographic algorithm: it sees ports only.

mod authenticate;
mod bootstrap;
mod crud;
mod data;
mod rule;
mod sign_in;
mod users;

pub use authenticate::Authenticator;
pub use bootstrap::{Bootstrap, FirstAdministrator, Welcome};
pub use crud::{CrudService, ListQuery, Listing, Shown};
pub use data::{Data, Work};
pub use rule::Rule;
pub use sign_in::{SignIn, SignInSettings, Token};
pub use users::{NewUser, Users};
