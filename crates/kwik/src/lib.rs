//! A business API from one description of an entity.
//!
//! ```no_run
//! use kwik::prelude::*;
//!
//! #[derive(Clone, Debug, Entity)]
//! #[entity(collection = "customers")]
//! pub struct Customer {
//!     #[entity(key)]
//!     pub id: i64,
//!     #[entity(length(1..=200))]
//!     pub name: String,
//!     #[entity(email, unique)]
//!     pub email: String,
//!     #[entity(default = "5000", range("0"..))]
//!     pub credit_limit: Decimal,
//! }
//!
//! fn main() -> kwik::Result<()> {
//!     kwik::App::new().resource::<Customer>().main()
//! }
//! ```
//!
//! [`App::main`] is a whole command line: `serve`, `migrate`, `openapi`, `user`, `seed`, `check`.
//! [`App::build`] gives the same as an endpoint for a program of one's own. What can be added and replaced is in
//! [`App`]'s methods, and with examples in `docs/extending.md`.
//!
//! # Invariants
//!
//! - This crate only wires: settings to adapters, adapters to services, services to the interface.
//! - The environment is read in one place, [`Settings::from_environment`].
//!
//! # What this crate must not do
//!
//! Hold rules of the business, SQL, or HTTP of its own.

// The derives name this crate by its own name, here as everywhere else.
extern crate self as kwik;

mod app;
mod app_events;
mod app_relations;
mod command_line;
mod commands;
mod error;
mod log_mailer;
mod logging;
mod macros;
mod own_routes;
mod policies;
pub mod prelude;
mod resource_options;
mod seeds;
mod service;
mod settings;
mod surroundings;
mod terminal;

pub use app::{App, Operations, Services};
pub use error::{Error, Result};
pub use kwik_adapters as adapters;
pub use kwik_api as api;
pub use kwik_app as services;
pub use kwik_credentials as credentials;
pub use kwik_domain as domain;
pub use kwik_events as events;
pub use kwik_idempotency as idempotency;
pub use kwik_identity as identity;
pub use kwik_macros::migrations;
pub use kwik_schema as schema;
pub use kwik_schema::Migration;
// What `App::route` and `App::with` take is made with it.
#[cfg(feature = "takeover")]
pub use kwik_takeover as takeover;
pub use poem;
pub use resource_options::ResourceOptions;
pub use seeds::Ensured;
pub use service::Service;
pub use settings::{Environment, Section, SectionReader, Setting, Settings, SettingsError, SmtpSettings};
