//! What the planner thinks.

use crate::sql::{Dialect, Statement, matching};
use kwik_domain::{Select, StoreError};
use serde_json::Value;

/// Asks the planner how it would find the rows of a read, which are not looked for.
pub(super) fn explain(dialect: &dyn Dialect, read: &Select<'_>) -> Statement {
    let mut rows = matching(dialect, read);
    rows.expr(sea_query::Expr::cust("1"));
    let (sql, values) = dialect.render(&rows);
    Statement::new((format!("EXPLAIN (FORMAT JSON) {sql}"), values))
}

/// How many rows it expects: those that the outermost step of the plan gives.
pub(super) fn planned_rows(plan: &str) -> Result<u64, StoreError> {
    let plan: Option<Value> = serde_json::from_str(plan).ok();
    let rows = plan.as_ref().and_then(|plan| plan.pointer("/0/Plan/Plan Rows")?.as_f64());
    let rows = rows.ok_or_else(|| StoreError::Other("a plan does not say how many rows it gives".to_owned()))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a double saturates")]
    let rows = rows as u64;
    Ok(rows)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::planned_rows;

    #[test]
    fn the_outermost_step_counts() {
        let plan = r#"[{"Plan": {"Node Type": "Gather", "Plan Rows": 50, "Plans": [{"Plan Rows": 20}]}}]"#;
        assert_eq!(planned_rows(plan).unwrap(), 50);
        assert_eq!(planned_rows(r#"[{"Plan": {"Plan Rows": 1e30}}]"#).unwrap(), u64::MAX);
        assert_eq!(planned_rows(r#"[{"Plan": {"Plan Rows": -1}}]"#).unwrap(), 0);
        for other in ["", "[]", r#"[{"Plan": {}}]"#] {
            planned_rows(other).unwrap_err();
        }
    }
}
