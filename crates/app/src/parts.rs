//! Rows that are written as parts of others: an order with its lines.

use crate::Work;
use async_trait::async_trait;
use kwik_domain::{
    Action, Child, ChildAccess, ChildVisitor, Comparison, Ctx, Entity, Error, FieldError, FieldSet, Fields, Filter,
    Input, Issue, KeyType, Result, Stored,
};
use std::collections::HashSet;

/// The kinds of parts that rows of an entity have.
pub(crate) fn parts<P: Entity>() -> Vec<Box<dyn Parts<P>>> {
    let mut all = All(Vec::new());
    P::children(&mut all);
    all.0
}

struct All<P: Entity>(Vec<Box<dyn Parts<P>>>);

impl<P: Entity> ChildVisitor<P> for All<P> {
    fn child<C: Entity>(&mut self, access: ChildAccess<P, C>) {
        self.0.push(Box::new(access));
    }
}

/// The parts of one kind, written with the rules of their entity.
#[async_trait]
pub(crate) trait Parts<P: Entity>: Send + Sync {
    /// Makes those of a new row.
    async fn create(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key, create: &P::Create) -> Result<()>;

    /// Gives those that a change names and that are there the values that it does not say, and locks them.
    async fn complete(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key, update: &mut P::Update) -> Result<()>;

    /// Makes those of a row what a change says, if it says anything of them: rows that it does not name are
    /// removed first, so that what was unique in them is free.
    async fn change(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key, update: &mut P::Update) -> Result<()>;
}

#[async_trait]
impl<P: Entity, C: Entity> Parts<P> for ChildAccess<P, C> {
    async fn create(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key, create: &P::Create) -> Result<()> {
        for (item, values) in (self.created)(create).iter().enumerate() {
            let created = work.create::<C>(ctx, self.adopted(values, parent)).await;
            created.map_err(|error| self.within(item, error))?;
        }
        Ok(())
    }

    async fn complete(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key, update: &mut P::Update) -> Result<()> {
        let Some(rows) = (self.changed)(update) else { return Ok(()) };
        let there = self.there(ctx, work, parent).await?;
        for row in rows {
            let key = self.key(row, parent);
            if let Some(old) = there.iter().find(|old| Some(old.key()) == key) {
                old.entity.keep(&mut row.values, FieldSet::ALL.difference(row.given));
            }
        }
        Ok(())
    }

    async fn change(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key, update: &mut P::Update) -> Result<()> {
        let Some(rows) = (self.changed)(update) else { return Ok(()) };
        let there = self.there(ctx, work, parent).await?;
        let mut named = HashSet::new();
        let keys: Vec<Option<C::Key>> = rows.iter().map(|row| self.key(row, parent)).collect();
        for (item, key) in keys.iter().enumerate().filter_map(|(item, key)| Some((item, key.clone()?))) {
            let may_be_new = C::META.given_key || there.iter().any(|row| row.key() == key);
            if !may_be_new || !named.insert(key) {
                let issue = Issue::new("reference", "must be the key of one of the rows that are there, named once");
                let error = Error::Invalid(vec![FieldError::new(C::META.key().name, issue)]);
                return Err(self.within(item, error));
            }
        }
        for old in there.iter().filter(|row| !named.contains(&row.key())) {
            work.delete::<C>(ctx, old.key(), None).await?;
        }
        for (item, row) in rows.iter().enumerate() {
            let values = self.adopted(&row.values, parent);
            let written = match there.iter().find(|old| Some(old.key()) == keys[item]) {
                None => work.create::<C>(ctx, values).await.map(drop),
                Some(old) => match differing(old, &values) {
                    Ok(FieldSet::NONE) => Ok(()),
                    Ok(fields) => work.update::<C>(ctx, old.key(), None, C::change_to(&values, fields)).await.map(drop),
                    Err(error) => Err(error),
                },
            };
            written.map_err(|error| self.within(item, error))?;
        }
        Ok(())
    }
}

#[async_trait]
trait OfParent<P: Entity, C: Entity> {
    /// The parts that are there and that the actor may change, locked.
    async fn there(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key) -> Result<Vec<Stored<C>>>;
    /// The key of the row that is meant, if one can be.
    fn key(&self, row: &Child<C>, parent: &P::Key) -> Option<C::Key>;
    /// The same as a part of that parent.
    fn adopted(&self, values: &C::Create, parent: &P::Key) -> C::Create;
    /// Says of an error in which of the parts it is.
    fn within(&self, item: usize, error: Error) -> Error;
}

#[async_trait]
impl<P: Entity, C: Entity> OfParent<P, C> for ChildAccess<P, C> {
    async fn there(&self, ctx: &Ctx, work: &mut Work, parent: &P::Key) -> Result<Vec<Stored<C>>> {
        let field = P::META.children[self.index].field;
        let of_parent = Filter::Compare(field, Comparison::Eq, parent.values()[0].to_owned());
        work.repo().list_locked::<C>(ctx, Action::Update, &of_parent).await
    }

    fn key(&self, row: &Child<C>, parent: &P::Key) -> Option<C::Key> {
        row.key.clone().or_else(|| C::given_key(&self.adopted(&row.values, parent)))
    }

    fn adopted(&self, values: &C::Create, parent: &P::Key) -> C::Create {
        let mut values = values.clone();
        (self.adopt)(&mut values, parent.clone());
        values
    }

    fn within(&self, item: usize, error: Error) -> Error {
        let list = P::META.children[self.index].name;
        match error {
            Error::Invalid(errors) => Error::Invalid(errors.into_iter().map(|e| e.within(list, item)).collect()),
            other => other,
        }
    }
}

/// The fields of a row that are not yet what they are to be; an error where one cannot be changed.
fn differing<C: Entity>(old: &Stored<C>, values: &C::Create) -> Result<FieldSet> {
    let mut changes = Vec::new();
    values.changes(&mut changes);
    changes.retain(|(index, value)| old.get(*index) != *value);
    let fixed = |(index, _): &&(usize, _)| C::META.fields[*index].create_only;
    let errors: Vec<_> = changes
        .iter()
        .filter(fixed)
        .map(|(index, _)| {
            let issue = Issue::new("fixed", "cannot be changed; leave the key out to replace the row");
            FieldError::new(C::META.fields[*index].name, issue)
        })
        .collect();
    if errors.is_empty() { Ok(changes.iter().map(|(index, _)| *index).collect()) } else { Err(Error::Invalid(errors)) }
}
