//! The database as use cases see it: entities through a policy.

use kwik_domain::{
    AccessEvent, Clock, Ctx, Entity, EntityMeta, Page, PermissionPolicy, Random, Repo, Repository, Result, Session,
    Store, StoreError, UnitOfWork, Via, access, access::AuditEntry,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The store with the policy that everything passes. Cheap to clone.
#[derive(Clone)]
pub struct Data {
    store: Arc<dyn Store>,
    policy: Arc<dyn PermissionPolicy>,
    random: Arc<dyn Random>,
    clock: Arc<dyn Clock>,
    entities: Arc<[&'static EntityMeta]>,
    lists: Arc<Semaphore>,
}

/// More roles, users or permissions than this are not looked through at once.
pub const MANY: Page = Page { skip: 0, limit: 100_000 };

/// How long a list waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(1);

impl Data {
    /// A store behind a policy, with these entities and the framework's own: no others are reached.
    pub fn new(
        store: Arc<dyn Store>,
        policy: Arc<dyn PermissionPolicy>,
        random: Arc<dyn Random>,
        clock: Arc<dyn Clock>,
        entities: &[&'static EntityMeta],
    ) -> Self {
        let entities = access::ENTITIES.iter().chain([&AuditEntry::META]).chain(entities).copied().collect();
        let lists = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        Self { store, policy, random, clock, entities, lists }
    }

    /// The same with so many lists at once at the most. Lists can be dear, and users can ask for as many
    /// as they like; what they cannot take is the connections of all else.
    #[must_use]
    pub fn with_lists_at_once(self, most: usize) -> Self {
        Self { lists: Arc::new(Semaphore::new(most.max(1))), ..self }
    }

    /// Waits until a list may run; it may as long as what is returned lives.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when others take too long.
    pub(crate) async fn turn_to_list(&self) -> Result<OwnedSemaphorePermit> {
        let turn = tokio::time::timeout(TURN_TIMEOUT, self.lists.clone().acquire_owned()).await;
        let busy = || StoreError::Unavailable("too many lists at once".to_owned());
        Ok(turn.ok().and_then(std::result::Result::ok).ok_or_else(busy)?)
    }

    /// The policy.
    pub fn policy(&self) -> &dyn PermissionPolicy {
        &*self.policy
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The entities that are reached: the framework's own, and the program's.
    pub fn entities(&self) -> &[&'static EntityMeta] {
        &self.entities
    }

    /// A session by itself, for reads by metadata.
    pub(crate) fn session(&self) -> Box<dyn Session> {
        self.store.session()
    }

    /// Writes to the audit trail, by itself, that something about access has happened.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when it cannot be written.
    pub async fn record(&self, ctx: &Ctx, event: &AccessEvent) -> Result<()> {
        Ok(self.store.session().record(ctx, event).await?)
    }

    /// A context of the program itself, now.
    pub fn system(&self, via: Via) -> Ctx {
        Ctx::system(via, self.clock.now())
    }

    /// Reads and writes that each stand alone.
    pub fn single(&self) -> Single {
        Single { session: self.store.session(), data: self.clone() }
    }

    /// Begins a unit of work. Dropped without [`Work::commit`], it is rolled back.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when the database cannot be reached.
    pub async fn begin(&self) -> Result<Work> {
        Ok(Work { unit: self.store.begin().await?, data: self.clone() })
    }
}

/// Reads and writes that each stand alone.
pub struct Single {
    session: Box<dyn Session>,
    data: Data,
}

impl Single {
    /// The repositories.
    pub fn repo(&mut self) -> Repo<'_> {
        Repo::new(&mut *self.session, &*self.data.policy, &*self.data.random).only(&self.data.entities)
    }

    /// The repository of one entity.
    pub fn repository<E: Entity>(&mut self) -> impl Repository<E> + '_ {
        self.repo()
    }
}

/// A unit of work: what is done through it lasts as a whole or not at all.
pub struct Work {
    unit: Box<dyn UnitOfWork>,
    data: Data,
}

impl Work {
    /// The repositories within the unit of work.
    pub fn repo(&mut self) -> Repo<'_> {
        Repo::new(&mut *self.unit, &*self.data.policy, &*self.data.random).only(&self.data.entities)
    }

    /// The repository of one entity within the unit of work.
    pub fn repository<E: Entity>(&mut self) -> impl Repository<E> + '_ {
        let session: &mut dyn Session = &mut *self.unit;
        Repo::new(session, &*self.data.policy, &*self.data.random).only(&self.data.entities)
    }

    /// Writes to the audit trail, as a part of it, that something about access has happened.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when it cannot be written.
    pub async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<()> {
        Ok(self.unit.record(ctx, event).await?)
    }

    /// Makes everything in it last.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Conflict`] when it lost against others, [`kwik_domain::Error::Store`]
    /// when the database cannot be reached; then it is not known whether it lasts.
    pub async fn commit(self) -> Result<()> {
        Ok(self.unit.commit().await?)
    }
}
