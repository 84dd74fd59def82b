//! Something that a department has been asked to do.

use kwik::prelude::*;

/// How far a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, FieldType)]
pub enum Status {
    Open,
    Closed,
}

/// Something that a department has been asked to do.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "tickets", owner(clerk_id))]
pub struct Ticket {
    #[entity(key)]
    pub id: i64,
    #[entity(length(1..=200))]
    pub title: String,
    #[entity(length(1..=80))]
    pub department: String,
    /// The user who deals with it: its owner.
    #[entity(indexed)]
    pub clerk_id: Option<i64>,
    #[entity(default = "open")]
    pub status: Status,
    #[entity(default = "false")]
    pub confidential: bool,
}
