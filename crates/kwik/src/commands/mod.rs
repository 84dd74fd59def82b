//! What the command line does, one command a file.

pub(crate) mod check;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod serve;
pub(crate) mod user;
