//! Every wrong request gets an answer that says what was wrong, and nothing else.

mod access;
mod bodies;
mod conflicts;
mod fields;
mod preconditions;
mod routes;
