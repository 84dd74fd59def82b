//! What has happened, told on: business events to their handlers, and records of the audit trail to sinks.
//!
//! What is to be told is written in the same transaction as what it is about, with one row for each who is still to
//! have it (an outbox). After the commit a [`Dispatcher`] hands it over and removes the row.
//!
//! # Invariants
//!
//! - An event is there if, and only if, what raised it was committed; and so are its deliveries.
//! - A delivery is removed only after its receiver has said that it has it. Nothing else ends it: no number of
//!   failures, no end of the process.
//! - Of what is about one row, a receiver gets the next only when it has the one before.
//! - A record of the audit trail is written by the store, as ever; sinks get copies. Nothing replaces the trail.
//!
//! # What this crate must not do
//!
//! Know a database or HTTP. Write payloads to the log. Abort a handler: see [`Handler::handle`].

mod business_event;
mod delivered;
mod delivery;
mod dispatcher;
mod event;
mod event_book;
mod hand_over;
mod handler;
mod json_lines;
mod outbox;
mod raise;
mod receiver;
mod recorded;
mod round;

pub use business_event::{BusinessEvent, BusinessEventCreate, BusinessEventUpdate};
pub use delivered::Delivered;
pub use delivery::{Delivery, DeliveryCreate, DeliveryUpdate};
pub use dispatcher::Dispatcher;
pub use event::Event;
pub use event_book::EventBook;
pub use handler::Handler;
pub use json_lines::JsonLines;
pub use outbox::Outbox;
pub use raise::Raise;
