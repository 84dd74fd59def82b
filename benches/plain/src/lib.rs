//! What the two yardsticks have in common: the wire contract of customers, the tables, sign-in and tokens.
//!
//! The yardsticks say what a good engineer gets by hand from poem and sqlx, so that the figures of the
//! framework mean something. The plain one is this package's program; the tuned one, a package of its own,
//! takes from here only what does not decide its speed (settings, tables, sign-in, validation, problems) and
//! does rights, statements and serialisation its own way.
//!
//! Invariants: nothing here depends on the framework; every error leaves as a problem document without SQL.

pub mod app;
pub mod input;
pub mod login;
pub mod origin;
pub mod password;
pub mod precondition;
pub mod problem;
pub mod schema;
pub mod settings;
pub mod token;
