//! Lists: which rows in which order, page by page, and what nobody is told.

mod closed_fields;
pub mod counting;
mod document;
mod filters;
mod pages;
mod parameters;
mod references;
mod search;
mod specimen;
mod statements;
mod tags;
mod walks;
mod wire;
