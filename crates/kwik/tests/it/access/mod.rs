//! Who may come in, and what they may do there.

mod explain;
mod first_start;
mod held_bodies;
mod profile;
mod reach;
mod rights;
mod scopes;

pub use rights::app;
