//! SQLite's way of saying things.

use crate::sql::Dialect;
use kwik_domain::TextMatch;
use sea_query::{BinOper, Expr, ExprTrait, Func, NullOrdering, Query, SelectStatement, SqliteQueryBuilder, Values};

/// SQLite's way of saying things.
pub(super) struct Sqlite;

impl Dialect for Sqlite {
    fn render(&self, select: &SelectStatement) -> (String, Values) {
        select.build(SqliteQueryBuilder)
    }

    fn is_one_of(&self, column: Expr, list: Expr) -> Expr {
        let values =
            Query::select().column("value").from_function(Func::cust("json_each").arg(list), "kwik_list").to_owned();
        column.in_subquery(values)
    }

    fn has_text(&self, column: Expr, text_match: TextMatch, text: Expr) -> Expr {
        let length = |text: Expr| Expr::from(Func::cust("length").arg(text));
        match text_match {
            TextMatch::Contains => Expr::from(Func::cust("instr").arg(column).arg(text)).gt(Expr::cust("0")),
            TextMatch::Search => {
                // Knows the case of ASCII letters alone.
                let lower = |text| Func::cust("lower").arg(text);
                Expr::from(Func::cust("instr").arg(lower(column)).arg(lower(text))).gt(Expr::cust("0"))
            }
            TextMatch::StartsWith => {
                let start = Func::cust("substr").arg(column).arg(Expr::cust("1")).arg(length(text.clone()));
                Expr::from(start).eq(text)
            }
            TextMatch::EndsWith => {
                let from = length(column.clone()).sub(length(text.clone())).add(Expr::cust("1"));
                Expr::from(Func::cust("substr").arg(column).arg(from)).eq(text)
            }
        }
    }

    fn differs(&self, a: Expr, b: Expr) -> Expr {
        a.binary(BinOper::Custom("IS NOT"), b)
    }

    /// Nulls would go first (ascending).
    fn nulls(&self, descending: bool) -> Option<NullOrdering> {
        Some(if descending { NullOrdering::First } else { NullOrdering::Last })
    }

    /// The one writer's transaction keeps everybody else off already.
    fn lock(&self, _select: &mut SelectStatement) {}
}
