//! Events as handlers get them.

use crate::{BusinessEvent, Event};
use chrono::{DateTime, Utc};

/// An event with what is known of how it came about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delivered<E> {
    /// Identity: the same each time that this event is handed over.
    pub id: i64,
    /// When the request that raised it began.
    pub at: DateTime<Utc>,
    /// The collection of the row that it is about.
    pub entity: String,
    /// The key of that row.
    pub entity_key: String,
    /// The user on whose account; none for the program itself and for nobody.
    pub user_id: Option<i64>,
    /// The user who acted in that user's place.
    pub impersonator_id: Option<i64>,
    /// The request that raised it.
    pub request_id: String,
    /// Which try this is, from 1. The first one is not always the only one that began: a try that the end of
    /// the process cut short counts, too.
    pub attempt: i64,
    /// What has happened.
    pub event: E,
}

impl<E: Event> Delivered<E> {
    /// Reads a stored event. An error says where the text does not fit, and nothing of what is in it.
    pub(crate) fn read(row: BusinessEvent, attempt: i64) -> Result<Self, String> {
        let event = serde_json::from_str(&row.payload).map_err(|error| {
            let (kind, line, column) = (error.classify(), error.line(), error.column());
            format!("event {} does not fit its type: {kind:?} error at line {line}, column {column}", row.id)
        })?;
        let BusinessEvent { id, at, entity, entity_key, user_id, impersonator_id, request_id, .. } = row;
        Ok(Self { id, at, entity, entity_key, user_id, impersonator_id, request_id, attempt, event })
    }
}
