//! How it is done: adapters for the ports of `kwik-domain`, one folder a technology.
//!
//! - [`sql`]: what both databases share: statements built once with sea-query and cached by shape.
//! - [`postgres`] and [`sqlite`]: the [`Store`](kwik_domain::Store) on each.
//! - [`argon2`], [`jwt`], [`system`]: passwords, tokens, the clock and randomness.
//!
//! # Invariants
//!
//! - A write, its version and its audit record are one statement (PostgreSQL) or one transaction
//!   (SQLite).
//! - SQL text is made of names from metadata and of numbered slots; values are always bound.
//! - No driver's error leaves this crate: `error.rs` of each database turns it into a
//!   [`StoreError`](kwik_domain::StoreError).
//! - Only [`database`] names both engines.
//!
//! # What this crate must not do
//!
//! Decide who may do what, or know HTTP.

//!
//! # Alone
//!
//! ```
//! use kwik_adapters::jwt::JwtSigner;
//! use kwik_domain::{Claims, Purpose, Secret, TokenSigner};
//!
//! let signer = JwtSigner::new(&Secret::new("thirty-two bytes that nobody knows"), &[]).unwrap();
//! let issued_at = chrono::DateTime::UNIX_EPOCH;
//! let expires_at = issued_at + chrono::TimeDelta::hours(1);
//! let (session, id) = ("s".into(), "t".into());
//! let claims = Claims { user_id: 7, impersonator: None, session, id, purpose: Purpose::Access, issued_at, expires_at };
//! let token = signer.sign(&claims).unwrap();
//! assert_eq!(signer.verify(&token, Purpose::Access, issued_at), Ok(claims));
//! assert!(signer.verify(&token, Purpose::Access, expires_at).is_err());
//! ```

pub mod argon2;
pub mod database;
mod epochs;
pub mod jwt;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod system;

pub use database::{ConnectError, Database};
