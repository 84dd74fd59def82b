//! Whoever is told.

use crate::{BusinessEvent, Delivered, Delivery, Event, Handler};
use async_trait::async_trait;
use kwik_app::Data;
use kwik_domain::{AuditSink, Ctx, Repository, Via, access::AuditEntry};
use std::{marker::PhantomData, sync::Arc};

/// Whoever is told of something, whatever its type.
#[async_trait]
pub(crate) trait Receiver: Send + Sync {
    /// Hands it over. The text of an error is for the log.
    async fn receive(&self, data: &Data, delivery: &Delivery) -> Result<(), String>;
}

/// A handler by its name.
pub(crate) struct ByHandler<E, H> {
    pub(crate) name: &'static str,
    pub(crate) handler: H,
    pub(crate) event: PhantomData<fn() -> E>,
}

#[async_trait]
impl<E: Event, H: Handler<E>> Receiver for ByHandler<E, H> {
    async fn receive(&self, data: &Data, delivery: &Delivery) -> Result<(), String> {
        let ctx = data.system(Via::Job(self.name));
        let found = data.single().repository::<BusinessEvent>().find(&ctx, delivery.event_id).await;
        let row = found.map_err(|error| error.to_string())?.ok_or("the event is gone")?.entity;
        let event = Arc::new(Delivered::<E>::read(row, delivery.attempts)?);
        // Whatever comes of it is traced back to the request.
        let ctx = Ctx { request_id: event.request_id.as_str().into(), ..ctx };
        self.handler.handle(&ctx, data, &event).await.map_err(|error| error.to_string())
    }
}

/// A sink of the audit trail.
pub(crate) struct BySink(pub(crate) Arc<dyn AuditSink>);

#[async_trait]
impl Receiver for BySink {
    async fn receive(&self, data: &Data, delivery: &Delivery) -> Result<(), String> {
        let ctx = data.system(Via::Job("audit"));
        let found = data.single().repository::<AuditEntry>().find(&ctx, delivery.event_id).await;
        let entry = found.map_err(|error| error.to_string())?.ok_or("the record is gone")?;
        self.0.take(&entry).await.map_err(|error| error.to_string())
    }
}
