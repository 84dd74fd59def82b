//! Create, read, update, delete, list and history of any entity.

use crate::{Data, crud_command::CrudCommand};
use kwik_domain::{
    Action, AuditRecord, Conflict, Ctx, Entity, EntityMeta, Error, FieldSet, Issue, ListQuery, Listing, Order, Page,
    ParameterError, Repository, Result, Stored, access::AuditEntry, authorize, dependents,
};
use std::marker::PhantomData;

/// Something with the fields of it that the actor may see.
#[derive(Clone, Debug)]
pub struct Shown<T> {
    /// The thing.
    pub value: T,
    /// The fields.
    pub visible: FieldSet,
}

/// The use cases that every entity has.
pub struct CrudService<E: Entity> {
    data: Data,
    has_rules: bool,
    /// Whether rows of others go or change with one.
    has_dependents: bool,
    order: Vec<Order>,
    entity: PhantomData<fn() -> E>,
}

impl<E: Entity> CrudService<E> {
    /// The use cases of one entity, with the rules that the data have for it.
    pub fn new(data: Data) -> Self {
        let has_rules = !data.rules().of::<E>().is_empty() || !E::META.children.is_empty();
        let has_dependents = dependents(data.entities(), E::META).next().is_some();
        Self { data, has_rules, has_dependents, order: Vec::new(), entity: PhantomData }
    }

    /// The same; lists that are asked for in no order come in this one.
    #[must_use]
    pub fn sorted_by(self, order: &[Order]) -> Self {
        Self { order: order.to_vec(), ..self }
    }

    /// A page of the rows that the actor may see.
    ///
    /// # Errors
    ///
    /// See [`Repository::page`].
    pub async fn list(&self, ctx: &Ctx, query: &ListQuery) -> Result<Shown<Listing<E>>> {
        let visible = self.visible(ctx)?;
        within(E::META, query, visible)?;
        let order = if query.order.is_empty() { &self.order } else { &query.order };
        let query = ListQuery { order: order.clone(), ..query.clone() };
        let _turn = self.data.turn_to_list().await?;
        Ok(Shown { value: self.data.single().repository::<E>().page(ctx, &query).await?, visible })
    }

    /// One row.
    ///
    /// # Errors
    ///
    /// See [`Repository::get`].
    pub async fn get(&self, ctx: &Ctx, key: E::Key) -> Result<Shown<Stored<E>>> {
        let visible = self.visible(ctx)?;
        Ok(Shown { value: self.data.single().repository::<E>().get(ctx, key).await?, visible })
    }

    /// The audit records of one row, the latest first. Of whom it was by what means and from where, those
    /// alone are told more than the kind of means who may read the audit trail.
    ///
    /// # Errors
    ///
    /// See [`Repository::history`].
    pub async fn history(&self, ctx: &Ctx, key: E::Key, page: Page) -> Result<Shown<Vec<AuditRecord>>> {
        let visible = self.visible(ctx)?;
        let mut records = self.data.single().repository::<E>().history(ctx, key, page).await?;
        if authorize(self.data.policy(), ctx, Action::Read, AuditEntry::META).is_err() {
            records.iter_mut().for_each(without_means);
        }
        Ok(Shown { value: records, visible })
    }

    /// Makes a row.
    ///
    /// # Errors
    ///
    /// See [`Repository::create`]; and what rules say.
    pub async fn create(&self, ctx: &Ctx, create: E::Create) -> Result<Shown<Stored<E>>> {
        let row = if self.has_rules {
            self.data.run(ctx, &CrudCommand::<E>::Create(create)).await?
        } else {
            match self.data.single().repository::<E>().create(ctx, &create).await {
                Err(Error::Conflict(Conflict::Contention)) => {
                    self.data.run(ctx, &CrudCommand::<E>::Create(create)).await?
                }
                outcome => outcome?,
            }
        };
        Ok(self.written(ctx, row))
    }

    /// Changes a row, which must have the version `expected` if one is given.
    ///
    /// # Errors
    ///
    /// See [`Repository::update`]; and what rules say.
    pub async fn update(
        &self,
        ctx: &Ctx,
        key: E::Key,
        expected: Option<i64>,
        update: E::Update,
    ) -> Result<Shown<Stored<E>>> {
        let rules_of_its_own = E::VALIDATES && !E::META.versioned;
        let row = if self.has_rules || rules_of_its_own {
            self.data.run(ctx, &CrudCommand::<E>::Update(key, expected, update)).await?
        } else {
            match self.data.single().repository::<E>().update(ctx, key.clone(), expected, &update).await {
                Err(Error::Conflict(Conflict::Contention)) => {
                    self.data.run(ctx, &CrudCommand::<E>::Update(key, expected, update)).await?
                }
                outcome => outcome?,
            }
        };
        Ok(self.written(ctx, row))
    }

    /// Removes a row, which must have the version `expected` if one is given, and returns it as it
    /// was.
    ///
    /// # Errors
    ///
    /// See [`Repository::delete`]; and what rules say.
    pub async fn delete(&self, ctx: &Ctx, key: E::Key, expected: Option<i64>) -> Result<Shown<Stored<E>>> {
        let row = if self.has_rules || self.has_dependents {
            self.data.run(ctx, &CrudCommand::<E>::Delete(key, expected)).await?
        } else {
            self.data.single().repository::<E>().delete(ctx, key, expected).await?
        };
        Ok(self.written(ctx, row))
    }

    /// The fields that the actor may see.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] when the actor may see no row at all.
    pub fn visible(&self, ctx: &Ctx) -> Result<FieldSet> {
        Ok(authorize(self.data.policy(), ctx, Action::Read, E::META)?.scope().read)
    }

    /// What it works on.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The fields that the policy keeps from somebody.
    pub fn guarded(&self) -> FieldSet {
        self.data.policy().guarded(E::META)
    }

    /// Whoever may write but not read sees what was written: as Kwik does, the row, as far as the
    /// policy lets whoever writes see its fields.
    fn written(&self, ctx: &Ctx, row: Stored<E>) -> Shown<Stored<E>> {
        let visible = self.visible(ctx).unwrap_or(row.visible);
        Shown { value: row, visible }
    }
}

/// Leaves of the means no more than their kind: an address, a session or a key says where somebody is, and
/// what to look for.
fn without_means(record: &mut AuditRecord) {
    record.address = None;
    record.via.truncate(record.via.find(':').unwrap_or(record.via.len()));
}

/// Refuses to filter and to sort by what the actor may not see: the answer would tell what it is. Queries
/// that came over the network were read with this in mind already, and their errors say more.
fn within(meta: &'static EntityMeta, query: &ListQuery, visible: FieldSet) -> Result<()> {
    let sorting = query.order.iter().all(|by| visible.contains(by.field));
    let wrong: Vec<_> = [("sorting", sorting), ("filter", query.filter.is_within(visible))]
        .into_iter()
        .filter(|(_, is_within)| !is_within)
        .map(|(name, _)| {
            let message = format!("must name fields of {} that may be seen", meta.name);
            ParameterError::new(name, Issue::new("unknown", message))
        })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::InvalidQuery(wrong)) }
}
