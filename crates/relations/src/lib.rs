//! How entities belong together, over HTTP: related rows embedded in representations (`expand=`), and rows of
//! an entity that link rows of two others (many to many).
//!
//! What refers to what is said by the entities themselves: a field's
//! [`references`](kwik_domain::FieldMeta::references), and the [`children`](kwik_domain::EntityMeta::children)
//! that are parts of a row.
//!
//! # Invariants
//!
//! - Related rows are read through the policy, like all others: a row out of reach is as if it did not exist.
//! - A page costs one statement more for each relation that is asked for (two where rows are linked by
//!   others), however many rows it has. How many rows are read, and how many bytes they take, is bounded.
//! - Links are rows like any other: made and removed with their rules, and audited.
//!
//! # What this crate must not do
//!
//! Know a database, or read anything past the policy.

mod embed;
mod link;
mod links;
mod links_api;
mod relation;
mod wanted;

pub use embed::Relations;
pub use link::Link;
pub use links_api::register_link;
