//! Units of work.

use crate::{Committed, Data, parts::parts, rule_book::Rules};
use kwik_domain::{
    AccessEvent, Action, Ctx, Entity, Error, KeyType, Repo, Repository, Result, Session, Stored, UnitOfWork, authorize,
};
use std::{future::Future, pin::Pin, sync::Arc};
use tracing::{Instrument, Span};

/// What is to be done once a unit of work has been committed.
type AfterCommit = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send>;

/// A unit of work: what is done through it lasts as a whole or not at all. Dropped without
/// [`Work::commit`], it is rolled back.
///
/// [`Work::create`], [`Work::update`] and [`Work::delete`] keep the entity's rules;
/// [`Work::repository`] is the bare face of an entity, which rules themselves use.
pub struct Work {
    unit: Box<dyn UnitOfWork>,
    data: Data,
    after: Vec<AfterCommit>,
}

impl Work {
    pub(crate) fn new(unit: Box<dyn UnitOfWork>, data: Data) -> Self {
        Self { unit, data, after: Vec::new() }
    }

    /// What the unit of work is of. What is read or written through it is no part of the unit.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// What the program has put in reach, by its type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.data.state()
    }

    /// The repositories within the unit of work, without rules.
    pub fn repo(&mut self) -> Repo<'_> {
        self.data.repo(&mut *self.unit).in_unit_of_work()
    }

    /// The repository of one entity within the unit of work, without its rules. It makes rows alone: parts that
    /// are given with a new one are refused.
    pub fn repository<E: Entity>(&mut self) -> impl Repository<E> + '_ {
        let session: &mut dyn Session = &mut *self.unit;
        self.data.repo(session).in_unit_of_work()
    }

    /// Makes a row and the rows that are its parts, with the rules of their entities.
    ///
    /// # Errors
    ///
    /// See [`Repository::create`]; and what rules say.
    pub async fn create<E: Entity>(&mut self, ctx: &Ctx, mut create: E::Create) -> Result<Stored<E>> {
        // Denied before a rule could tell anything.
        authorize(self.data.policy(), ctx, Action::Create, E::META)?;
        let rules = self.data.rules().of::<E>();
        for rule in &rules {
            rule.before_create(ctx, self, &mut create).await?;
        }
        let mut repository = self.repo().without_parts();
        let new = Repository::<E>::create(&mut repository, ctx, &create).await?;
        for parts in parts::<E>() {
            parts.create(ctx, self, &new.key(), &create).await?;
        }
        for rule in &rules {
            rule.after_create(ctx, self, &new).await?;
        }
        self.tell(ctx, rules, || Committed::Created(new.clone()));
        Ok(new)
    }

    /// Changes a row, which must have the version `expected` if one is given, with the rules of its
    /// entity. Where there are rules, the row is locked first.
    ///
    /// # Errors
    ///
    /// See [`Repository::update`]; and what rules say.
    pub async fn update<E: Entity>(
        &mut self,
        ctx: &Ctx,
        key: E::Key,
        expected: Option<i64>,
        mut update: E::Update,
    ) -> Result<Stored<E>> {
        let (rules, parts) = (self.data.rules().of::<E>(), parts::<E>());
        if rules.is_empty() && parts.is_empty() {
            return self.repository::<E>().update(ctx, key, expected, &update).await;
        }
        authorize(self.data.policy(), ctx, Action::Update, E::META)?;
        let old = self.locked::<E>(ctx, Action::Update, &key, expected).await?;
        for parts in &parts {
            parts.complete(ctx, self, &key, &mut update).await?;
        }
        for rule in &rules {
            rule.before_update(ctx, self, &old, &mut update).await?;
        }
        let new = self.repository::<E>().update(ctx, key, expected, &update).await?;
        for parts in parts {
            parts.change(ctx, self, &new.key(), &mut update).await?;
        }
        for rule in &rules {
            rule.after_update(ctx, self, &old, &new).await?;
        }
        self.tell(ctx, rules, || Committed::Updated { old, new: new.clone() });
        Ok(new)
    }

    /// Removes a row, which must have the version `expected` if one is given, with the rules of its
    /// entity, and returns it as it was. Where there are rules, the row is locked first.
    ///
    /// # Errors
    ///
    /// See [`Repository::delete`]; and what rules say.
    pub async fn delete<E: Entity>(&mut self, ctx: &Ctx, key: E::Key, expected: Option<i64>) -> Result<Stored<E>> {
        let rules = self.data.rules().of::<E>();
        if rules.is_empty() {
            return self.repository::<E>().delete(ctx, key, expected).await;
        }
        authorize(self.data.policy(), ctx, Action::Delete, E::META)?;
        let old = self.locked::<E>(ctx, Action::Delete, &key, expected).await?;
        for rule in &rules {
            rule.before_delete(ctx, self, &old).await?;
        }
        let old = self.repository::<E>().delete(ctx, key, expected).await?;
        for rule in &rules {
            rule.after_delete(ctx, self, &old).await?;
        }
        self.tell(ctx, rules, || Committed::Deleted(old.clone()));
        Ok(old)
    }

    /// The row that is about to be changed, which the actor need not be allowed to read.
    async fn locked<E: Entity>(
        &mut self,
        ctx: &Ctx,
        action: Action,
        key: &E::Key,
        expected: Option<i64>,
    ) -> Result<Stored<E>> {
        let found = self.repo().find_locked::<E>(ctx, action, key).await?;
        let missing = || Error::NotFound { entity: E::META.collection, key: key.values().to_text() };
        let old = found.ok_or_else(missing)?;
        match expected {
            Some(version) if version != old.version() => Err(Error::VersionConflict { current: old.version() }),
            _ => Ok(old),
        }
    }

    /// Tells rules of a change after the commit.
    fn tell<E: Entity>(&mut self, ctx: &Ctx, rules: Rules<E>, change: impl FnOnce() -> Committed<E>) {
        if rules.is_empty() {
            return;
        }
        let change = Arc::new(change());
        for rule in rules {
            let (ctx, data, change) = (ctx.clone(), self.data.clone(), change.clone());
            self.after_commit(move || async move { rule.committed(&ctx, &data, &change).await });
        }
    }

    /// Has something done after a successful commit, after what was asked for before; never after a
    /// rollback. The answer waits for it and is not changed by it: an error or a panic goes to the log.
    /// A program that is killed between the commit and this does not do it; what must not be lost is
    /// written in the unit of work.
    pub fn after_commit<F, D>(&mut self, what: F)
    where
        F: FnOnce() -> D + Send + 'static,
        D: Future<Output = Result<()>> + Send + 'static,
    {
        self.after.push(Box::new(move || Box::pin(what())));
    }

    /// Writes to the audit trail, as a part of it, that something about access has happened.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when it cannot be written.
    pub async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<()> {
        self.unit.record(ctx, event).await?;
        Ok(())
    }

    /// Makes everything in it last.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Conflict`] when it lost against others, [`kwik_domain::Error::Store`]
    /// when the database cannot be reached; then it is not known whether it lasts.
    pub async fn commit(self) -> Result<()> {
        self.unit.commit().await?;
        for after in self.after {
            // A task of its own, so that a panic ends nothing else.
            let outcome = tokio::spawn(async { after().await }.instrument(Span::current())).await;
            let reason = match outcome {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            tracing::error!(%reason, "what was to follow a commit failed; what was committed stands");
        }
        Ok(())
    }
}
