//! The back office as its users meet it, on both engines: what each entity takes, what each rule and command allows
//! and refuses, who reaches what, and that the money is right afterwards. A specification to read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod access_matrix;
mod books;
mod cancel;
mod clock;
mod commands;
mod confirm;
mod conservation;
mod credit;
mod customers;
mod document;
mod documentation;
mod events;
mod letters;
mod orders;
mod pay;
mod people;
mod process;
mod products;
mod regions;
mod seed;
mod settings;
mod shop;
mod simulated_clerk;
mod states;
