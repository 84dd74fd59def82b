//! What is SQLite's own.

mod disk;
mod open;
