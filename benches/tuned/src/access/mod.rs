//! Who may do what: the token on each request, the rights from memory.
//!
//! Invariant: rights are taken from memory only while the listener hears of every change to them.

mod caller;
mod rights;

pub(crate) use caller::{Caller, Create, Delete, Read, Update};
pub(crate) use rights::Rights;
