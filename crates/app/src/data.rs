//! The database as use cases see it: entities through a policy.

use crate::{RuleBook, State, Work};
use kwik_domain::{
    AccessEvent, Clock, Ctx, Entity, EntityMeta, Isolation, Page, PermissionPolicy, Random, Repo, Repository, Result,
    Session, Store, StoreError, Via, access, access::AuditEntry,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The store with the policy that everything passes, the rules of entities, and what the program has put
/// in reach of them. Cheap to clone.
#[derive(Clone)]
pub struct Data(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    store: Arc<dyn Store>,
    policy: Arc<dyn PermissionPolicy>,
    random: Arc<dyn Random>,
    clock: Arc<dyn Clock>,
    entities: Arc<[&'static EntityMeta]>,
    lists: Arc<Semaphore>,
    rules: Arc<RuleBook>,
    state: Arc<State>,
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
        let (rules, state) = (Arc::default(), Arc::default());
        Self(Arc::new(Parts { store, policy, random, clock, entities, lists, rules, state }))
    }

    /// The same with so many lists at once at the most. Lists can be dear, and users can ask for as many
    /// as they like; what they cannot take is the connections of all else.
    #[must_use]
    pub fn with_lists_at_once(self, most: usize) -> Self {
        self.with(|parts| parts.lists = Arc::new(Semaphore::new(most.max(1))))
    }

    /// The same with these rules of entities.
    #[must_use]
    pub fn with_rules(self, rules: Arc<RuleBook>) -> Self {
        self.with(|parts| parts.rules = rules)
    }

    /// The same with these things in reach.
    #[must_use]
    pub fn with_state(self, state: Arc<State>) -> Self {
        self.with(|parts| parts.state = state)
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The rules of entities.
    pub fn rules(&self) -> &RuleBook {
        &self.0.rules
    }

    /// What the program has put in reach, by its type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.state.get()
    }

    /// The repositories over a session.
    pub(crate) fn repo<'s>(&'s self, session: &'s mut dyn Session) -> Repo<'s> {
        Repo::new(session, &*self.0.policy, &*self.0.random).only(&self.0.entities)
    }

    /// Waits until a list may run; it may as long as what is returned lives.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when others take too long.
    pub async fn turn_to_list(&self) -> Result<OwnedSemaphorePermit> {
        let turn = tokio::time::timeout(TURN_TIMEOUT, self.0.lists.clone().acquire_owned()).await;
        let busy = || StoreError::Unavailable("too many lists at once".to_owned());
        Ok(turn.ok().and_then(std::result::Result::ok).ok_or_else(busy)?)
    }

    /// The policy.
    pub fn policy(&self) -> &dyn PermissionPolicy {
        &*self.0.policy
    }

    /// The source of what nobody can foresee.
    pub(crate) fn random(&self) -> &dyn Random {
        &*self.0.random
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// The entities that are reached: the framework's own, and the program's.
    pub fn entities(&self) -> &[&'static EntityMeta] {
        &self.0.entities
    }

    /// A session by itself, for reads by metadata.
    pub(crate) fn session(&self) -> Box<dyn Session> {
        self.0.store.session()
    }

    /// Writes to the audit trail, by itself, that something about access has happened.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when it cannot be written.
    pub async fn record(&self, ctx: &Ctx, event: &AccessEvent) -> Result<()> {
        self.0.store.session().record(ctx, event).await?;
        Ok(())
    }

    /// A context of the program itself, now.
    pub fn system(&self, via: Via) -> Ctx {
        Ctx::system(via, self.0.clock.now())
    }

    /// Reads and writes that each stand alone.
    pub fn single(&self) -> Single {
        Single { session: self.0.store.session(), data: self.clone() }
    }

    /// Begins a unit of work. Dropped without [`Work::commit`], it is rolled back.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when the database cannot be reached.
    pub async fn begin(&self) -> Result<Work> {
        self.begin_at(Isolation::ReadCommitted).await
    }

    /// The same, as far apart from other units of work as asked for.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when the database cannot be reached.
    pub async fn begin_at(&self, isolation: Isolation) -> Result<Work> {
        Ok(Work::new(self.0.store.begin(isolation).await?, self.clone()))
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
        self.data.repo(&mut *self.session)
    }

    /// The repository of one entity.
    pub fn repository<E: Entity>(&mut self) -> impl Repository<E> + '_ {
        self.repo()
    }
}
