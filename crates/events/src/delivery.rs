//! What is still to be handed over.

use chrono::{DateTime, TimeDelta, Utc};
use kwik_domain::{Ctx, Entity};

/// Something that a receiver is still to be told of. The row is written together with what it is about,
/// and removed once the receiver has it.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "kwik_deliveries", plural = "Deliveries", unaudited, unique(handler, stream, event_id))]
pub struct Delivery {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// The event; of an audit sink, the record of the trail.
    pub event_id: i64,
    /// The receiver: a handler by its name, or `audit:` and the name of a sink.
    #[entity(length(1..=200))]
    pub handler: String,
    /// The row that it is about, as `orders/17`: what is about one row is handed over in its order.
    pub stream: String,
    /// How often it was tried.
    #[entity(default = 0)]
    pub attempts: i64,
    /// When it is to be tried; while it is tried, when whoever tries is given up.
    #[entity(indexed)]
    pub due_at: DateTime<Utc>,
    /// Why the last try failed.
    #[entity(sensitive)]
    pub last_error: Option<String>,
}

/// How many characters of an error are kept.
const ERROR_LENGTH: usize = 500;
/// The longest time between two tries, in seconds.
const LONGEST_PAUSE: i64 = 3600;

/// A delivery that is due at once.
pub(crate) fn new(ctx: &Ctx, event_id: i64, handler: &str, stream: &str) -> DeliveryCreate {
    DeliveryCreate {
        event_id,
        handler: handler.to_owned(),
        stream: stream.to_owned(),
        attempts: 0,
        due_at: ctx.now,
        last_error: None,
    }
}

/// The name of what is about one row.
pub(crate) fn stream(collection: &str, key: &str) -> String {
    format!("{collection}/{key}")
}

/// The change that says when a delivery is due: at once, or when a lease has run out.
pub(crate) fn due(due_at: DateTime<Utc>) -> DeliveryUpdate {
    DeliveryUpdate { due_at: Some(due_at), ..DeliveryUpdate::default() }
}

/// The change that begins a try: until `lease` nobody else tries.
pub(crate) fn claimed(delivery: &Delivery, lease: DateTime<Utc>) -> DeliveryUpdate {
    DeliveryUpdate { attempts: Some(delivery.attempts + 1), ..due(lease) }
}

/// The change after a try that failed: 1 s, 2 s, 4 s … and at most an hour, without end.
pub(crate) fn failed(delivery: &Delivery, reason: &str, now: DateTime<Utc>) -> DeliveryUpdate {
    let reason = reason.chars().filter(|c| *c != '\0').take(ERROR_LENGTH).collect();
    DeliveryUpdate { last_error: Some(Some(reason)), ..due(now + pause(delivery.attempts)) }
}

/// What is about the same row, for the same receiver.
pub(crate) fn same_stream(handler: &str, stream: &str) -> kwik_domain::Filter {
    Delivery::HANDLER.eq(handler) & Delivery::STREAM.eq(stream)
}

/// How long to wait after so many tries.
fn pause(attempts: i64) -> TimeDelta {
    let doublings = u32::try_from((attempts - 1).clamp(0, 20)).unwrap_or(0);
    TimeDelta::seconds((1_i64 << doublings).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_never_end() {
        let seconds = [1, 2, 3, 4, 12, 13, 14, 1_000_000, i64::MAX].map(|n| pause(n).num_seconds());
        assert_eq!(seconds, [1, 2, 4, 8, 2048, 3600, 3600, 3600, 3600]);
    }

    #[test]
    fn the_collection_is_a_table_of_our_own() {
        assert_eq!(
            (Delivery::META.table, Delivery::META.audited, Delivery::META.versioned),
            ("kwik_deliveries", false, true)
        );
    }
}
