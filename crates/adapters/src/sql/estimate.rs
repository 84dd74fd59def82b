//! About how many rows there are.

use super::{Dialect, Statement, select::matching};
use kwik_domain::{Lock, Page, Select};
use sea_query::{Expr, Func, Query};

/// So many rows are counted, one by one, where a guess cannot be had or would tell too much.
const COUNTED: u64 = 10_000;

/// The read whose rows are counted as far as that: one row more says that there are more.
pub(crate) fn as_far_as_counted<'a>(read: &Select<'a>) -> Select<'a> {
    let page = Some(Page { skip: 0, limit: COUNTED + 1 });
    Select { order: &[], after: None, page, lock: Lock::None, ..*read }
}

/// How many rows a read of [`as_far_as_counted`] has, at the most as many as its page takes.
pub(crate) fn count_page(dialect: &dyn Dialect, read: &Select<'_>) -> Statement {
    let mut rows = matching(dialect, read);
    rows.expr(Expr::cust("1")).limit(super::Slot::Limit.code());
    let mut count = Query::select();
    count.expr(Func::count(Expr::cust("*"))).from_subquery(rows, "kwik_page");
    Statement::new(dialect.render(&count))
}

/// What such a count says.
pub(crate) fn counted(rows: u64) -> Option<u64> {
    (rows <= COUNTED).then_some(rows)
}
