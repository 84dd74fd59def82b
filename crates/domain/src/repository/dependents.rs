//! What becomes of rows that refer to a row that is removed.

use super::{Repo, not_found};
use crate::{
    Action, Comparison, Ctx, Entity, EntityMeta, Error, Filter, KeyRef, KeyType, Lock, OnDelete, Page, Permit, Result,
    RuleViolation, Select, Value, ValueRef, Verb, Write, authorize,
};

/// The most rows that go or change with one.
const MOST: u64 = 10_000;

/// The fields of these entities that refer to one of them and do not keep its rows from being removed.
pub fn dependents<'e>(
    entities: &'e [&'static EntityMeta],
    of: &'static EntityMeta,
) -> impl Iterator<Item = (&'static EntityMeta, usize, OnDelete)> + 'e {
    let tables = entities.iter().filter(|meta| meta.view.is_none());
    tables.flat_map(move |meta| {
        let references = meta
            .references()
            .filter(move |(_, reference)| reference.on_delete != OnDelete::Restrict && reference.target().is(of));
        references.map(move |(field, reference)| (*meta, field, reference.on_delete))
    })
}

/// A row of any entity.
type Row = (&'static EntityMeta, Vec<Value>);

/// What is still to be done, the last first.
enum Step {
    /// Look for what refers to the row.
    Open(Row),
    /// Remove it.
    Remove(Row),
    /// Let it refer to nothing by this field.
    Clear(Row, usize),
}

impl Repo<'_> {
    /// Whether rows go or change with one of this entity.
    pub(super) fn has_dependents(&self, of: &'static EntityMeta) -> bool {
        self.entities.is_some_and(|entities| dependents(entities, of).next().is_some())
    }

    /// Locks a row that is going to be removed, and sees to those that refer to it.
    pub(super) async fn make_way<E: Entity>(
        &mut self,
        ctx: &Ctx,
        permit: &Permit,
        key: &E::Key,
        expected: Option<i64>,
    ) -> Result<()> {
        if !self.in_unit_of_work {
            let reason =
                format!("rows go or change with one of {}: begin a unit of work to remove it", E::META.collection);
            return Err(Error::Internal(reason));
        }
        let old = self.one::<E>(permit, key, Lock::Update).await?.ok_or_else(|| not_found::<E>(key.values()))?;
        if E::META.versioned && expected.is_some_and(|version| version != old.version()) {
            return Err(Error::VersionConflict { current: old.version() });
        }
        self.remove_dependents(ctx, E::META, key.values()).await
    }

    /// Removes and changes what refers to a row, depth first and in the order of keys, each by an audited
    /// write. The program has declared that it is so: whoever removes the row need not be able to do it by hand.
    async fn remove_dependents(&mut self, ctx: &Ctx, of: &'static EntityMeta, key: KeyRef<'_>) -> Result<()> {
        let ctx = &ctx.elevated();
        let root: Row = (of, key.iter().map(|value| (*value).to_owned()).collect());
        let (mut steps, mut path, mut found) = (vec![Step::Open(root)], Vec::new(), 0);
        while let Some(step) = steps.pop() {
            match step {
                Step::Remove(row) => {
                    path.pop();
                    self.change(ctx, &row, None).await?;
                }
                Step::Clear(row, field) => self.change(ctx, &row, Some(field)).await?,
                Step::Open(row) => {
                    let next = self.referring(ctx, &row, &path, &mut found).await?;
                    path.push(row);
                    steps.extend(next.into_iter().rev());
                }
            }
        }
        Ok(())
    }

    /// What has to be done before a row can be removed.
    async fn referring(&mut self, ctx: &Ctx, row: &Row, path: &[Row], found: &mut u64) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for (meta, field, on_delete) in dependents(self.entities.unwrap_or_default(), row.0) {
            for other in self.locked_keys(ctx, meta, field, &row.1, MOST + 1 - *found).await? {
                *found += 1;
                if *found > MOST {
                    let detail = format!("more than {MOST} rows refer to it; remove or change some of those first");
                    return Err(RuleViolation::new("too_many_references", detail).into());
                }
                let is = |one: &Row| one.0.is(meta) && one.1 == other;
                if is(row) {
                    // What refers to itself goes at once.
                } else if on_delete == OnDelete::Cascade && !path.iter().any(is) {
                    let other = (meta, other);
                    steps.extend([Step::Open(other.clone()), Step::Remove(other)]);
                } else if meta.fields[field].nullable {
                    // Of a ring too, one side of which has to let go of the other.
                    steps.push(Step::Clear((meta, other), field));
                }
            }
        }
        Ok(steps)
    }

    async fn locked_keys(
        &mut self,
        ctx: &Ctx,
        meta: &'static EntityMeta,
        field: usize,
        key: &[Value],
        limit: u64,
    ) -> Result<Vec<Vec<Value>>> {
        let permit = authorize(self.policy, ctx, Action::Read, meta)?;
        let Some(value) = key.first() else { return Ok(Vec::new()) };
        let filter = &Filter::Compare(field, Comparison::Eq, value.clone());
        let page = Some(Page { skip: 0, limit });
        let select = Select { permit: &permit, filter, order: &[], after: None, page, lock: Lock::Update };
        let mut keys = Vec::new();
        let sink = &mut |row: &dyn crate::RowReader| {
            keys.push(KeyRef::read(row, meta)?.iter().map(|value| (*value).to_owned()).collect());
            Ok(())
        };
        self.session.fetch(&select, sink).await?;
        Ok(keys)
    }

    /// Clears a field of a row, or removes it. One that has gone by another way is no matter.
    async fn change(&mut self, ctx: &Ctx, (meta, key): &Row, cleared: Option<usize>) -> Result<()> {
        let key = KeyRef::of(key.iter().map(Value::as_ref));
        let cleared = cleared.map(|field| [(field, ValueRef::Null)]);
        let (action, verb) = match &cleared {
            Some(values) => (Action::Update, Verb::Update { key, expected: None, values }),
            None => (Action::Delete, Verb::Delete { key, expected: None }),
        };
        let permit = &authorize(self.policy, ctx, action, meta)?;
        self.session.write(&Write { permit, verb, ctx }, &mut |_| Ok(())).await?;
        Ok(())
    }
}
