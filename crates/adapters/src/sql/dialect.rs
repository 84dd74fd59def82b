//! What differs between databases in statements that they share.

use kwik_domain::TextMatch;
use sea_query::{Expr, NullOrdering, SelectStatement, Values};

/// What differs between databases in statements that they share.
pub trait Dialect: Sync {
    /// Renders a query.
    fn render(&self, select: &SelectStatement) -> (String, Values);

    /// Whether the column holds one of the values in a list that is bound as one.
    fn is_one_of(&self, column: Expr, list: Expr) -> Expr;

    /// Whether the column has a text in it, bytewise.
    fn has_text(&self, column: Expr, text_match: TextMatch, text: Expr) -> Expr;

    /// Whether two values differ, null being other than any value.
    fn differs(&self, a: Expr, b: Expr) -> Expr;

    /// Where nulls go, if the database would put them elsewhere than at the end (ascending).
    fn nulls(&self, descending: bool) -> Option<NullOrdering>;

    /// Keeps others from changing the rows that are read.
    fn lock(&self, select: &mut SelectStatement);
}
