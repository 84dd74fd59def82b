//! The program itself, as a process: it starts, serves, stops, and finds its data again. What keeps it from
//! starting is one clear line and a status that is not 0. Nothing here reaches into it: what is known of it
//! is its output, its answers and its database.

mod commands;
mod crash;
mod enumeration;
mod harness;
mod lifetime;
mod production;
mod refused;
mod serving;
mod two_instances;
mod users;
