//! The plain text forms of values: paths, query parameters, attributes, and JSON scalars once
//! their quotes are off. Strict: one way to write a thing.

use super::Issue;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;
use std::str::FromStr;
use uuid::Uuid;

/// `true` or `false`.
pub(crate) fn boolean(raw: &str) -> Result<bool, Issue> {
    match raw {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Issue::new("type", "must be true or false")),
    }
}

/// Digits with an optional minus, within the range of `T`.
pub(crate) fn integer<T: FromStr>(raw: &str) -> Result<T, Issue> {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Issue::new("type", "must be an integer"));
    }
    let bits = size_of::<T>() * 8;
    raw.parse().map_err(|_| Issue::new("range", format!("must be an integer of at most {bits} bits")))
}

/// A finite double. Zero has no sign, since not every engine keeps it.
pub(crate) fn double(raw: &str) -> Result<f64, Issue> {
    let plausible = raw.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && raw.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    match raw.parse::<f64>() {
        Ok(value) if plausible && value.is_finite() => Ok(value + 0.0),
        Ok(_) if plausible => Err(Issue::new("range", "must be a number that a double can hold")),
        _ => Err(Issue::new("type", "must be a number")),
    }
}

/// Text without NUL, which PostgreSQL cannot store.
pub(crate) fn text(raw: &str) -> Result<&str, Issue> {
    if raw.contains('\0') {
        return Err(Issue::new("characters", "must not contain the character NUL"));
    }
    Ok(raw)
}

/// An exact decimal of up to 28 digits, with an exponent if need be. Zero has no sign. Never rounded:
/// what does not fit is refused.
pub(crate) fn decimal(raw: &str) -> Result<Decimal, Issue> {
    let wrong = || Issue::new("type", "must be a decimal number, such as \"12.50\"");
    let too_long = || Issue::new("range", "must be a decimal number of at most 28 digits");
    let (mantissa, exponent) = raw.split_once(['e', 'E']).map_or((raw, None), |(m, e)| (m, Some(e)));
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, f)| (w, Some(f)));
    let exponent_digits = exponent.map_or("0", |e| e.strip_prefix(['+', '-']).unwrap_or(e));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) || !digits(exponent_digits) {
        return Err(wrong());
    }
    let exponent = exponent.map_or(Ok(0), str::parse::<i32>).map_err(|_| too_long())?;
    let value = exact(whole, fraction.unwrap_or_default(), exponent).ok_or_else(too_long)?;
    Ok(if mantissa.len() == unsigned.len() || value.is_zero() { value } else { -value })
}

/// `whole.fraction` times ten to the power of `exponent`, if it fits without rounding.
fn exact(whole: &str, fraction: &str, exponent: i32) -> Option<Decimal> {
    let mut digits = whole.bytes().chain(fraction.bytes()).map(|b| i128::from(b - b'0'));
    let number = digits.try_fold(0i128, |number, digit| number.checked_mul(10)?.checked_add(digit))?;
    let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let factor = if number == 0 { 1 } else { 10i128.checked_pow(u32::try_from(-i64::from(scale)).unwrap_or(0))? };
    let scale = u32::try_from(scale).unwrap_or(0);
    Decimal::try_from_i128_with_scale(number.checked_mul(factor)?, scale).ok()
}

/// The hyphenated form of RFC 9562.
pub(crate) fn uuid(raw: &str) -> Result<Uuid, Issue> {
    let wrong = || Issue::new("type", "must be a UUID, such as \"01890a5d-ac96-774b-bcce-b302099a8057\"");
    if raw.len() == 36 { Uuid::try_parse(raw).map_err(|_| wrong()) } else { Err(wrong()) }
}

/// `YYYY-MM-DD`, from the year 1 to 9999.
pub(crate) fn date(raw: &str) -> Result<NaiveDate, Issue> {
    let shape = raw.len() == 10 && raw.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match NaiveDate::parse_from_str(raw, "%Y-%m-%d") {
        Ok(day) if shape && day.year() >= 1 => Ok(day),
        _ => Err(Issue::new("type", "must be a date, such as \"2026-01-31\"")),
    }
}

/// RFC 3339 with any offset, from the year 1 to 9999; cut to microseconds.
pub(crate) fn timestamp(raw: &str) -> Result<DateTime<Utc>, Issue> {
    DateTime::parse_from_rfc3339(raw)
        .ok()
        .map(|t| t.with_timezone(&Utc))
        .filter(|t| (1..=9999).contains(&t.year()) && t.timestamp_subsec_nanos() < 1_000_000_000)
        .and_then(|t| DateTime::from_timestamp_micros(t.timestamp_micros()))
        .ok_or_else(|| Issue::new("type", "must be a date and time with an offset, such as \"2026-01-31T09:30:00Z\""))
}
