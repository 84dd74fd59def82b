//! What the command line does, one command a file.

pub(crate) mod check;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod seed;
pub(crate) mod serve;
#[cfg(feature = "takeover")]
pub(crate) mod takeover;
pub(crate) mod user;
