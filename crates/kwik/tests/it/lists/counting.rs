//! Ports around the real adapters that count what is asked of the database. Each of a session's methods is one
//! statement of the adapters; on PostgreSQL the wire is counted, too: see [`super::wire`].

use async_trait::async_trait;
use kwik::domain::{
    AccessDirectory, AccessEvent, AuditRecord, Credentials, Ctx, Grants, Isolation, KeyRef, KeyState, KeyUse, Page,
    Permit, Select, Session, SessionState, Sink, Store, StoreError, UnitOfWork, Write, WriteOutcome,
};
use kwik::prelude::{DateTime, Utc, Uuid};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// How often a database was asked.
#[derive(Clone, Default)]
pub struct Counter(Arc<AtomicUsize>);

impl Counter {
    /// So often until now.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn one(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Counts what is asked of a port.
pub struct Counting<T> {
    pub inner: T,
    pub counter: Counter,
}

#[async_trait]
impl Store for Counting<Arc<dyn Store>> {
    fn session(&self) -> Box<dyn Session> {
        Box::new(Counting { inner: self.inner.session(), counter: self.counter.clone() })
    }

    async fn begin(&self, _: Isolation) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Err(StoreError::Other("what is counted here needs no unit of work".into()))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.counter.one();
        self.inner.ping().await
    }
}

#[async_trait]
impl Session for Counting<Box<dyn Session>> {
    async fn fetch(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<(), StoreError> {
        self.counter.one();
        self.inner.fetch(select, sink).await
    }

    async fn fetch_page(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<u64, StoreError> {
        self.counter.one();
        self.inner.fetch_page(select, sink).await
    }

    async fn count(&mut self, select: &Select<'_>) -> Result<u64, StoreError> {
        self.counter.one();
        self.inner.count(select).await
    }

    async fn estimate(&mut self, select: &Select<'_>) -> Result<Option<u64>, StoreError> {
        self.counter.one();
        self.inner.estimate(select).await
    }

    async fn write(&mut self, write: &Write<'_>, sink: Sink<'_>) -> Result<WriteOutcome, StoreError> {
        self.counter.one();
        self.inner.write(write, sink).await
    }

    async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<i64, StoreError> {
        self.counter.one();
        self.inner.record(ctx, event).await
    }

    async fn history(
        &mut self,
        permit: &Permit,
        key: KeyRef<'_>,
        page: Page,
    ) -> Result<Option<Vec<AuditRecord>>, StoreError> {
        self.counter.one();
        self.inner.history(permit, key, page).await
    }
}

#[async_trait]
impl AccessDirectory for Counting<Arc<dyn AccessDirectory>> {
    async fn find_credentials(
        &self,
        email: &str,
        network: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<Option<Credentials>, StoreError> {
        self.counter.one();
        self.inner.find_credentials(email, network, since).await
    }

    async fn find_grants(&self, user_id: i64) -> Result<Option<Grants>, StoreError> {
        self.counter.one();
        self.inner.find_grants(user_id).await
    }

    async fn find_session(&self, id: Uuid) -> Result<Option<SessionState>, StoreError> {
        self.counter.one();
        self.inner.find_session(id).await
    }

    async fn find_key(&self, hash: &str) -> Result<Option<KeyState>, StoreError> {
        self.counter.one();
        self.inner.find_key(hash).await
    }

    async fn count_holders(&self, roles: &[i64]) -> Result<Vec<(i64, u64)>, StoreError> {
        self.counter.one();
        self.inner.count_holders(roles).await
    }

    async fn last_uses(&self, keys: &[i64]) -> Result<Vec<KeyUse>, StoreError> {
        self.counter.one();
        self.inner.last_uses(keys).await
    }

    async fn forget(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.counter.one();
        self.inner.forget(before, now).await
    }
}
