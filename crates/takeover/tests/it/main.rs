//! A database as Kwik in Python leaves it, and what becomes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod after;
mod existing;
mod kwik_database;
#[allow(dead_code, unused_qualifications, reason = "the program's own main is not what is called here")]
#[path = "../../examples/orders.rs"]
mod orders;
mod process;
mod production;
mod refusals;
mod resuming;
mod rights;
