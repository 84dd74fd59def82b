//! The five operations on customers, one statement each.

mod encode;
mod reads;
mod row;
mod sql;
mod writes;

pub(crate) use reads::{list, read};
pub(crate) use writes::{create, delete, update};
