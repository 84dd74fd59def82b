//! Raising events.

use crate::{
    BusinessEvent, Event, Outbox,
    business_event::BusinessEventCreate,
    delivery::{self, Delivery},
};
use async_trait::async_trait;
use kwik_app::Work;
use kwik_domain::{Action, Ctx, Entity, Error, KeyType, Repository, Result, Stored};

/// Raises events in units of work.
#[async_trait]
pub trait Raise {
    /// Says that something has happened to a row, as a part of the unit of work: the event lasts if the change
    /// lasts. After the commit its handlers are told. The row is locked until then, so that what is told of one
    /// row is told in the order of the commits. Gives the event's id.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the program does not declare the event, or it is no struct with named fields;
    /// [`Error::Store`] and [`Error::Conflict`] as with any write.
    async fn raise<T: Entity, E: Event>(&mut self, ctx: &Ctx, row: &Stored<T>, event: E) -> Result<i64>;
}

#[async_trait]
impl Raise for Work {
    async fn raise<T: Entity, E: Event>(&mut self, ctx: &Ctx, row: &Stored<T>, event: E) -> Result<i64> {
        let outbox = self.state::<Outbox>().filter(|outbox| outbox.book().declares::<E>());
        let undeclared = || format!("the event {} is not declared; add it with App::on or App::event", E::NAME);
        let outbox = outbox.cloned().ok_or_else(|| Error::Internal(undeclared()))?;
        let payload = payload(&event)?;
        // Whoever may raise it need not be allowed to read the row, or to see events.
        let elevated = ctx.elevated();
        let key = row.entity.key();
        // A row that was removed in this unit of work is gone, and locked all the same.
        self.repo().find_locked::<T>(&elevated, Action::Read, &key).await?;
        let (entity, entity_key) = (T::META.collection.to_owned(), key.values().to_text());
        let stream = delivery::stream(&entity, &entity_key);
        let create = BusinessEventCreate {
            at: ctx.now,
            name: E::NAME.to_owned(),
            entity,
            entity_key,
            payload,
            user_id: ctx.actor.user_id(),
            impersonator_id: ctx.actor.impersonator,
            request_id: ctx.request_id.to_string(),
        };
        let id = self.repository::<BusinessEvent>().create(&elevated, &create).await?.id;
        for handler in outbox.book().handlers_of(E::NAME) {
            let create = delivery::new(ctx, id, handler, &stream);
            self.repository::<Delivery>().create(&elevated, &create).await?;
        }
        self.after_commit(move || async move {
            outbox.wake();
            Ok(())
        });
        Ok(id)
    }
}

/// The event as JSON.
fn payload<E: Event>(event: &E) -> Result<String> {
    let payload = serde_json::to_string(event).unwrap_or_default();
    if payload.starts_with('{') {
        return Ok(payload);
    }
    Err(Error::Internal(format!("the event {} is no JSON object; make it a struct with named fields", E::NAME)))
}
