//! Who may come in, and what they may do there.

mod first_start;
mod reach;
mod rights;
mod scopes;
mod sign_in;

pub use rights::app;
