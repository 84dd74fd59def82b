//! Takes over a database of Kwik in Python: its users, roles, permissions and links, with their ids and
//! passwords, so that business tables and people go on as before.
//!
//! The five tables move into the schema [`KWIK_SCHEMA`], ours take their place, rows are copied, and foreign
//! keys of other tables are pointed at the copies. See [`Takeover`].
//!
//! # Invariants
//!
//! - Nothing is changed before everything was looked at; users that cannot be told apart stop it.
//! - Rows are written by the audited write path, all of them or none, with a record on the trail that says
//!   so; by that record a second run knows.
//! - Whatever fails or is killed in between, the same command goes on from there.
//! - Nobody gains by it: inactive and doubtful rows give no rights. What is left out or changed is reported.
//!
//! # What this crate must not do
//!
//! Drop a table or a row of Kwik's: they stay in that schema until a person drops it.

mod copy;
mod error;
mod kwik_rows;
mod layout;
mod names;
mod people;
mod plan;
mod references;
mod report;
mod takeover;
mod validity;

pub use error::TakeoverError;
pub use layout::KWIK_SCHEMA;
pub use report::Report;
pub use takeover::Takeover;
