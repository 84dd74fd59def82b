//! Values as SQL.

use super::super::names::text_literal;
use kwik_domain::ValueRef;
use std::fmt::Write;

/// The moment at which the statement runs, in microseconds.
pub(in super::super) const NOW: &str = "CAST(unixepoch('subsec') * 1000000 AS integer)";

/// A value as SQL that means it exactly.
pub(in super::super) fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Bool(v) => i32::from(v).to_string(),
        ValueRef::Int(v) => v.to_string(),
        ValueRef::F64(v) => double(v),
        ValueRef::Text(v) => text_literal(v),
        ValueRef::Bytes(v) => v.iter().fold("X'".to_owned(), |hex, byte| format!("{hex}{byte:02x}")) + "'",
        ValueRef::Decimal(_) | ValueRef::Uuid(_) | ValueRef::Date(_) | ValueRef::Time(_) | ValueRef::Json(_) => {
            text_literal(&value.to_text())
        }
        ValueRef::Timestamp(v) => v.timestamp_micros().to_string(),
    }
}

/// A double. SQLite's reading of decimal digits may be off by the last bit where they are many or the
/// exponent is large; such a double is an expression of exact parts: an integer, and powers of two.
fn double(v: f64) -> String {
    let text = format!("{v:?}");
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if v == 0.0 || (digits <= 15 && (1e-6..1e15).contains(&v.abs())) {
        return text;
    }
    let bits = v.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52) & 0x7ff);
    // Below the least normal double the leading bit is not understood, and the exponent is as there.
    let mut integer = if exponent == 0 { fraction } else { fraction | (1 << 52) };
    // The exponent has eleven bits.
    let mut power = i64::try_from(exponent.max(1)).unwrap_or_default() - 1075;
    let zeros = integer.trailing_zeros();
    integer >>= zeros;
    power += i64::from(zeros);
    let sign = if v.is_sign_negative() { "-" } else { "" };
    let operator = if power < 0 { '/' } else { '*' };
    let mut expression = format!("({sign}{integer}.0");
    let mut left = power.unsigned_abs();
    while left > 0 {
        let step = left.min(50);
        // Writing to a string never fails.
        let _ = write!(expression, " {operator} {}.0", 1_u64 << step);
        left -= step;
    }
    expression + ")"
}
