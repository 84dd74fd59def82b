//! What the derives write, at work, and what they refuse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp, clippy::approx_constant)]

mod customer;
mod every_attribute;
mod field_types;
mod keys;
mod metadata;
mod misuse;
mod names;
mod relations;
mod row;
mod secrets;
mod validation;
