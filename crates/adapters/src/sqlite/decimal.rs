//! The collation that orders decimals kept as text.

use rust_decimal::Decimal;
use std::cmp::Ordering;

/// Its name in column definitions.
pub(crate) const COLLATION: &str = "decimal";

/// Numeric order, so that `9.5` comes before `10` and `1.0` equals `1.00`. What is no decimal
/// comes last, in bytewise order, which keeps the order total.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    match (Decimal::from_str_exact(a), Decimal::from_str_exact(b)) {
        (Ok(x), Ok(y)) => x.cmp(&y),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}
