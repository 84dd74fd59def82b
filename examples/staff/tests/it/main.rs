//! Who reaches what in the staff interface, through every layer but the socket, on both engines: each
//! kind of policy with everybody whom it concerns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod access_matrix;
mod closed_tickets;
mod confidential_tickets;
mod departments;
mod document;
mod documentation;
mod explain;
mod owners;
mod people;
mod permissions;
mod profiles;
mod salaries;
