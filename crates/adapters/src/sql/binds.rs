//! What goes into the slots of a statement when it runs.

use super::{Slot, after::After, condition};
use kwik_domain::{Change, Ctx, EntityMeta, Filter, KeyRef, Kind, Page, Select, Value, ValueRef, Verb, Write};

/// What is bound in one place, with the kind of the column that it meets.
#[derive(Clone, Copy, Debug)]
pub enum Bound<'a> {
    /// One value.
    One(Kind, ValueRef<'a>),
    /// A list of values, bound as one.
    Many(Kind, &'a [Value]),
}

/// What goes into the slots of one run of a statement.
pub struct Binds<'a> {
    meta: &'static EntityMeta,
    ctx: Option<&'a Ctx>,
    key: Option<KeyRef<'a>>,
    expected: Option<i64>,
    values: &'a [Change<'a>],
    scope: Vec<Bound<'a>>,
    filter: Vec<Bound<'a>>,
    after: Vec<(Kind, Value)>,
    page: Page,
    via: String,
    address: Option<String>,
}

impl<'a> Binds<'a> {
    /// Those of a write.
    pub fn of_write(write: &'a Write<'a>) -> Self {
        let meta = write.entity();
        let (key, values): (_, &[_]) = match write.verb {
            Verb::Insert { values } => (None, values),
            Verb::Update { key, values, .. } => (Some(key), values),
            Verb::Delete { key, .. } => (Some(key), &[]),
        };
        let mut scope = Vec::new();
        condition::values(meta, &write.permit.scope().rows, &mut scope);
        Self {
            meta,
            ctx: Some(write.ctx),
            key,
            expected: write.expected(),
            values,
            scope,
            filter: Vec::new(),
            after: Vec::new(),
            page: Page { skip: 0, limit: 0 },
            via: write.ctx.actor.via.label(),
            address: write.ctx.address.map(|a| a.to_string()),
        }
    }

    /// Those of a read.
    pub fn of_select(select: &'a Select<'a>) -> Self {
        let meta = select.permit.entity();
        let mut filter = Vec::new();
        condition::values(meta, select.filter, &mut filter);
        Self {
            filter,
            after: After::of(select).map_or_else(Vec::new, |after| after.values(meta)),
            page: select.page.unwrap_or(Page { skip: 0, limit: i64::MAX as u64 }),
            ..Self::of_scope(meta, &select.permit.scope().rows)
        }
    }

    /// Those of a scope alone.
    pub(crate) fn of_scope(meta: &'static EntityMeta, rows: &'a Filter) -> Self {
        let mut scope = Vec::new();
        condition::values(meta, rows, &mut scope);
        Self {
            meta,
            ctx: None,
            key: None,
            expected: None,
            values: &[],
            scope,
            filter: Vec::new(),
            after: Vec::new(),
            page: Page { skip: 0, limit: 0 },
            via: String::new(),
            address: None,
        }
    }

    /// The version that the row must have.
    pub fn expected(&self) -> Option<i64> {
        self.expected
    }

    /// What goes into a slot.
    pub fn get(&self, slot: Slot) -> Bound<'_> {
        use Kind::{I64, Text, Timestamp};
        let integer = |value: Option<i64>| Bound::One(I64, value.map_or(ValueRef::Null, ValueRef::Int));
        let text = |value: Option<&'a str>| Bound::One(Text, value.map_or(ValueRef::Null, ValueRef::Text));
        let list = |values: &[Bound<'a>], n: u16| {
            values.get(usize::from(n)).copied().unwrap_or(Bound::One(Text, ValueRef::Null))
        };
        let actor = self.ctx.map(|ctx| &ctx.actor);
        match slot {
            Slot::Expected => integer(self.expected),
            Slot::User => integer(actor.and_then(|a| a.user_id())),
            Slot::Impersonator => integer(actor.and_then(|a| a.impersonator)),
            Slot::Tenant => text(actor.and_then(|a| a.tenant.as_deref())),
            Slot::Via => Bound::One(Text, ValueRef::Text(&self.via)),
            Slot::RequestId => text(self.ctx.map(|ctx| &*ctx.request_id)),
            Slot::Address => Bound::One(Text, self.address.as_deref().map_or(ValueRef::Null, ValueRef::Text)),
            Slot::Now => Bound::One(Timestamp, self.ctx.map_or(ValueRef::Null, |ctx| ValueRef::Timestamp(ctx.now))),
            Slot::Limit => integer(i64::try_from(self.page.limit).ok()),
            Slot::Skip => integer(i64::try_from(self.page.skip).ok()),
            Slot::Key(n) => {
                let n = usize::from(n);
                let value = self.key.and_then(|key| key.get(n).copied());
                Bound::One(self.meta.fields[n].kind, value.unwrap_or(ValueRef::Null))
            }
            Slot::Value(n) => match self.values.get(usize::from(n)) {
                Some((index, value)) => Bound::One(self.meta.fields[*index].kind, *value),
                None => Bound::One(Text, ValueRef::Null),
            },
            Slot::Scope(n) => list(&self.scope, n),
            Slot::Filter(n) => list(&self.filter, n),
            Slot::After(n) => {
                let value = self.after.get(usize::from(n));
                value.map_or(Bound::One(Text, ValueRef::Null), |(kind, value)| Bound::One(*kind, value.as_ref()))
            }
        }
    }
}
