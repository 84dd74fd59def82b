//! How it looks: the HTTP interface of Kwik on poem and poem-openapi.

pub mod problem;
pub mod server;
