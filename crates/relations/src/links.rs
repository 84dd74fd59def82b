//! What is done with rows that link others: looked at, made, removed.

use crate::Link;
use async_trait::async_trait;
use kwik_app::{AnyRow, AnyRows, Command, Data, Work};
use kwik_domain::{
    Action, Comparison, Conflict, Ctx, Entity, EntityMeta, Error, FieldType, Filter, Order, Page, Result, Value,
};
use std::marker::PhantomData;

/// How often a link is tried that others make and end.
const TRIES: usize = 5;
/// More links of one row than this are not looked through at once.
const MOST: u64 = 10_000;

/// The use cases of the links that rows of `L` are.
pub(crate) struct Links<L: Entity> {
    pub(crate) data: Data,
    pub(crate) link: Link,
    entity: PhantomData<fn() -> L>,
}

impl<L: Entity> Links<L> {
    pub(crate) fn new(data: Data, link: Link) -> Self {
        Self { data, link, entity: PhantomData }
    }

    /// The row from which one looks.
    pub(crate) async fn source(&self, ctx: &Ctx, key: &Value) -> Result<(AnyRow, kwik_domain::FieldSet)> {
        self.row(ctx, self.link.source(), key).await
    }

    async fn row(&self, ctx: &Ctx, meta: &'static EntityMeta, key: &Value) -> Result<(AnyRow, kwik_domain::FieldSet)> {
        let page = Page { skip: 0, limit: 1 };
        let mut found = AnyRow::list(&self.data, ctx, meta, &is(0, key), &[], page).await?;
        let missing = || Error::NotFound { entity: meta.collection, key: key.as_ref().to_text() };
        Ok((found.rows.pop().ok_or_else(missing)?, found.visible))
    }

    /// A page of the rows that are linked, or of those that are not, in the order of their keys.
    pub(crate) async fn list(&self, ctx: &Ctx, key: &Value, linked: bool, page: Page) -> Result<AnyRows> {
        let _turn = self.data.turn_to_list().await?;
        self.source(ctx, key).await?;
        let all = Page { skip: 0, limit: MOST + 1 };
        let linking = AnyRow::list(&self.data, ctx, self.link.entity, &is(self.link.from, key), &[], all).await?;
        if linking.rows.len() as u64 > MOST {
            return Err(Error::Unfit(kwik_domain::RuleViolation::new(
                "too_many",
                format!("more than {MOST} rows are linked; list {} with a filter", self.link.entity.collection),
            )));
        }
        let keys = linking.rows.iter().map(|row| kwik_domain::Fields::get(row, self.link.to).to_owned()).collect();
        let filter = Filter::In(0, keys);
        let filter = if linked { filter } else { !filter };
        AnyRow::list(&self.data, ctx, self.link.target(), &filter, &[Order::KEY], page).await
    }

    /// Links two rows; it is no error if they are linked already.
    pub(crate) async fn add(&self, ctx: &Ctx, key: &Value, other: &Value, create: L::Create) -> Result<()> {
        self.source(ctx, key).await?;
        self.row(ctx, self.link.target(), other).await?;
        let between = is(self.link.from, key) & is(self.link.to, other);
        for _ in 0..TRIES {
            if self.is_there(ctx, &between).await? {
                return Ok(());
            }
            match self.data.run(ctx, &Add::<L>(create.clone())).await {
                // Somebody else was faster, or has ended the link again meanwhile.
                Err(Error::Conflict(Conflict::Taken { .. })) => {}
                outcome => return outcome,
            }
        }
        if self.is_there(ctx, &between).await? { Ok(()) } else { Err(Conflict::Contention.into()) }
    }

    async fn is_there(&self, ctx: &Ctx, filter: &Filter) -> Result<bool> {
        Ok(AnyRow::find(&self.data, &ctx.elevated(), self.link.entity, filter).await?.is_some())
    }

    /// Ends the link with one row, or with all; it is no error if there is none.
    pub(crate) async fn remove(&self, ctx: &Ctx, key: &Value, other: Option<&Value>) -> Result<()> {
        self.source(ctx, key).await?;
        let mut filter = is(self.link.from, key);
        if let Some(other) = other {
            self.row(ctx, self.link.target(), other).await?;
            filter = filter & is(self.link.to, other);
        }
        self.data.run(ctx, &Remove::<L>(filter, PhantomData)).await
    }
}

fn is(field: usize, value: &Value) -> Filter {
    Filter::Compare(field, Comparison::Eq, value.clone())
}

struct Add<L: Entity>(L::Create);

impl<L: Entity> std::fmt::Debug for Add<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a new row of {}", L::META.collection)
    }
}

#[async_trait]
impl<L: Entity> Command for Add<L> {
    type Answer = ();

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<()> {
        work.create::<L>(ctx, self.0.clone()).await.map(drop)
    }
}

struct Remove<L>(Filter, PhantomData<fn() -> L>);

impl<L: Entity> std::fmt::Debug for Remove<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the end of rows of {}", L::META.collection)
    }
}

#[async_trait]
impl<L: Entity> Command for Remove<L> {
    type Answer = ();

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<()> {
        for row in work.repo().list_locked::<L>(ctx, Action::Delete, &self.0).await? {
            work.delete::<L>(ctx, row.key(), None).await?;
        }
        Ok(())
    }
}

/// A key in a path.
pub(crate) fn key(meta: &'static EntityMeta, text: &str, name: &'static str) -> Result<Value> {
    let issue = |issue| Error::InvalidPath(kwik_domain::ParameterError::new(name, issue));
    // The same rules as those of the key's own type.
    match meta.key().kind {
        kwik_domain::Kind::I64 => i64::from_text(text).map(Value::Int).map_err(issue),
        kind => Value::parse(kind, text).map_err(issue),
    }
}
