//! Rules and commands: what is done as a whole, again if others were faster, and once for a key.

mod bounds;
mod deadlocks;
mod hooks;
mod idempotency;
mod page;
mod shop;
mod shown;
