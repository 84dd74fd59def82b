//! PostgreSQL's way of saying things.

use crate::sql::Dialect;
use kwik_domain::TextMatch;
use sea_query::{
    BinOper, Expr, ExprTrait, Func, LockType, NullOrdering, PostgresQueryBuilder, SelectStatement, Values,
};

/// PostgreSQL's way of saying things.
pub(super) struct Postgres;

impl Dialect for Postgres {
    fn render(&self, select: &SelectStatement) -> (String, Values) {
        select.build(PostgresQueryBuilder)
    }

    fn is_one_of(&self, column: Expr, list: Expr) -> Expr {
        column.eq(Func::cust("ANY").arg(list))
    }

    fn has_text(&self, column: Expr, text_match: TextMatch, text: Expr) -> Expr {
        match text_match {
            TextMatch::Contains => Expr::from(Func::cust("strpos").arg(column).arg(text)).gt(Expr::cust("0")),
            TextMatch::Search => {
                // In this collation letters beyond ASCII have no case.
                let lower = |text| Func::cust("lower").arg(Expr::cust_with_expr("($1 COLLATE \"C\")", text));
                Expr::from(Func::cust("strpos").arg(lower(column)).arg(lower(text))).gt(Expr::cust("0"))
            }
            TextMatch::StartsWith => Func::cust("starts_with").arg(column).arg(text).into(),
            TextMatch::EndsWith => Func::cust("starts_with")
                .arg(Func::cust("reverse").arg(column))
                .arg(Func::cust("reverse").arg(text))
                .into(),
        }
    }

    fn differs(&self, a: Expr, b: Expr) -> Expr {
        a.binary(BinOper::Custom("IS DISTINCT FROM"), b)
    }

    /// Nulls go last (ascending) as it is, and indexes are made that way.
    fn nulls(&self, _descending: bool) -> Option<NullOrdering> {
        None
    }

    fn lock(&self, select: &mut SelectStatement) {
        select.lock(LockType::NoKeyUpdate);
    }
}
