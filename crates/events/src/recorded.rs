//! Notes, beside each audit record, who is still to have it.

use crate::{Delivery, Outbox, delivery};
use async_trait::async_trait;
use kwik_domain::{
    AccessEvent, Action, AuditRecord, Ctx, Entity, Isolation, KeyRef, Lock, Page, Permit, Random, Repo, Repository,
    RolePolicy, RowReader, Select, Session, Sink, Store, StoreError, UnitOfWork, Write, WriteOutcome,
    access::{ACCESS, AuditEntry},
    authorize,
};
use std::sync::Arc;

/// A store that writes, beside each record of the audit trail and in the same transaction, one delivery for each
/// sink. A write that would stand alone becomes a unit of work for that.
pub(crate) struct Recorded {
    store: Arc<dyn Store>,
    scribe: Scribe,
}

/// Writes deliveries.
#[derive(Clone)]
struct Scribe {
    outbox: Outbox,
    random: Arc<dyn Random>,
}

impl Recorded {
    pub(crate) fn new(store: Arc<dyn Store>, outbox: Outbox, random: Arc<dyn Random>) -> Self {
        Self { store, scribe: Scribe { outbox, random } }
    }

    fn noting(&self, inner: Inner) -> Noting {
        Noting { inner, store: self.store.clone(), scribe: self.scribe.clone(), has_written: false }
    }
}

#[async_trait]
impl Store for Recorded {
    fn session(&self) -> Box<dyn Session> {
        Box::new(self.noting(Inner::Alone(self.store.session())))
    }

    async fn begin(&self, isolation: Isolation) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.noting(Inner::Unit(self.store.begin(isolation).await?))))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
}

impl Scribe {
    /// Carries out a write, and notes its record.
    async fn write(
        &self,
        session: &mut dyn Session,
        write: &Write<'_>,
        sink: Sink<'_>,
    ) -> Result<WriteOutcome, StoreError> {
        let entity = write.entity();
        if !entity.audited {
            return session.write(write, sink).await;
        }
        let mut key = None;
        let outcome = session
            .write(write, &mut |row: &dyn RowReader| {
                key = Some(KeyRef::read(row, entity)?.to_text());
                sink(row)
            })
            .await?;
        if outcome != WriteOutcome::Written {
            return Ok(outcome);
        }
        let key = key.ok_or_else(|| StoreError::Other("a row was written and not returned".to_owned()))?;
        let record = Self::latest(session, write.ctx, entity.collection, &key).await?;
        let stream = delivery::stream(entity.collection, &key);
        self.note(session, write.ctx, record, &stream).await?;
        Ok(outcome)
    }

    /// The latest record of a row: while the row is locked, that of what was written last.
    async fn latest(session: &mut dyn Session, ctx: &Ctx, entity: &str, key: &str) -> Result<i64, StoreError> {
        let permit = &authorize(&RolePolicy, &ctx.elevated(), Action::Read, AuditEntry::META).map_err(other)?;
        let filter = &(AuditEntry::ENTITY.eq(entity) & AuditEntry::ENTITY_KEY.eq(key));
        let (order, page) = (&[AuditEntry::ID.desc()], Some(Page { skip: 0, limit: 1 }));
        let select = Select { permit, filter, order, after: None, page, lock: Lock::None };
        let mut latest = None;
        let read = &mut |row: &dyn RowReader| {
            latest = row.int(0)?;
            Ok(())
        };
        session.fetch(&select, read).await?;
        latest.ok_or_else(|| StoreError::Other("a write has left no audit record".to_owned()))
    }

    /// Records that something about access has happened, and notes the record.
    async fn record(&self, session: &mut dyn Session, ctx: &Ctx, event: &AccessEvent) -> Result<i64, StoreError> {
        let id = session.record(ctx, event).await?;
        self.note(session, ctx, id, &delivery::stream(ACCESS, &event.key)).await?;
        Ok(id)
    }

    async fn note(&self, session: &mut dyn Session, ctx: &Ctx, record: i64, stream: &str) -> Result<(), StoreError> {
        for sink in self.outbox.book().sinks() {
            let create = delivery::new(ctx, record, sink, stream);
            let mut repo = Repo::new(&mut *session, &RolePolicy, &*self.random);
            let written = Repository::<Delivery>::create(&mut repo, &ctx.elevated(), &create).await;
            written.map_err(other)?;
        }
        Ok(())
    }
}

/// What repositories say, as a store says it.
fn other(error: kwik_domain::Error) -> StoreError {
    use kwik_domain::{Conflict, Error};
    match error {
        Error::Store(error) => error,
        Error::Conflict(Conflict::Contention) => StoreError::Contention,
        other => StoreError::Other(other.to_string()),
    }
}

/// A session, which notes what it records.
struct Noting {
    inner: Inner,
    store: Arc<dyn Store>,
    scribe: Scribe,
    has_written: bool,
}

enum Inner {
    /// Each write stands alone.
    Alone(Box<dyn Session>),
    /// All are one unit of work.
    Unit(Box<dyn UnitOfWork>),
}

impl Noting {
    fn session(&mut self) -> &mut dyn Session {
        match &mut self.inner {
            Inner::Alone(session) => &mut **session,
            Inner::Unit(unit) => &mut **unit,
        }
    }
}

#[async_trait]
impl Session for Noting {
    async fn fetch(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<(), StoreError> {
        self.session().fetch(select, sink).await
    }

    async fn fetch_page(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<u64, StoreError> {
        self.session().fetch_page(select, sink).await
    }

    async fn count(&mut self, select: &Select<'_>) -> Result<u64, StoreError> {
        self.session().count(select).await
    }

    async fn estimate(&mut self, select: &Select<'_>) -> Result<Option<u64>, StoreError> {
        self.session().estimate(select).await
    }

    async fn history(
        &mut self,
        permit: &Permit,
        key: KeyRef<'_>,
        page: Page,
    ) -> Result<Option<Vec<AuditRecord>>, StoreError> {
        self.session().history(permit, key, page).await
    }

    async fn write(&mut self, write: &Write<'_>, sink: Sink<'_>) -> Result<WriteOutcome, StoreError> {
        if !write.entity().audited {
            return self.session().write(write, sink).await;
        }
        if let Inner::Unit(unit) = &mut self.inner {
            self.has_written = true;
            return self.scribe.write(&mut **unit, write, sink).await;
        }
        let mut unit = self.store.begin(Isolation::ReadCommitted).await?;
        let outcome = self.scribe.write(&mut *unit, write, sink).await?;
        if outcome == WriteOutcome::Written {
            unit.commit().await?;
            self.scribe.outbox.wake();
        }
        Ok(outcome)
    }

    async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<i64, StoreError> {
        if let Inner::Unit(unit) = &mut self.inner {
            self.has_written = true;
            return self.scribe.record(&mut **unit, ctx, event).await;
        }
        let mut unit = self.store.begin(Isolation::ReadCommitted).await?;
        let id = self.scribe.record(&mut *unit, ctx, event).await?;
        unit.commit().await?;
        self.scribe.outbox.wake();
        Ok(id)
    }
}

#[async_trait]
impl UnitOfWork for Noting {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { inner, scribe, has_written, .. } = *self;
        if let Inner::Unit(unit) = inner {
            unit.commit().await?;
        }
        if has_written {
            scribe.outbox.wake();
        }
        Ok(())
    }
}
