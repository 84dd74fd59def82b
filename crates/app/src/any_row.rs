//! Rows of any entity, by metadata alone.

use crate::Data;
use kwik_domain::{
    Action, Ctx, EntityMeta, Fields, Filter, Lock, Page, Result, RowReader, Select, Value, ValueRef, authorize,
};

/// A row of any entity.
#[derive(Clone, Debug, PartialEq)]
pub struct AnyRow(Vec<Value>);

impl Fields for AnyRow {
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.0.get(index).map_or(ValueRef::Null, Value::as_ref)
    }
}

impl AnyRow {
    /// The first row of an entity that satisfies a filter.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Denied`] when the policy denies reading, and
    /// [`kwik_domain::Error::Store`].
    pub(crate) async fn find(
        data: &Data,
        ctx: &Ctx,
        meta: &'static EntityMeta,
        filter: &Filter,
    ) -> Result<Option<Self>> {
        let permit = authorize(data.policy(), ctx, Action::Read, meta)?;
        let page = Some(Page { skip: 0, limit: 1 });
        let select = Select { permit: &permit, filter, order: &[], after: None, page, lock: Lock::None };
        let mut found = None;
        let mut sink = |row: &dyn RowReader| {
            let read = |(index, field): (usize, &kwik_domain::FieldMeta)| {
                Ok(ValueRef::read(row, field.kind, index)?.to_owned())
            };
            found = Some(Self(meta.fields.iter().enumerate().map(read).collect::<Result<_, _>>()?));
            Ok(())
        };
        data.session().fetch(&select, &mut sink).await?;
        Ok(found)
    }
}
