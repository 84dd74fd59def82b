//! How entities belong together: rows embedded in others, parts, links.

mod expand;
mod library;
mod links;
mod parts;
