//! Where the rows of a read begin.

use super::{Dialect, Slot, binds::Bound, condition};
use kwik_domain::{Cursor, EntityMeta, Filter, Kind, Lock, Order, Select, Value};
use sea_query::{Expr, ExprTrait, SelectStatement};

/// How the place at which the rows begin is told to a database.
pub(super) enum After<'a> {
    /// The fields of the order, all in one direction, compared as one: an index over them answers it, wherever
    /// the place is. No value of the place is null, and no null comes behind it.
    Row(&'a Cursor, Vec<Order>),
    /// Of a field that may be null and the key: the rest of the rows on this side of the nulls' border, then
    /// those beyond it. Each part is a range of an index over the two; as one condition they are not.
    Parts(Part, &'a Cursor, [Order; 2]),
    /// Any other order, as a condition.
    Condition(Filter),
}

/// On which side of the nulls a place is that has them, or values, before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Among values, ascending: nulls come at the end.
    BeforeNulls,
    /// Among nulls, descending: values come at the end.
    AmongNulls,
}

impl<'a> After<'a> {
    /// That of a read, if it does not begin with the first row.
    pub(super) fn of(read: &Select<'a>) -> Option<Self> {
        let (meta, cursor) = (read.permit.entity(), read.after?);
        let order = Order::total(read.order, meta);
        // A comparison with a null holds for no row: right where nulls come before all values.
        let fits =
            |by: &Order| by.descending == order[0].descending && (by.descending || !meta.fields[by.field].nullable);
        let one_way = order.iter().all(fits);
        let whole = cursor.0.len() == order.len() && cursor.0.iter().all(|value| !value.as_ref().is_null());
        if let Some(parts) = Self::parts(read, cursor, &order) {
            return Some(parts);
        }
        Some(if one_way && whole { Self::Row(cursor, order) } else { Self::Condition(cursor.filter(meta, &order)) })
    }

    /// In parts, where that is possible and of use: each part gives a page of rows, so that none may be
    /// skipped, and none be locked for nothing.
    fn parts(read: &Select<'a>, cursor: &'a Cursor, order: &[Order]) -> Option<Self> {
        let &[by, key] = order else { return None };
        let one_way = by.descending == key.descending && read.permit.entity().fields[by.field].nullable;
        let page = read.lock == Lock::None && read.page.is_some_and(|page| page.skip == 0);
        let part = match (by.descending, cursor.0.first()?.as_ref().is_null()) {
            (false, false) => Part::BeforeNulls,
            (true, true) => Part::AmongNulls,
            _ => return None,
        };
        (one_way && page && cursor.0.len() == 2).then_some(Self::Parts(part, cursor, [by, key]))
    }

    /// The conditions of the two parts.
    pub(super) fn conditions(part: Part, order: &[Order; 2], meta: &'static EntityMeta) -> [Expr; 2] {
        let [by, key] = order.map(|by| Expr::col((meta.table, meta.fields[by.field].column)));
        let null = by.clone().is_null();
        let place = |n| Slot::After(n).expr();
        match part {
            Part::BeforeNulls => [Expr::tuple([by, key]).gt(Expr::tuple([place(0), place(1)])), null],
            Part::AmongNulls => [null.and(key.lt(place(0))), by.is_not_null()],
        }
    }

    /// Adds it to the statement.
    pub(super) fn restrict(&self, dialect: &dyn Dialect, statement: &mut SelectStatement, meta: &'static EntityMeta) {
        let column = |by: &Order| Expr::col((meta.table, meta.fields[by.field].column));
        let order = match self {
            Self::Row(_, order) => order,
            Self::Condition(filter) => return super::restrict(dialect, statement, meta, filter, Slot::After),
            Self::Parts(part, _, order) => {
                let [here, beyond] = Self::conditions(*part, order, meta);
                statement.and_where(here.or(beyond));
                return;
            }
        };
        let values = order.iter().zip(0..).map(|(_, n)| Slot::After(n).expr());
        let (row, place) = match order.as_slice() {
            [by] => (column(by), Slot::After(0).expr()),
            _ => (Expr::tuple(order.iter().map(column)), Expr::tuple(values)),
        };
        statement.and_where(if order[0].descending { row.lt(place) } else { row.gt(place) });
    }

    /// What goes into its slots.
    pub(super) fn values(&self, meta: &'static EntityMeta) -> Vec<(Kind, Value)> {
        match self {
            Self::Row(cursor, order) => {
                let kinds = order.iter().map(|by| meta.fields[by.field].kind);
                kinds.zip(cursor.0.iter().cloned()).collect()
            }
            Self::Parts(part, cursor, order) => {
                let skipped = usize::from(*part == Part::AmongNulls);
                let kinds = order.iter().map(|by| meta.fields[by.field].kind);
                kinds.zip(cursor.0.iter().cloned()).skip(skipped).collect()
            }
            Self::Condition(filter) => {
                let mut bound = Vec::new();
                condition::values(meta, filter, &mut bound);
                let one = |bound| match bound {
                    Bound::One(kind, value) => Some((kind, value.to_owned())),
                    // A cursor compares with single values only.
                    Bound::Many(..) => None,
                };
                bound.into_iter().filter_map(one).collect()
            }
        }
    }
}
