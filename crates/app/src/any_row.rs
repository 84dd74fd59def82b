//! Rows of any entity, by metadata alone.

use crate::Data;
use kwik_domain::{
    Action, Ctx, EntityMeta, FieldSet, Fields, Filter, Lock, Order, Page, Result, RowReader, Select, Value, ValueRef,
    authorize,
};

/// A row of any entity.
#[derive(Clone, Debug, PartialEq)]
pub struct AnyRow(Vec<Value>);

impl Fields for AnyRow {
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.0.get(index).map_or(ValueRef::Null, Value::as_ref)
    }
}

/// What a read of rows of any entity gave.
#[derive(Clone, Debug)]
pub struct AnyRows {
    /// The rows.
    pub rows: Vec<AnyRow>,
    /// The fields of them that the actor may see.
    pub visible: FieldSet,
}

impl AnyRow {
    /// The first row of an entity that satisfies a filter.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Denied`] when the policy denies reading, and
    /// [`kwik_domain::Error::Store`].
    pub async fn find(data: &Data, ctx: &Ctx, meta: &'static EntityMeta, filter: &Filter) -> Result<Option<Self>> {
        let page = Page { skip: 0, limit: 1 };
        Ok(Self::list(data, ctx, meta, filter, &[], page).await?.rows.pop())
    }

    /// The rows of an entity that satisfy a filter, in an order, the key being the last thing sorted by.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Denied`] when the policy denies reading, and
    /// [`kwik_domain::Error::Store`].
    pub async fn list(
        data: &Data,
        ctx: &Ctx,
        meta: &'static EntityMeta,
        filter: &Filter,
        order: &[Order],
        page: Page,
    ) -> Result<AnyRows> {
        let permit = authorize(data.policy(), ctx, Action::Read, meta)?;
        let select = Select { permit: &permit, filter, order, after: None, page: Some(page), lock: Lock::None };
        let mut rows = Vec::new();
        let mut sink = |row: &dyn RowReader| {
            let read = |(index, field): (usize, &kwik_domain::FieldMeta)| {
                Ok(ValueRef::read(row, field.kind, index)?.to_owned())
            };
            rows.push(Self(meta.fields.iter().enumerate().map(read).collect::<Result<_, _>>()?));
            Ok(())
        };
        data.session().fetch(&select, &mut sink).await?;
        Ok(AnyRows { rows, visible: permit.scope().read })
    }
}
