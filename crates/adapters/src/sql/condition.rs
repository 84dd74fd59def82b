//! Conditions as SQL.

use super::{Dialect, Slot, binds::Bound};
use kwik_domain::{Comparison, EntityMeta, Filter, Value};
use sea_query::{Alias, Expr, ExprTrait, Func, Query};

/// Translates filters. `column` says what stands for a field: the column of a table, or the value
/// that is about to be written to it.
pub(crate) struct Conditions<'a> {
    dialect: &'a dyn Dialect,
    meta: &'static EntityMeta,
    slot: fn(u16) -> Slot,
    column: &'a dyn Fn(usize) -> Expr,
    next: u16,
    /// How many references stand before the entity's fields.
    depth: usize,
}

impl<'a> Conditions<'a> {
    /// `column` must name what is meant within sub-selects too, whose tables may have columns of the same name.
    pub(crate) fn new(
        dialect: &'a dyn Dialect,
        meta: &'static EntityMeta,
        slot: fn(u16) -> Slot,
        column: &'a dyn Fn(usize) -> Expr,
    ) -> Self {
        Self { dialect, meta, slot, column, next: 0, depth: 0 }
    }

    fn value(&mut self) -> Expr {
        self.next += 1;
        (self.slot)(self.next - 1).expr()
    }

    /// The condition, or nothing when every row satisfies it.
    pub(crate) fn translate(&mut self, filter: &Filter) -> Option<Expr> {
        Some(match filter {
            Filter::All => return None,
            Filter::Nothing => Expr::cust("FALSE"),
            Filter::Compare(field, comparison, _) => {
                let (column, value) = ((self.column)(*field), self.value());
                match comparison {
                    Comparison::Eq => column.eq(value),
                    Comparison::Ne => self.dialect.differs(column, value),
                    Comparison::Lt => column.lt(value),
                    Comparison::Le => column.lte(value),
                    Comparison::Gt => column.gt(value),
                    Comparison::Ge => column.gte(value),
                }
            }
            Filter::In(_, list) if list.is_empty() => Expr::cust("FALSE"),
            Filter::In(field, list) if is_bound_one_by_one(list) => {
                let column = (self.column)(*field);
                column.is_in(list.iter().map(|_| self.value()).collect::<Vec<_>>())
            }
            Filter::In(field, _) => {
                let (column, value) = ((self.column)(*field), self.value());
                self.dialect.is_one_of(column, value)
            }
            Filter::IsNull(field) => (self.column)(*field).is_null(),
            Filter::Text(field, text_match, _) => {
                let (column, value) = ((self.column)(*field), self.value());
                self.dialect.has_text(column, *text_match, value)
            }
            Filter::Related(field, part) => self.related(*field, part),
            Filter::And(parts) => {
                let parts: Vec<_> = parts.iter().filter_map(|part| self.translate(part)).collect();
                return join(parts, ExprTrait::and);
            }
            Filter::Or(parts) => {
                let parts = parts.iter().map(|part| self.translate(part).unwrap_or_else(|| Expr::cust("TRUE")));
                let parts: Vec<_> = parts.collect();
                join(parts, ExprTrait::or).unwrap_or_else(|| Expr::cust("FALSE"))
            }
            Filter::Not(part) => {
                let is_known = is_known(part);
                let part = self.translate(part).unwrap_or_else(|| Expr::cust("TRUE"));
                if is_known {
                    return Some(part.not());
                }
                // Two-valued: what is unknown to SQL is false, and its opposite true.
                Expr::from(Func::coalesce([part, Expr::cust("FALSE")])).not()
            }
        })
    }

    /// That there is such a row of the other table. Its alias is told apart by its depth from those around it;
    /// beside it nobody knows its name.
    fn related(&mut self, field: usize, part: &Filter) -> Expr {
        let Some(target) = target(self.meta, field) else { return Expr::cust("FALSE") };
        let alias = Alias::new(format!("kwik_ref_{}", self.depth));
        let column = |index: usize| Expr::col((alias.clone(), target.fields[index].column));
        let mut inner = Conditions { meta: target, column: &column, depth: self.depth + 1, ..*self };
        let part = inner.translate(part);
        self.next = inner.next;
        let mut row = Query::select();
        row.expr(Expr::cust("1")).from_as(target.table, alias.clone()).and_where(column(0).eq((self.column)(field)));
        if let Some(part) = part {
            row.and_where(part);
        }
        Expr::exists(row)
    }
}

/// The entity that a field refers to.
fn target(meta: &EntityMeta, field: usize) -> Option<&'static EntityMeta> {
    Some(meta.fields[field].references?.target())
}

/// Whether a condition is true or false to SQL, whatever is null. A planner knows more of such a one than of
/// one that is wrapped in a function.
fn is_known(filter: &Filter) -> bool {
    match filter {
        Filter::All
        | Filter::Nothing
        | Filter::IsNull(_)
        | Filter::Compare(_, Comparison::Ne, _)
        | Filter::Related(..)
        | Filter::Not(_) => true,
        Filter::In(_, list) => list.is_empty(),
        Filter::Compare(..) | Filter::Text(..) => false,
        Filter::And(parts) | Filter::Or(parts) => parts.iter().all(is_known),
    }
}

/// Joins the parts to a tree that is as flat as can be: whoever walks it, here or in the database, goes as
/// deep as its depth, and stacks end.
fn join(mut parts: Vec<Expr>, connect: fn(Expr, Expr) -> Expr) -> Option<Expr> {
    while parts.len() > 1 {
        let mut halves = parts.into_iter();
        parts = Vec::new();
        while let Some(left) = halves.next() {
            parts.push(match halves.next() {
                Some(right) => connect(left, right),
                None => left,
            });
        }
    }
    parts.pop()
}

/// Whether each value of a list is bound by itself: a list that is bound as one may go through a text
/// form, in which SQLite does not know every double again.
pub(super) fn is_bound_one_by_one(list: &[Value]) -> bool {
    list.iter().any(|value| matches!(value, Value::F64(_)))
}

/// The values of a filter, in the order of its slots.
pub(super) fn values<'f>(meta: &EntityMeta, filter: &'f Filter, out: &mut Vec<Bound<'f>>) {
    match filter {
        Filter::All | Filter::Nothing | Filter::IsNull(_) => {}
        Filter::Compare(field, _, value) => out.push(Bound::One(meta.fields[*field].kind, value.as_ref())),
        Filter::In(_, list) if list.is_empty() => {}
        Filter::In(field, list) if is_bound_one_by_one(list) => {
            out.extend(list.iter().map(|value| Bound::One(meta.fields[*field].kind, value.as_ref())));
        }
        Filter::In(field, list) => out.push(Bound::Many(meta.fields[*field].kind, list)),
        Filter::Text(field, _, text) => {
            out.push(Bound::One(meta.fields[*field].kind, kwik_domain::ValueRef::Text(text)));
        }
        Filter::Related(field, part) => {
            if let Some(target) = target(meta, *field) {
                values(target, part, out);
            }
        }
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| values(meta, part, out)),
        Filter::Not(part) => values(meta, part, out),
    }
}
