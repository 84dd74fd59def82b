//! Where the rows of a read begin.

use super::{Dialect, Slot, binds::Bound, condition};
use kwik_domain::{Cursor, EntityMeta, Filter, Kind, Order, Select, Value};
use sea_query::{Expr, ExprTrait, SelectStatement};

/// How the place at which the rows begin is told to a database.
pub(super) enum After<'a> {
    /// The fields of the order, all in one direction, compared as one: an index over them answers it, wherever
    /// the place is. No value of the place is null, and no null comes behind it.
    Row(&'a Cursor, Vec<Order>),
    /// Any other order, as a condition.
    Condition(Filter),
}

impl<'a> After<'a> {
    /// That of a read, if it does not begin with the first row.
    pub(super) fn of(read: &Select<'a>) -> Option<Self> {
        let (meta, cursor) = (read.permit.entity(), read.after?);
        let order = Order::total(read.order);
        // A comparison with a null holds for no row: right where nulls come before all values.
        let fits =
            |by: &Order| by.descending == order[0].descending && (by.descending || !meta.fields[by.field].nullable);
        let one_way = order.iter().all(fits);
        let whole = cursor.0.len() == order.len() && cursor.0.iter().all(|value| !value.as_ref().is_null());
        Some(if one_way && whole { Self::Row(cursor, order) } else { Self::Condition(cursor.filter(meta, &order)) })
    }

    /// Adds it to the statement.
    pub(super) fn restrict(&self, dialect: &dyn Dialect, statement: &mut SelectStatement, meta: &'static EntityMeta) {
        let (order, column) = match self {
            Self::Condition(filter) => return super::restrict(dialect, statement, meta, filter, Slot::After),
            Self::Row(_, order) => (order, |by: &Order| Expr::col((meta.table, meta.fields[by.field].column))),
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
