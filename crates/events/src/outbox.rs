//! What is shared by those who raise events and those who hand them over.

use crate::{EventBook, recorded::Recorded};
use kwik_domain::{Random, Store};
use std::sync::Arc;
use tokio::sync::Notify;

/// The events of a program with the bell that wakes the one who hands them over. Cheap to clone; units of work
/// find it among the program's state.
#[derive(Clone)]
pub struct Outbox {
    book: Arc<EventBook>,
    bell: Arc<Notify>,
}

impl Outbox {
    /// The outbox of a program with these events.
    pub fn new(book: EventBook) -> Self {
        Self { book: Arc::new(book), bell: Arc::default() }
    }

    /// The store, which notes for each sink of the book that there is an audit record; without sinks, as it is.
    pub fn recorded(&self, store: Arc<dyn Store>, random: Arc<dyn Random>) -> Arc<dyn Store> {
        if self.book.sinks().next().is_none() { store } else { Arc::new(Recorded::new(store, self.clone(), random)) }
    }

    /// The events.
    pub(crate) fn book(&self) -> &EventBook {
        &self.book
    }

    /// Something is due.
    pub(crate) fn wake(&self) {
        self.bell.notify_one();
    }

    /// Waits until something is due.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }
}
