//! The plain text forms of values: paths, query parameters, attributes, and JSON scalars once
//! their quotes are off. Strict: one way to write a thing.

use super::{Issue, Kind};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use std::{borrow::Cow, str::FromStr};
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

/// `HH:MM:SS`, with a fraction of up to six digits.
pub(crate) fn time(raw: &str) -> Result<NaiveTime, Issue> {
    let shape = raw.bytes().enumerate().all(|(n, b)| match n {
        2 | 5 => b == b':',
        8 => b == b'.',
        n => n < 15 && b.is_ascii_digit(),
    });
    match NaiveTime::parse_from_str(raw, "%H:%M:%S%.f") {
        Ok(time) if shape && time.nanosecond() < 1_000_000_000 => Ok(time),
        _ => Err(Issue::new("type", "must be a time of day, such as \"09:30:00\" or \"09:30:00.250000\"")),
    }
}

/// Cut to microseconds, and without a leap second, which no database keeps.
pub(crate) fn micros(time: NaiveTime) -> NaiveTime {
    let nanos = time.nanosecond().min(999_999_999) / 1000 * 1000;
    time.with_nanosecond(nanos).unwrap_or(time)
}

/// Base64 (RFC 4648, section 4), padded, in its one form.
pub(crate) fn bytes(raw: &str) -> Result<Vec<u8>, Issue> {
    STANDARD.decode(raw).map_err(|_| Issue::new("type", "must be bytes in base64, such as \"AQID\""))
}

/// Any JSON. Numbers are integers of 64 bits or doubles.
pub(crate) fn json(raw: &str) -> Result<serde_json::Value, Issue> {
    let message =
        "must be JSON of at most 127 levels, of numbers that a double can hold and of whole Unicode characters";
    serde_json::from_str(raw).map_err(|_| Issue::new("json", message))
}

/// The items of a JSON array.
pub(crate) fn items(raw: &str) -> Result<Vec<&RawValue>, Issue> {
    serde_json::from_str(raw).map_err(|_| Issue::new("type", "must be an array"))
}

/// What every database keeps: no NUL in any text, and no more levels than can be read again.
pub(crate) fn check_json(text: &str) -> Result<(), Issue> {
    let (mut quoted, mut levels) = (false, 0_usize);
    let mut rest = text.bytes().enumerate();
    while let Some((at, byte)) = rest.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if text[at + 1..].starts_with("u0000") => {
                return Err(Issue::new("characters", "must not contain the character NUL"));
            }
            // What is escaped begins and ends nothing.
            b'\\' => drop(rest.next()),
            b'[' | b'{' if !quoted => levels += 1,
            b']' | b'}' if !quoted => levels = levels.saturating_sub(1),
            _ => {}
        }
        if levels > 127 {
            return Err(Issue::new("json", "must be JSON of at most 127 levels"));
        }
    }
    Ok(())
}

/// The text of a JSON value if it is of the JSON type that `kind` is written in. No coercion, except that
/// a decimal may be a number.
pub(crate) fn scalar(kind: Kind, raw: &str) -> Result<Cow<'_, str>, Issue> {
    use Kind::{Bool, Bytes, Date, Decimal, F64, I32, I64, Json, Text, Time, Timestamp, Uuid};
    let quoted = raw.starts_with('"');
    match kind {
        Json => Ok(Cow::Borrowed(raw)),
        _ if raw == "null" => Err(Issue::new("null", "must not be null")),
        Bool | I32 | I64 | F64 | Decimal if !quoted => Ok(Cow::Borrowed(raw)),
        Bool => Err(Issue::new("type", "must be true or false")),
        I32 | I64 => Err(Issue::new("type", "must be an integer, not text")),
        F64 => Err(Issue::new("type", "must be a number, not text")),
        Text | Decimal | Uuid | Date | Timestamp | Time | Bytes if quoted => unquote(raw),
        Text => Err(Issue::new("type", "must be text")),
        Decimal | Uuid | Date | Timestamp | Time | Bytes => Err(Issue::new("type", "must be text in quotes")),
    }
}

fn unquote(raw: &str) -> Result<Cow<'_, str>, Issue> {
    match raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        _ => serde_json::from_str(raw)
            .map(Cow::Owned)
            .map_err(|_| Issue::new("characters", "must be text of whole Unicode characters")),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn times_have_one_shape() {
        for (raw, written) in
            [("00:00:00", "00:00:00"), ("09:30:00.25", "09:30:00.250"), ("23:59:59.999999", "23:59:59.999999")]
        {
            assert_eq!(time(raw).unwrap().to_string(), written);
        }
        for wrong in [
            "",
            "9:30:00",
            "09:30",
            "24:00:00",
            "23:59:60",
            "09:60:00",
            "09:30:00.",
            "09:30:00.1234567",
            "09:30:00Z",
            "09-30-00",
            " 9:30:00",
            "+9:30:00",
            "09:30:00,5",
        ] {
            assert_eq!(time(wrong).unwrap_err().code, "type", "{wrong}");
        }
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_999).unwrap();
        assert_eq!(micros(leap).to_string(), "23:59:59.999999");
    }

    #[test]
    fn base64_has_one_form() {
        assert_eq!(bytes("").unwrap(), b"");
        assert_eq!(bytes("+/8=").unwrap(), [0xfb, 0xff]);
        for wrong in ["A", "AA", "AQI", "AQJ=", "-_8=", "AQID\n", " AQID", "AQID====", "A=ID"] {
            assert_eq!(bytes(wrong).unwrap_err().code, "type", "{wrong}");
        }
    }

    #[test]
    fn json_is_what_every_database_keeps() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        for right in ["1", r#""\\u0000""#, r#"{"[[":"\"{"}"#, &nested(127), &vec!["[]"; 200].join(",")] {
            assert_eq!(check_json(right), Ok(()), "{right}");
        }
        for (wrong, code) in [
            (r#""\u0000""#, "characters"),
            (r#""\\\u0000""#, "characters"),
            (r#"{"\u0000":1}"#, "characters"),
            (nested(128).as_str(), "json"),
        ] {
            assert_eq!(check_json(wrong).unwrap_err().code, code, "{wrong}");
        }
        assert!(json(&nested(127)).is_ok());
        for wrong in ["1e400", r#""\ud800""#, &nested(128)] {
            assert_eq!(json(wrong).unwrap_err().code, "json", "{wrong}");
        }
    }
}
