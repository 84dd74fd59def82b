//! What was refused, on the audit trail.

use crate::bounded::slot;
use kwik_app::Data;
use kwik_domain::{AccessEvent, Ctx};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How many denials of a user are written in a minute.
const PER_MINUTE: u32 = 60;

/// Writes to the audit trail who was denied what. Somebody who tries the same without end does not fill
/// it: of one user it takes 60 denials a minute, and one record more that says that there were others.
pub(crate) struct Denials {
    data: Data,
    written: Mutex<HashMap<Option<i64>, Minute>>,
}

#[derive(Default)]
struct Minute {
    number: i64,
    denials: u32,
}

impl Denials {
    /// Denials that are written by way of these data.
    pub(crate) fn new(data: Data) -> Self {
        Self { data, written: Mutex::default() }
    }

    /// Writes that this was denied: the operation as `GET /customers/{id}`, the word for programs, and the
    /// reason. That it cannot be written is logged and changes nothing: it is denied anyway.
    pub(crate) async fn write(&self, ctx: &Ctx, operation: &str, code: &str, reason: &str) {
        let user_id = ctx.actor.user_id();
        let count = self.count(user_id, ctx.now.timestamp().div_euclid(60));
        if count > PER_MINUTE + 1 {
            return;
        }
        let mut event = AccessEvent::new("denied").with("operation", operation);
        event = event.with("code", code).with("reason", reason);
        if let Some(user_id) = user_id {
            event = event.about(user_id);
        }
        if count > PER_MINUTE {
            event = event.with("suppressed", "further denials of this minute");
        }
        if let Err(error) = self.data.record(ctx, &event).await {
            tracing::error!(%error, operation, "a denial could not be written to the audit trail");
        }
    }

    /// How many there were in this minute, this one included.
    fn count(&self, user_id: Option<i64>, minute: i64) -> u32 {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let last = slot(&mut written, user_id);
        if last.number != minute {
            *last = Minute { number: minute, denials: 0 };
        }
        last.denials = last.denials.saturating_add(1);
        last.denials
    }
}
