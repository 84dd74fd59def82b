//! Reads.

use super::{Dialect, Slot, Statement, after::After, condition::Conditions};
use kwik_domain::{EntityMeta, Filter, Lock, Order as By, Select};
use sea_query::{Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, UnionType};

/// The alias of the page within a list with its total.
const PAGE: &str = "kwik_page";
/// The alias of the total.
const TOTAL: &str = "kwik_total";

/// The rows of a read, in order, of its page.
pub fn select(dialect: &dyn Dialect, read: &Select<'_>) -> Statement {
    Statement::new(dialect.render(&rows(dialect, read)))
}

/// How many rows a read has on all pages.
pub fn count(dialect: &dyn Dialect, read: &Select<'_>) -> Statement {
    Statement::new(dialect.render(&total(dialect, read)))
}

/// The rows of a page, each with the total in one more column; one row of nulls with the total
/// when the page is empty.
pub fn page(dialect: &dyn Dialect, read: &Select<'_>) -> Statement {
    let meta = read.permit.entity();
    let mut statement = Query::select();
    for field in meta.fields {
        statement.column((PAGE, field.column));
    }
    statement.column((TOTAL, TOTAL)).from_subquery(total(dialect, read), TOTAL).join_subquery(
        JoinType::LeftJoin,
        rows(dialect, read),
        PAGE,
        Expr::cust("TRUE"),
    );
    sort(dialect, &mut statement, meta, PAGE, read.order);
    Statement::new(dialect.render(&statement))
}

fn rows(dialect: &dyn Dialect, read: &Select<'_>) -> SelectStatement {
    let meta = read.permit.entity();
    let after = After::of(read);
    if let Some(After::Parts(part, _, order)) = &after {
        return in_parts(dialect, read, After::conditions(*part, order, meta));
    }
    let mut statement = matching(dialect, read);
    columns(&mut statement, meta, meta.table);
    if let Some(after) = after {
        after.restrict(dialect, &mut statement, meta);
    }
    sort(dialect, &mut statement, meta, meta.table, read.order);
    if read.page.is_some() {
        statement.limit(Slot::Limit.code()).offset(Slot::Skip.code());
    }
    if read.lock == Lock::Update {
        dialect.lock(&mut statement);
    }
    statement
}

/// A page of each part, of which the page is the beginning.
fn in_parts(dialect: &dyn Dialect, read: &Select<'_>, conditions: [Expr; 2]) -> SelectStatement {
    let meta = read.permit.entity();
    let [here, beyond] = conditions.map(|condition| {
        let mut part = matching(dialect, read);
        columns(&mut part, meta, meta.table);
        part.and_where(condition);
        sort(dialect, &mut part, meta, meta.table, read.order);
        part.limit(Slot::Limit.code());
        // By itself an order and a limit would be those of the union.
        Query::select().column(sea_query::Asterisk).from_subquery(part, meta.table).to_owned()
    });
    let mut both = here;
    both.union(UnionType::All, beyond);
    let mut statement = Query::select();
    columns(&mut statement, meta, meta.table);
    statement.from_subquery(both, meta.table).limit(Slot::Limit.code());
    sort(dialect, &mut statement, meta, meta.table, read.order);
    statement
}

fn total(dialect: &dyn Dialect, read: &Select<'_>) -> SelectStatement {
    let mut statement = matching(dialect, read);
    statement.expr_as(Func::count(Expr::cust("*")), TOTAL);
    statement
}

/// The rows of a read on all pages, with no columns yet.
pub(crate) fn matching(dialect: &dyn Dialect, read: &Select<'_>) -> SelectStatement {
    let meta = read.permit.entity();
    let mut statement = Query::select();
    statement.from(meta.table);
    restrict(dialect, &mut statement, meta, &read.permit.scope().rows, Slot::Scope);
    restrict(dialect, &mut statement, meta, read.filter, Slot::Filter);
    statement
}

/// Every column of the metadata, in its order; JSON as text.
pub(crate) fn columns(statement: &mut SelectStatement, meta: &'static EntityMeta, from: &'static str) {
    for field in meta.fields {
        if field.json {
            statement.expr_as(Expr::col((from, field.column)).cast_as("text"), field.column);
        } else {
            statement.column((from, field.column));
        }
    }
}

/// The condition that a row of this table, or of what stands for it, has the key in the slots.
pub(crate) fn has_key(meta: &'static EntityMeta, column: impl Fn(&'static str) -> Expr) -> Expr {
    all_keys(meta, |n, name| column(name).eq(Slot::Key(n).expr()))
}

/// A condition on each of the key's columns.
pub(crate) fn all_keys(meta: &'static EntityMeta, condition: impl Fn(u16, &'static str) -> Expr) -> Expr {
    let conditions = meta.key_fields().iter().zip(0..).map(|(field, n)| condition(n, field.column));
    // A key has a field at least.
    conditions.reduce(ExprTrait::and).unwrap_or_else(|| Expr::cust("FALSE"))
}

/// Adds a condition on the columns of the entity's table.
pub(crate) fn restrict(
    dialect: &dyn Dialect,
    statement: &mut SelectStatement,
    meta: &'static EntityMeta,
    filter: &Filter,
    slot: fn(u16) -> Slot,
) {
    let column = |index: usize| Expr::col((meta.table, meta.fields[index].column));
    if let Some(condition) = Conditions::new(dialect, meta, slot, &column).translate(filter) {
        statement.and_where(condition);
    }
}

fn sort(
    dialect: &dyn Dialect,
    statement: &mut SelectStatement,
    meta: &'static EntityMeta,
    from: &'static str,
    order: &[By],
) {
    for by in By::total(order, meta) {
        let field = &meta.fields[by.field];
        let direction = if by.descending { Order::Desc } else { Order::Asc };
        match dialect.nulls(by.descending).filter(|_| field.nullable) {
            Some(nulls) => statement.order_by_with_nulls((from, field.column), direction, nulls),
            None => statement.order_by((from, field.column), direction),
        };
    }
}
