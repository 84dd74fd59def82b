//! The customers interface as its users meet it, through every layer but the socket, on both engines:
//! a specification to read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod access_matrix;
mod crud;
mod history;
mod lists;
mod money;
mod people;
mod process;
#[allow(dead_code, unused_qualifications, reason = "the program's own main is not what is called here")]
#[path = "../../src/main.rs"]
mod program;
mod refusals;
