//! The five operations on customers.

mod customer;
mod reads;
mod writes;

pub(crate) use customer::Customer;
pub(crate) use reads::{list, read};
pub(crate) use writes::{create, delete, update};
