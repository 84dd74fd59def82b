//! Somebody who reads and writes, within a scope.

use chrono::{DateTime, Utc};
use kwik_domain::{
    Action, Actor, AuditRecord, Change, Ctx, Cursor, Decision, Denial, Entity, EntityMeta, Filter, Grants, KeySource,
    KeyType, Lock, Order, Page, PermissionPolicy, Permit, RowReader, Scope, Select, Session, StoreError, Stored, Verb,
    Via, Write, WriteOutcome, authorize,
};
use std::sync::Arc;

/// Somebody who reads and writes, within a scope.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) ctx: Ctx,
    scope: Filter,
}

/// Allows what the scope says.
struct Within(Filter);

impl PermissionPolicy for Within {
    fn decide(&self, _: &Actor, _: Action, _: &'static EntityMeta) -> Decision {
        Decision::Allow(Scope::rows(self.0.clone()))
    }

    fn permits(&self, _: &Actor, _: &str) -> Result<(), Denial> {
        Ok(())
    }
}

/// A row that was written, or why it was not.
pub(super) type Outcome<E> = Result<Stored<E>, WriteOutcome>;

/// The moment at which every caller's request began.
pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_800_000_000_654_321).expect("a moment")
}

impl Caller {
    /// The user 7, in whose place the user 3 acts, who reaches every row.
    pub(super) fn new() -> Self {
        let via = Via::Session(Arc::from("s-1"));
        let mut actor = Actor::user(7, via, Arc::new(Grants::default()));
        actor.impersonator = Some(3);
        actor.tenant = Some(Arc::from("acme"));
        let ctx = Ctx {
            actor: Arc::new(actor),
            request_id: Arc::from("request-1"),
            address: "2001:db8::7".parse().ok(),
            now: now(),
        };
        Self { ctx, scope: Filter::All }
    }

    /// Another user, for whom nobody acts.
    pub(super) fn user(id: i64) -> Self {
        let mut caller = Self::new();
        caller.ctx.actor = Arc::new(Actor::user(id, Via::Key(9), Arc::new(Grants::default())));
        caller
    }

    /// The same within a scope.
    pub(super) fn within(scope: Filter) -> Self {
        Self { scope, ..Self::new() }
    }

    pub(super) fn scoped(&self, scope: Filter) -> Self {
        Self { scope, ..self.clone() }
    }

    pub(super) fn permit<E: Entity>(&self, action: Action) -> Permit {
        authorize(&Within(self.scope.clone()), &self.ctx, action, E::META).expect("a permit")
    }

    /// Writes, whatever becomes of it.
    pub(super) async fn write<E: Entity>(
        &self,
        session: &mut dyn Session,
        verb: Verb<'_>,
    ) -> Result<Outcome<E>, StoreError> {
        let action = match verb {
            Verb::Insert { .. } => Action::Create,
            Verb::Update { .. } => Action::Update,
            Verb::Delete { .. } => Action::Delete,
        };
        let permit = self.permit::<E>(action);
        let mut rows = Vec::new();
        let mut sink = |row: &dyn RowReader| {
            rows.push(Stored::<E>::decode(row)?);
            Ok(())
        };
        let outcome = session.write(&Write { permit: &permit, verb, ctx: &self.ctx }, &mut sink).await?;
        let expected = usize::from(outcome == WriteOutcome::Written);
        assert_eq!(rows.len(), expected, "rows in the sink of a write that was {outcome:?}");
        Ok(rows.pop().ok_or(outcome))
    }

    /// Inserts the whole of an entity, with its key if the program gives it.
    pub(super) async fn try_insert<E: Entity>(
        &self,
        session: &mut dyn Session,
        entity: &E,
    ) -> Result<Outcome<E>, StoreError> {
        let first = usize::from(E::META.key_source() == KeySource::Identity);
        let values: Vec<Change<'_>> = (first..E::META.own).map(|index| (index, entity.get(index))).collect();
        self.write(session, Verb::Insert { values: &values }).await
    }

    pub(super) async fn insert<E: Entity>(&self, session: &mut dyn Session, entity: &E) -> Stored<E> {
        self.try_insert(session, entity).await.expect("an insert").expect("a row")
    }

    pub(super) async fn try_update<E: Entity>(
        &self,
        session: &mut dyn Session,
        key: E::Key,
        expected: Option<i64>,
        values: &[Change<'_>],
    ) -> Result<Outcome<E>, StoreError> {
        self.write(session, Verb::Update { key: key.values(), expected, values }).await
    }

    pub(super) async fn update<E: Entity>(
        &self,
        session: &mut dyn Session,
        key: E::Key,
        expected: Option<i64>,
        values: &[Change<'_>],
    ) -> Outcome<E> {
        self.try_update(session, key, expected, values).await.expect("an update")
    }

    pub(super) async fn delete<E: Entity>(
        &self,
        session: &mut dyn Session,
        key: E::Key,
        expected: Option<i64>,
    ) -> Outcome<E> {
        self.write(session, Verb::Delete { key: key.values(), expected }).await.expect("a delete")
    }

    pub(super) async fn fetch<E: Entity>(&self, session: &mut dyn Session, read: &Read<'_>) -> Vec<Stored<E>> {
        let permit = self.permit::<E>(Action::Read);
        let mut rows = Vec::new();
        let mut sink = |row: &dyn RowReader| {
            rows.push(Stored::decode(row)?);
            Ok(())
        };
        session.fetch(&read.select(&permit), &mut sink).await.expect("rows");
        rows
    }

    pub(super) async fn page<E: Entity>(&self, session: &mut dyn Session, read: &Read<'_>) -> (Vec<Stored<E>>, u64) {
        let permit = self.permit::<E>(Action::Read);
        let mut rows = Vec::new();
        let mut sink = |row: &dyn RowReader| {
            rows.push(Stored::decode(row)?);
            Ok(())
        };
        let total = session.fetch_page(&read.select(&permit), &mut sink).await.expect("a page");
        (rows, total)
    }

    pub(super) async fn count<E: Entity>(&self, session: &mut dyn Session, filter: &Filter) -> u64 {
        let permit = self.permit::<E>(Action::Read);
        session.count(&Read::of(filter).select(&permit)).await.expect("a number")
    }

    pub(super) async fn estimate<E: Entity>(&self, session: &mut dyn Session, read: &Read<'_>) -> Option<u64> {
        let permit = self.permit::<E>(Action::Read);
        session.estimate(&read.select(&permit)).await.expect("a guess")
    }

    /// The keys of the rows that satisfy a filter, in the order of the keys.
    pub(super) async fn keys<E: Entity>(&self, session: &mut dyn Session, filter: &Filter) -> Vec<E::Key> {
        let rows = self.fetch::<E>(session, &Read::of(filter)).await;
        rows.iter().map(|row| row.entity.key()).collect()
    }

    /// The row with a key.
    pub(super) async fn find<E: Entity>(&self, session: &mut dyn Session, key: &E::Key) -> Option<Stored<E>> {
        self.fetch::<E>(session, &Read::of(&key.values().filter())).await.pop()
    }

    /// The row with a key, kept from others.
    pub(super) async fn find_for_update<E: Entity>(
        &self,
        session: &mut dyn Session,
        key: &E::Key,
    ) -> Option<Stored<E>> {
        let filter = key.values().filter();
        self.fetch::<E>(session, &Read { lock: Lock::Update, ..Read::of(&filter) }).await.pop()
    }

    pub(super) async fn try_history<E: Entity>(
        &self,
        session: &mut dyn Session,
        key: E::Key,
        page: Page,
    ) -> Option<Vec<AuditRecord>> {
        let permit = self.permit::<E>(Action::Read);
        session.history(&permit, key.values(), page).await.expect("a history")
    }

    /// All audit records of a row, the latest first.
    pub(super) async fn history<E: Entity>(&self, session: &mut dyn Session, key: E::Key) -> Vec<AuditRecord> {
        self.try_history::<E>(session, key, Page { skip: 0, limit: 10_000 }).await.expect("a history")
    }
}

/// A read without its permit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read<'a> {
    pub(super) filter: &'a Filter,
    pub(super) order: &'a [Order],
    pub(super) after: Option<&'a Cursor>,
    pub(super) page: Option<Page>,
    pub(super) lock: Lock,
}

impl<'a> Read<'a> {
    pub(super) fn of(filter: &'a Filter) -> Self {
        Self { filter, order: &[], after: None, page: None, lock: Lock::None }
    }

    fn select(&self, permit: &'a Permit) -> Select<'a> {
        let Self { filter, order, after, page, lock } = *self;
        Select { permit, filter, order, after, page, lock }
    }
}
