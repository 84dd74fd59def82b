//! The events of a program, and who is told of them.

use crate::{
    BusinessEvent, Delivery, Event, Handler,
    receiver::{ByHandler, BySink, Receiver},
};
use kwik_domain::{AuditSink, Entity, EntityMeta};
use std::{any::TypeId, collections::BTreeMap, marker::PhantomData, sync::Arc};

/// How the names of sinks begin among those of receivers.
const AUDIT: &str = "audit:";
/// How long names may be.
const LONGEST: usize = 100;

/// The events of a program, their handlers, and the sinks of its audit trail.
#[derive(Clone, Default)]
pub struct EventBook {
    /// Types by the names of their events.
    events: BTreeMap<&'static str, TypeId>,
    /// Receivers by their names.
    receivers: BTreeMap<String, Entry>,
    problems: Vec<String>,
}

#[derive(Clone)]
struct Entry {
    /// The name of the event; none of what takes audit records.
    event: Option<&'static str>,
    receiver: Arc<dyn Receiver>,
}

impl EventBook {
    /// Adds an event that may be raised.
    pub fn declare<E: Event>(&mut self) {
        let known = *self.events.entry(E::NAME).or_insert(TypeId::of::<E>());
        if known != TypeId::of::<E>() {
            self.problems.push(format!("two types of events are called {}; rename one", E::NAME));
        }
        self.check_name("event", E::NAME);
    }

    /// Adds an event with one who is told of it. The name of the handler is in the database: it stays the same
    /// in all releases.
    pub fn on<E: Event>(&mut self, name: &'static str, handler: impl Handler<E>) {
        self.declare::<E>();
        self.check_name("handler", name);
        let receiver = Arc::new(ByHandler { name, handler, event: PhantomData });
        self.add(name.to_owned(), Entry { event: Some(E::NAME), receiver });
    }

    /// Adds one who is told of every record of the audit trail.
    pub fn sink(&mut self, sink: Arc<dyn AuditSink>) {
        let name = sink.name();
        self.check_name("audit sink", name);
        self.add(format!("{AUDIT}{name}"), Entry { event: None, receiver: Arc::new(BySink(sink)) });
    }

    fn add(&mut self, name: String, entry: Entry) {
        if self.receivers.contains_key(&name) {
            self.problems.push(format!("two receivers are called {name}; rename one"));
        }
        self.receivers.insert(name, entry);
    }

    fn check_name(&mut self, what: &str, name: &str) {
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if name.is_empty() || name.len() > LONGEST || !name.chars().all(fits) {
            let expected = format!("1 to {LONGEST} letters, digits and any of _-.");
            self.problems.push(format!("{name:?} cannot be the name of the {what}; take {expected}"));
        }
    }

    /// What is declared wrongly.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Whether there are events: then they can be looked at.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// The entities that it needs. A program without events and sinks needs none.
    pub fn entities(&self) -> Vec<&'static EntityMeta> {
        let events = self.has_events().then_some(BusinessEvent::META);
        let deliveries = (self.has_events() || !self.receivers.is_empty()).then_some(Delivery::META);
        events.into_iter().chain(deliveries).collect()
    }

    /// Whether an event of this type may be raised.
    pub(crate) fn declares<E: Event>(&self) -> bool {
        self.events.get(E::NAME) == Some(&TypeId::of::<E>())
    }

    /// The names of those who are told of this event.
    pub(crate) fn handlers_of(&self, event: &'static str) -> impl Iterator<Item = &str> {
        self.of(Some(event))
    }

    /// The names of those who are told of audit records.
    pub(crate) fn sinks(&self) -> impl Iterator<Item = &str> {
        self.of(None)
    }

    fn of(&self, event: Option<&'static str>) -> impl Iterator<Item = &str> {
        self.receivers.iter().filter(move |(_, entry)| entry.event == event).map(|(name, _)| name.as_str())
    }

    /// The names of all receivers.
    pub(crate) fn receivers(&self) -> impl Iterator<Item = &str> {
        self.receivers.keys().map(String::as_str)
    }

    /// The receiver of that name, and the event that it is told of.
    pub(crate) fn receiver(&self, name: &str) -> Option<(&'static str, Arc<dyn Receiver>)> {
        let entry = self.receivers.get(name)?;
        Some((entry.event.unwrap_or("audit record"), entry.receiver.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Delivered;
    use kwik_app::Data;
    use kwik_domain::{Ctx, Result};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Paid {}

    impl Event for Paid {
        const NAME: &'static str = "paid";
    }

    #[derive(Serialize, Deserialize)]
    struct PaidToo {}

    impl Event for PaidToo {
        const NAME: &'static str = "paid";
    }

    async fn nothing<E: Event>(_: Ctx, _: Data, _: Arc<Delivered<E>>) -> Result<()> {
        Ok(())
    }

    #[test]
    fn a_book_without_events_needs_no_tables() {
        let mut book = EventBook::default();
        assert!(book.entities().is_empty());
        book.declare::<Paid>();
        assert_eq!(book.entities().iter().map(|meta| meta.name).collect::<Vec<_>>(), ["BusinessEvent", "Delivery"]);
    }

    #[test]
    fn handlers_are_found_by_their_event() {
        let mut book = EventBook::default();
        book.on::<Paid>("b", nothing::<Paid>);
        book.on::<Paid>("a", nothing::<Paid>);
        assert_eq!((book.handlers_of("paid").collect::<Vec<_>>(), book.sinks().count()), (vec!["a", "b"], 0));
        assert!(book.declares::<Paid>() && !book.declares::<PaidToo>() && book.problems().is_empty());
    }

    #[test]
    fn names_tell_one_thing_from_another() {
        let mut book = EventBook::default();
        book.on::<Paid>("a", nothing::<Paid>);
        book.on::<Paid>("a", nothing::<Paid>);
        book.declare::<PaidToo>();
        book.on::<Paid>("audit:a", nothing::<Paid>);
        assert_eq!(
            book.problems(),
            [
                "two receivers are called a; rename one",
                "two types of events are called paid; rename one",
                "\"audit:a\" cannot be the name of the handler; take 1 to 100 letters, digits and any of _-.",
            ]
        );
    }
}
