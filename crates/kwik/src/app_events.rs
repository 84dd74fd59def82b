//! Events of the business, and sinks of the audit trail.

use crate::{App, Operations};
use kwik_api::resource::{self, Resource, Typed};
use kwik_app::CrudService;
use kwik_domain::{Action, AuditSink, Entity};
use kwik_events::{BusinessEvent, Delivery, Event, Handler};
use std::sync::Arc;

impl App {
    /// Adds an event with one who is told of it after the commit, by a name that stays the same in all
    /// releases. Several may be told of one event, each by a name of its own.
    ///
    /// With the first event come the tables of events and of deliveries, and `GET /events/` and
    /// `GET /events/{id}` for whoever has `events_read`: what payloads hold is seen by those as it is.
    #[must_use]
    pub fn on<E: Event>(mut self, name: &'static str, handler: impl Handler<E>) -> Self {
        self.events.on::<E>(name, handler);
        self.with_events()
    }

    /// Adds an event of which nobody is told yet: it is stored when it is raised.
    #[must_use]
    pub fn event<E: Event>(mut self) -> Self {
        self.events.declare::<E>();
        self.with_events()
    }

    /// Hands every record of the audit trail to a sink as well, from now on: at least once, after its commit,
    /// in the order of the row's changes. The trail itself stays where it is: nothing replaces it.
    #[must_use]
    pub fn audit_sink(mut self, sink: impl AuditSink + 'static) -> Self {
        self.events.sink(Arc::new(sink));
        self.internal(Delivery::META);
        self
    }

    fn with_events(mut self) -> Self {
        self.internal(Delivery::META);
        if self.entities.iter().any(|meta| std::ptr::eq(*meta, BusinessEvent::META)) {
            return self;
        }
        self.internal(BusinessEvent::META);
        let read = BusinessEvent::META.permission(Action::Read.verb());
        if let Some((_, unneeded)) = self.unneeded.last_mut() {
            unneeded.retain(|name| *name != read);
        }
        self.parts.push(Box::new(|services, registrar| {
            let service = CrudService::<BusinessEvent>::new(services.data.clone());
            let service = service.sorted_by(&[BusinessEvent::ID.desc()]);
            let resource: Arc<dyn Resource> = Arc::new(Typed::new(service));
            resource::register(registrar, &resource, &[Operations::List, Operations::Get], &services.mount);
        }));
        self
    }
}
