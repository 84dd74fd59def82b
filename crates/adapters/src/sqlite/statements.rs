//! The parts of an audited write, which run one after the other in a transaction.

use crate::sql::{self, Conditions, Dialect, Slot, Statement, created, modified};
use kwik_domain::{EntityMeta, Verb, Write};
use sea_query::{Expr, ExprTrait, Query, ReturningClause, SqliteQueryBuilder};

/// The insert of an audit record: bind at, entity, key, action, version, user, impersonator,
/// tenant, via, request, address, before, after.
pub(super) const AUDIT: &str = "INSERT INTO kwik_audit (at, entity, entity_key, action, version, user_id, \
     impersonator_id, tenant, via, request_id, address, before, after) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// The row that is to be changed, if it is in the scope.
pub(super) fn old(dialect: &dyn Dialect, write: &Write<'_>) -> Statement {
    let meta = write.entity();
    let mut old = Query::select();
    sql::columns(&mut old, meta, meta.table);
    old.from(meta.table).and_where(sql::has_key(meta, |name| Expr::col((meta.table, name))));
    sql::restrict(dialect, &mut old, meta, &write.permit.scope().rows, Slot::Scope);
    Statement::new(dialect.render(&old))
}

/// The write itself, returning the row and whether it now lies in the scope.
pub(super) fn write_row(dialect: &dyn Dialect, write: &Write<'_>) -> Statement {
    let meta = write.entity();
    let returning = returning(dialect, write);
    let key = || sql::has_key(meta, Expr::col);
    let built = match write.verb {
        Verb::Insert { values } => {
            let slots = values.iter().zip(0..).map(|((i, _), n)| (meta.fields[*i].column, Slot::Value(n).expr()));
            let (columns, exprs): (Vec<_>, Vec<_>) = slots.chain(created(meta)).unzip();
            let mut insert = Query::insert();
            insert.into_table(meta.table).columns(columns);
            // As many expressions as columns, by construction.
            let _ = insert.values(exprs);
            insert.returning(returning).build(SqliteQueryBuilder)
        }
        Verb::Update { values, .. } => {
            let mut update = Query::update();
            update.table(meta.table).and_where(key());
            for ((index, _), n) in values.iter().zip(0..) {
                update.value(meta.fields[*index].column, Slot::Value(n).expr());
            }
            for (column, expr) in modified(meta, meta.table) {
                update.value(column, expr);
            }
            if update.get_values().is_empty() {
                // SQL knows no change of nothing.
                update.value(meta.key().column, Expr::col(meta.key().column));
            }
            update.returning(returning).build(SqliteQueryBuilder)
        }
        Verb::Delete { .. } => {
            Query::delete().from_table(meta.table).and_where(key()).returning(returning).build(SqliteQueryBuilder)
        }
    };
    Statement::new(built)
}

/// The key of the row to which the n-th value of a write refers.
pub(super) fn target(meta: &'static EntityMeta, n: u16) -> Statement {
    let key = meta.key().column;
    let mut target = Query::select();
    target.column(key).from(meta.table).and_where(Expr::col(key).eq(Slot::Value(n).expr()));
    Statement::new(target.build(SqliteQueryBuilder))
}

fn returning(dialect: &dyn Dialect, write: &Write<'_>) -> ReturningClause {
    let meta = write.entity();
    let column = |index: usize| Expr::col(meta.fields[index].column);
    let of_row = |index: usize| Expr::col((meta.table, meta.fields[index].column));
    let scope = match write.verb {
        Verb::Delete { .. } => None,
        _ => Conditions::new(dialect, meta, Slot::Scope, &of_row).translate(&write.permit.scope().rows),
    };
    let columns = (0..meta.fields.len()).map(column);
    Query::returning().exprs(columns.chain([scope.unwrap_or_else(|| Expr::cust("TRUE"))]))
}
