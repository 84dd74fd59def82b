//! The typed face of the store: what services and users' rules hold.

mod dependents;
mod references;

use crate::{
    Action, AuditRecord, Change, ChildAccess, ChildVisitor, Count, Ctx, Denial, Entity, EntityMeta, Error, FieldError,
    Filter, Input, KeyRef, KeySource, KeyType, ListQuery, Listing, Lock, Order, Page, PermissionPolicy, Permit, Random,
    Result, RuleViolation, Select, Session, Stored, ValueRef, Verb, Write, WriteOutcome, authorize,
    entity::validate_changes, policy::within_reach,
};
use async_trait::async_trait;
pub use dependents::dependents;
use uuid::{Builder, Uuid};

/// Reads and writes of one entity on an actor's account. Every method asks the policy first and
/// stays within the scope that it sets; a row outside is as if it did not exist. So is a row that a filter
/// looks at beyond a reference and that the actor may not read; a field of it that the actor does not see makes
/// the filter an [`Error::InvalidQuery`].
///
/// # Errors
///
/// Every method fails with [`Error::Denied`] when the policy denies it, and with
/// [`Error::Store`] when the store cannot do its part. What else can happen is said at each.
#[async_trait]
pub trait Repository<E: Entity>: Send {
    /// The row with this key, if there is one.
    async fn find(&mut self, ctx: &Ctx, key: E::Key) -> Result<Option<Stored<E>>>;

    /// The row with this key, locked until the unit of work ends.
    async fn find_for_update(&mut self, ctx: &Ctx, key: E::Key) -> Result<Option<Stored<E>>>;

    /// The row with this key; [`Error::NotFound`] when there is none.
    async fn get(&mut self, ctx: &Ctx, key: E::Key) -> Result<Stored<E>>;

    /// The rows that satisfy a filter, in an order, the key being the last thing sorted by.
    async fn list(&mut self, ctx: &Ctx, filter: &Filter, order: &[Order], page: Page) -> Result<Vec<Stored<E>>>;

    /// A page of a list: its rows, how many there are on all pages if that is asked for, and where the
    /// next page begins.
    async fn page(&mut self, ctx: &Ctx, query: &ListQuery) -> Result<Listing<E>>;

    /// How many rows satisfy a filter.
    async fn count(&mut self, ctx: &Ctx, filter: &Filter) -> Result<u64>;

    /// Makes a row. [`Error::Invalid`] when a value is wrong, [`Error::Conflict`] when a unique one
    /// is taken.
    async fn create(&mut self, ctx: &Ctx, create: &E::Create) -> Result<Stored<E>>;

    /// Changes the row with this key, which must have the version `expected` if one is given:
    /// [`Error::VersionConflict`]. [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] as
    /// elsewhere.
    async fn update(&mut self, ctx: &Ctx, key: E::Key, expected: Option<i64>, update: &E::Update) -> Result<Stored<E>>;

    /// Removes the row with this key and returns it as it was. Errors as with an update; and
    /// [`Conflict::Reference`](crate::Conflict) when others refer to it.
    ///
    /// Rows that refer to it and are declared to go with it, or to let go of it, do so first, each with its
    /// audit record, whether or not the actor could do that by hand; their entities' rules are not asked. That
    /// takes a unit of work.
    async fn delete(&mut self, ctx: &Ctx, key: E::Key, expected: Option<i64>) -> Result<Stored<E>>;

    /// The row's audit records, the latest first; [`Error::NotFound`] when there has never been
    /// such a row.
    async fn history(&mut self, ctx: &Ctx, key: E::Key, page: Page) -> Result<Vec<AuditRecord>>;
}

/// The one implementation of [`Repository`]: a session, a policy, a source of keys.
pub struct Repo<'s> {
    session: &'s mut dyn Session,
    policy: &'s dyn PermissionPolicy,
    random: &'s dyn Random,
    entities: Option<&'s [&'static EntityMeta]>,
    in_unit_of_work: bool,
    leaves_parts: bool,
}

/// More rows than this are not locked at once.
const MOST_LOCKED: u64 = 100_000;

/// Whether parts are given with a new row.
struct GivenParts<'c, P: Entity>(&'c P::Create, bool);

impl<P: Entity> ChildVisitor<P> for GivenParts<'_, P> {
    fn child<C: Entity>(&mut self, access: ChildAccess<P, C>) {
        self.1 |= !(access.created)(self.0).is_empty();
    }
}

/// How often an update of an entity with cross-field rules begins again when others were faster.
const MAX_TRIES: usize = 10;

impl<'s> Repo<'s> {
    /// Repositories of all entities over one session.
    pub fn new(session: &'s mut dyn Session, policy: &'s dyn PermissionPolicy, random: &'s dyn Random) -> Self {
        Self { session, policy, random, entities: None, in_unit_of_work: false, leaves_parts: false }
    }

    /// Only of these. A second struct over a table of theirs, without audit or version, could
    /// otherwise write past the trail.
    #[must_use]
    pub fn only(self, entities: &'s [&'static EntityMeta]) -> Self {
        Self { entities: Some(entities), ..self }
    }

    /// Over a session that is a unit of work: rows can be removed with which others go or change.
    #[must_use]
    pub fn in_unit_of_work(self) -> Self {
        Self { in_unit_of_work: true, ..self }
    }

    /// Rows are made without the parts that are given with them: whoever calls writes those.
    #[must_use]
    pub fn without_parts(self) -> Self {
        Self { leaves_parts: true, ..self }
    }

    /// The row with this key, if the actor may do `action` to it, locked until the unit of work ends.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] and [`Error::Store`], as everywhere here.
    pub async fn find_locked<E: Entity>(
        &mut self,
        ctx: &Ctx,
        action: Action,
        key: &E::Key,
    ) -> Result<Option<Stored<E>>> {
        let permit = self.permit::<E>(ctx, action)?;
        self.one(&permit, key, Lock::Update).await
    }

    /// The rows that satisfy a filter and to which the actor may do `action`, locked until the unit of work
    /// ends in the order of their keys, so that two who do so do not wait for each other.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] and [`Error::Store`], as everywhere here; [`Error::Unfit`] for more than 100,000 rows.
    pub async fn list_locked<E: Entity>(
        &mut self,
        ctx: &Ctx,
        action: Action,
        filter: &Filter,
    ) -> Result<Vec<Stored<E>>> {
        let permit = self.permit::<E>(ctx, action)?;
        let filter = &*within_reach(self.policy, ctx, E::META, filter)?;
        let page = Some(Page { skip: 0, limit: MOST_LOCKED + 1 });
        let select = Select { permit: &permit, filter, order: &[], after: None, page, lock: Lock::Update };
        let rows = self.rows(&select).await?;
        if rows.len() as u64 > MOST_LOCKED {
            let detail =
                format!("this concerns more than {MOST_LOCKED} rows of {}; do it in parts", E::META.collection);
            return Err(Error::Unfit(RuleViolation::new("too_many", detail)));
        }
        Ok(rows)
    }

    /// All rows that a read gives.
    async fn rows<E: Entity>(&mut self, select: &Select<'_>) -> Result<Vec<Stored<E>>> {
        let mut rows = Vec::new();
        let sink = &mut |row: &dyn crate::RowReader| {
            rows.push(Stored::<E>::decode(row)?.seen_by(select.permit));
            Ok(())
        };
        self.session.fetch(select, sink).await?;
        Ok(rows)
    }

    fn permit<E: Entity>(&self, ctx: &Ctx, action: Action) -> Result<Permit> {
        let meta = E::META;
        let same = |other: &EntityMeta| {
            (other.name, other.table, other.audited, other.versioned)
                == (meta.name, meta.table, meta.audited, meta.versioned)
        };
        if self.entities.is_some_and(|entities| !entities.iter().any(|other| same(other))) {
            let reason = format!("{} is not an entity of this program; add it with App::entity", meta.name);
            return Err(Error::Internal(reason));
        }
        if meta.view.is_some() && action != Action::Read {
            return Err(Error::Internal(format!("{} is a view, which is only read", meta.name)));
        }
        authorize(self.policy, ctx, action, meta)
    }

    async fn one<E: Entity>(&mut self, permit: &Permit, key: &E::Key, lock: Lock) -> Result<Option<Stored<E>>> {
        let filter = key.values().filter();
        let page = Some(Page { skip: 0, limit: 1 });
        let select = Select { permit, filter: &filter, order: &[], after: None, page, lock };
        let mut found = None;
        let sink = &mut |row: &dyn crate::RowReader| {
            found = Some(Stored::<E>::decode(row)?.seen_by(permit));
            Ok(())
        };
        self.session.fetch(&select, sink).await?;
        Ok(found)
    }

    /// One row more than the page has is read: it tells whether there is a next page.
    async fn page_of<E: Entity>(&mut self, permit: &Permit, query: &ListQuery, filter: &Filter) -> Result<Listing<E>> {
        let Page { skip, limit } = query.page;
        let page = Some(Page { skip, limit: if limit == 0 { 0 } else { limit.saturating_add(1) } });
        let after = query.after.as_ref();
        let select = Select { permit, filter, order: &query.order, after, page, lock: Lock::None };
        let mut rows = Vec::new();
        let sink = &mut |row: &dyn crate::RowReader| {
            rows.push(Stored::<E>::decode(row)?.seen_by(permit));
            Ok(())
        };
        let mut total = None;
        if query.count == Count::Exact {
            total = Some(self.session.fetch_page(&select, sink).await?);
        } else {
            self.session.fetch(&select, sink).await?;
        }
        let found = rows.len() as u64;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| found > limit).map(|row| query.cursor(row, E::META));
        if query.count == Count::Estimated {
            // The last page of a list that was read from its beginning says it exactly.
            let is_whole = after.is_none() && next.is_none() && limit > 0 && (found > 0 || skip == 0);
            total = if is_whole { Some(skip + found) } else { self.session.estimate(&select).await? };
        }
        Ok(Listing { rows, total, next })
    }

    async fn write<E: Entity>(&mut self, ctx: &Ctx, permit: &Permit, verb: Verb<'_>) -> Result<Stored<E>> {
        let write = Write { permit, verb, ctx };
        let mut row = None;
        let sink = &mut |r: &dyn crate::RowReader| {
            row = Some(Stored::<E>::decode(r)?.seen_by(permit));
            Ok(())
        };
        match self.session.write(&write, sink).await? {
            WriteOutcome::Written => {
                row.ok_or_else(|| Error::Internal("the store wrote a row and did not return it".into()))
            }
            WriteOutcome::NotFound => match verb {
                Verb::Update { key, .. } | Verb::Delete { key, .. } => Err(not_found::<E>(key)),
                Verb::Insert { .. } => Err(Error::Internal("the store found no row to insert".into())),
            },
            WriteOutcome::VersionConflict { current } => Err(Error::VersionConflict { current }),
            WriteOutcome::OutOfScope => {
                Err(Error::Denied(Denial::new("the row would lie outside of what you may reach")))
            }
        }
    }

    async fn update_once<E: Entity>(
        &mut self,
        ctx: &Ctx,
        permit: &Permit,
        key: &E::Key,
        mut expected: Option<i64>,
        update: &E::Update,
    ) -> Result<Stored<E>> {
        if E::VALIDATES {
            let old = self.one::<E>(permit, key, Lock::Update).await?.ok_or_else(|| not_found::<E>(key.values()))?;
            // Told first, so that what the rules say of a row costs a change that leaves its record.
            if E::META.versioned && expected.is_some_and(|version| version != old.version()) {
                return Err(Error::VersionConflict { current: old.version() });
            }
            let mut new = old.entity.clone();
            new.apply(update);
            new.validate().map_err(Error::Invalid)?;
            expected = expected.or(E::META.versioned.then_some(old.system.version));
        }
        let mut values = Vec::with_capacity(E::META.own);
        update.changes(&mut values);
        self.write(ctx, permit, Verb::Update { key: key.values(), expected, values: &values }).await
    }
}

#[async_trait]
impl<E: Entity> Repository<E> for Repo<'_> {
    async fn find(&mut self, ctx: &Ctx, key: E::Key) -> Result<Option<Stored<E>>> {
        let permit = self.permit::<E>(ctx, Action::Read)?;
        self.one(&permit, &key, Lock::None).await
    }

    async fn find_for_update(&mut self, ctx: &Ctx, key: E::Key) -> Result<Option<Stored<E>>> {
        let permit = self.permit::<E>(ctx, Action::Read)?;
        self.one(&permit, &key, Lock::Update).await
    }

    async fn get(&mut self, ctx: &Ctx, key: E::Key) -> Result<Stored<E>> {
        let permit = self.permit::<E>(ctx, Action::Read)?;
        let found = self.one(&permit, &key, Lock::None).await?;
        found.ok_or_else(|| not_found::<E>(key.values()))
    }

    async fn list(&mut self, ctx: &Ctx, filter: &Filter, order: &[Order], page: Page) -> Result<Vec<Stored<E>>> {
        let permit = self.permit::<E>(ctx, Action::Read)?;
        let filter = &*within_reach(self.policy, ctx, E::META, filter)?;
        let select = Select { permit: &permit, filter, order, after: None, page: Some(page), lock: Lock::None };
        self.rows(&select).await
    }

    async fn page(&mut self, ctx: &Ctx, query: &ListQuery) -> Result<Listing<E>> {
        let permit = self.permit::<E>(ctx, Action::Read)?;
        let filter = within_reach(self.policy, ctx, E::META, &query.filter)?;
        self.page_of(&permit, query, &filter).await
    }

    async fn count(&mut self, ctx: &Ctx, filter: &Filter) -> Result<u64> {
        let permit = self.permit::<E>(ctx, Action::Read)?;
        let filter = &*within_reach(self.policy, ctx, E::META, filter)?;
        let select = Select { permit: &permit, filter, order: &[], after: None, page: None, lock: Lock::None };
        Ok(self.session.count(&select).await?)
    }

    async fn create(&mut self, ctx: &Ctx, create: &E::Create) -> Result<Stored<E>> {
        let permit = self.permit::<E>(ctx, Action::Create)?;
        let mut parts = GivenParts(create, false);
        E::children(&mut parts);
        if parts.1 && !self.leaves_parts {
            let reason =
                format!("a repository writes rows alone; make {} with its parts by Work::create", E::META.name);
            return Err(Error::Internal(reason));
        }
        let mut values = Vec::with_capacity(E::META.own);
        let key = match E::META.key_source() {
            KeySource::Identity | KeySource::Given => None,
            KeySource::Uuid7 => Some(uuid7(ctx, self.random)),
        };
        if let Some(key) = key {
            values.push((0, ValueRef::Uuid(key)));
        }
        create.changes(&mut values);
        check::<E>(&permit, &values, |errors| create.check(errors))?;
        if E::VALIDATES {
            let key = E::given_key(create).or_else(E::Key::placeholder);
            let key = key.ok_or_else(|| Error::Internal("a key type has no placeholder".into()))?;
            E::draft(key, create).validate().map_err(Error::Invalid)?;
        }
        self.check_references(ctx, &permit, None, &values).await?;
        self.write(ctx, &permit, Verb::Insert { values: &values }).await
    }

    async fn update(&mut self, ctx: &Ctx, key: E::Key, expected: Option<i64>, update: &E::Update) -> Result<Stored<E>> {
        let permit = self.permit::<E>(ctx, Action::Update)?;
        {
            let mut values = Vec::with_capacity(E::META.own);
            update.changes(&mut values);
            check::<E>(&permit, &values, |errors| update.check(errors))?;
            self.check_references(ctx, &permit, Some(key.values()), &values).await?;
        }
        for _ in 0..MAX_TRIES {
            match self.update_once(ctx, &permit, &key, expected, update).await {
                // Only with cross-field rules is a version expected that the caller did not name.
                Err(Error::VersionConflict { .. }) if expected.is_none() => {}
                outcome => return outcome,
            }
        }
        Err(crate::Conflict::Contention.into())
    }

    async fn delete(&mut self, ctx: &Ctx, key: E::Key, expected: Option<i64>) -> Result<Stored<E>> {
        let permit = self.permit::<E>(ctx, Action::Delete)?;
        let mut expected = expected;
        if self.has_dependents(E::META) {
            self.make_way::<E>(ctx, &permit, &key, expected).await?;
            // Looked at already; and the row may have let go of others since, which went before it.
            expected = None;
        }
        self.write(ctx, &permit, Verb::Delete { key: key.values(), expected }).await
    }

    async fn history(&mut self, ctx: &Ctx, key: E::Key, page: Page) -> Result<Vec<AuditRecord>> {
        let permit = self.permit::<E>(ctx, Action::Read)?;
        let records = self.session.history(&permit, key.values(), page).await?;
        records.ok_or_else(|| not_found::<E>(key.values()))
    }
}

fn not_found<E: Entity>(key: KeyRef<'_>) -> Error {
    Error::NotFound { entity: E::META.collection, key: key.to_text() }
}

/// The permit's field scope, then the constraints of the metadata and the fields' own functions.
fn check<E: Entity>(permit: &Permit, values: &[Change<'_>], custom: impl FnOnce(&mut Vec<FieldError>)) -> Result<()> {
    let out_of_scope =
        |(index, value): &&Change<'_>| !permit.scope().write.contains(*index) && is_given(permit, *index, *value);
    if let Some((index, _)) = values.iter().find(out_of_scope) {
        let name = E::META.fields[*index].name;
        return Err(Error::Denied(Denial::new(format!("the field {name} may not be written"))));
    }
    let mut errors = validate_changes(E::META, values).err().unwrap_or_default();
    custom(&mut errors);
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Whether somebody gave this value, rather than the program or the entity's declaration. A new row has
/// every field, those that nobody gave included.
fn is_given(permit: &Permit, index: usize, value: ValueRef<'_>) -> bool {
    let field = &permit.entity().fields[index];
    if index < permit.entity().first_given() || !field.on_create() {
        return false;
    }
    let default = || field.default.and_then(|text| field.parse(text).ok());
    permit.action() != Action::Create
        || !(value.is_null() || default().is_some_and(|default| default.as_ref() == value))
}

/// A UUID of version 7 (RFC 9562): the request's time, then random bits.
fn uuid7(ctx: &Ctx, random: &dyn Random) -> Uuid {
    let bytes = random.bytes();
    let mut tail = [0; 10];
    tail.copy_from_slice(&bytes[..10]);
    let millis = u64::try_from(ctx.now.timestamp_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}
