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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_numeric() {
        let ordered = ["-10", "-9.5", "-0.1", "0", "0.1", "1", "9.5", "10", "100", "79228162514264337593543950335"];
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        for (a, b) in [("1", "1.00"), ("0", "-0.0"), ("-2.50", "-2.5")] {
            assert_eq!(compare(a, b), Ordering::Equal);
        }
    }

    #[test]
    fn what_is_no_decimal_comes_last() {
        for text in ["", "x", "1e3", " 1", "1,5", "792281625142643375935439503351", "NaN"] {
            assert_eq!(compare("79228162514264337593543950335", text), Ordering::Less, "{text}");
            assert_eq!(compare(text, "-1"), Ordering::Greater, "{text}");
        }
        assert_eq!(compare("a", "b"), Ordering::Less);
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            3 => (-30i64..30, 0..3u32).prop_map(|(digits, scale)| Decimal::new(digits, scale).to_string()),
            1 => "[-0-9.ex]{0,4}",
        ]
    }

    proptest! {
        /// SQLite asks of a collation that it be antisymmetric and transitive.
        #[test]
        fn is_a_total_order(a in text(), b in text(), c in text()) {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &a), Ordering::Equal);
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le());
            }
        }
    }
}
