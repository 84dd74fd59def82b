//! JSON out: values and entities written straight into bytes.

use crate::{EntityMeta, FieldSet, FieldType, Fields, ValueRef};
use base64::{display::Base64Display, engine::general_purpose::STANDARD};
use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc};
use std::fmt;

/// Something that is kept as JSON.
pub trait WriteJson: Send + Sync {
    /// Appends its JSON text.
    fn write_json(&self, out: &mut Vec<u8>);
}

/// JSON that somebody else holds: as text, or as what writes it. Equal are those that write the same text.
#[derive(Clone, Copy)]
pub struct JsonRef<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    Text(&'a str),
    Value(&'a dyn WriteJson),
}

impl<'a> JsonRef<'a> {
    /// The JSON text of one value.
    pub const fn text(text: &'a str) -> Self {
        Self(Source::Text(text))
    }

    /// What that value writes.
    pub fn of(value: &'a dyn WriteJson) -> Self {
        Self(Source::Value(value))
    }

    /// Appends the JSON text.
    pub fn write(self, out: &mut Vec<u8>) {
        match self.0 {
            Source::Text(text) => out.extend_from_slice(text.as_bytes()),
            Source::Value(value) => value.write_json(out),
        }
    }
}

impl fmt::Display for JsonRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        self.write(&mut out);
        f.write_str(&String::from_utf8_lossy(&out))
    }
}

impl fmt::Debug for JsonRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for JsonRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl<T: FieldType> WriteJson for Vec<T> {
    fn write_json(&self, out: &mut Vec<u8>) {
        list(out, *b"[]", self, |out, item| write_value(out, item.value()));
    }
}

/// Numbers in the form in which they come back from a database that keeps them as exact decimals.
impl WriteJson for serde_json::Value {
    fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Self::Array(items) => list(out, *b"[]", items, |out, item| item.write_json(out)),
            Self::Object(pairs) => list(out, *b"{}", pairs, |out, (name, value)| {
                write(out, name);
                out.push(b':');
                value.write_json(out);
            }),
            Self::Number(number) if number.is_f64() => write_double(out, number.as_f64().unwrap_or_default()),
            scalar => write(out, scalar),
        }
    }
}

fn list<T>(out: &mut Vec<u8>, ends: [u8; 2], items: impl IntoIterator<Item = T>, each: impl Fn(&mut Vec<u8>, T)) {
    out.push(ends[0]);
    for (n, item) in items.into_iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        each(out, item);
    }
    out.push(ends[1]);
}

/// Zero has no sign, and what has an exponent though it is an integer of 64 bits is written as one.
fn write_double(out: &mut Vec<u8>, double: f64) {
    let digits = (1e16..1.9e19).contains(&double.abs()).then(|| format!("{double:.0}"));
    match digits.filter(|digits| digits.parse::<i64>().is_ok() || digits.parse::<u64>().is_ok()) {
        Some(digits) => out.extend_from_slice(digits.as_bytes()),
        None => write(out, &(double + 0.0)),
    }
}

/// Appends the JSON form of a value. Decimals, dates, moments, times and bytes are strings.
pub fn write_value(out: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => out.extend_from_slice(b"null"),
        ValueRef::Bool(true) => out.extend_from_slice(b"true"),
        ValueRef::Bool(false) => out.extend_from_slice(b"false"),
        ValueRef::Int(v) => write(out, &v),
        ValueRef::F64(v) => write(out, &v),
        ValueRef::Text(v) => write(out, v),
        ValueRef::Decimal(v) => quoted(out, &v),
        ValueRef::Uuid(v) => quoted(out, &v),
        ValueRef::Date(v) => quoted(out, &v),
        ValueRef::Timestamp(v) => {
            out.push(b'"');
            write_rfc3339(out, v);
            out.push(b'"');
        }
        ValueRef::Time(v) => {
            out.push(b'"');
            write_time(out, v, b'"');
        }
        ValueRef::Bytes(v) => quoted(out, &Base64Display::new(v, &STANDARD)),
        ValueRef::Json(v) => v.write(out),
    }
}

fn write<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Writing a scalar into memory cannot fail.
    let _ = serde_json::to_writer(out, value);
}

fn quoted(out: &mut Vec<u8>, value: &impl fmt::Display) {
    use std::io::Write as _;
    // Writing into memory cannot fail.
    let _ = write!(out, "\"{value}\"");
}

/// RFC 3339 in UTC with microseconds: `2026-01-31T09:30:00.000000Z`.
pub fn rfc3339(moment: DateTime<Utc>) -> String {
    let mut out = Vec::with_capacity(27);
    write_rfc3339(&mut out, moment);
    String::from_utf8(out).unwrap_or_default()
}

fn write_rfc3339(out: &mut Vec<u8>, moment: DateTime<Utc>) {
    let naive = moment.naive_utc();
    let year = u32::try_from(naive.year()).unwrap_or(0);
    digits(out, &[(year, 4, b'-'), (naive.month(), 2, b'-'), (naive.day(), 2, b'T')]);
    write_time(out, naive.time(), b'Z');
}

/// `09:30:00.000000`, and what comes after it.
fn write_time(out: &mut Vec<u8>, time: NaiveTime, after: u8) {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let micros = time.nanosecond() / 1000 % 1_000_000;
    digits(out, &[(hour, 2, b':'), (minute, 2, b':'), (second, 2, b'.'), (micros, 6, after)]);
}

/// Numbers, each with its width and what comes after it.
fn digits(out: &mut Vec<u8>, parts: &[(u32, usize, u8)]) {
    for &(value, width, after) in parts {
        let mut digits = [b'0'; 6];
        let mut rest = value;
        for digit in digits[..width].iter_mut().rev() {
            // A remainder of ten is one digit.
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        out.extend_from_slice(&digits[..width]);
        out.push(after);
    }
}

/// Appends the JSON object of an entity: the fields that are shown at all and are in `visible`.
pub fn write_entity(out: &mut Vec<u8>, meta: &EntityMeta, entity: &dyn Fields, visible: FieldSet) {
    out.push(b'{');
    let mut first = true;
    for (index, field) in meta.fields.iter().enumerate() {
        if !field.is_shown() || !visible.contains(index) {
            continue;
        }
        if !first {
            out.push(b',');
        }
        first = false;
        out.push(b'"');
        out.extend_from_slice(field.name.as_bytes());
        out.extend_from_slice(b"\":");
        match entity.get(index) {
            ValueRef::Text(text) if field.json => out.extend_from_slice(text.as_bytes()),
            value => write_value(out, value),
        }
    }
    out.push(b'}');
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written(value: ValueRef<'_>) -> String {
        let mut out = Vec::new();
        write_value(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_have_one_form() {
        let time = NaiveTime::from_hms_micro_opt(9, 5, 0, 42).unwrap();
        assert_eq!(written(ValueRef::Time(time)), r#""09:05:00.000042""#);
        assert_eq!(ValueRef::Time(time).to_text(), "09:05:00.000042");
        assert_eq!(written(ValueRef::Bytes(&[0xfb, 0xff])), r#""+/8=""#);
        assert_eq!(written(vec![1.5, -2.0].value()), "[1.5,-2.0]");
        assert_eq!(written(Vec::<String>::new().value()), "[]");
        assert_eq!(written(vec!["a\"b".to_owned(), String::new()].value()), r#"["a\"b",""]"#);
        assert_eq!(written(None::<Vec<i32>>.value()), "null");
    }

    #[test]
    fn json_has_the_numbers_that_a_database_gives_back() {
        for (given, expected) in [
            ("1e2", "100.0"),
            ("-0.0", "0.0"),
            ("1e16", "10000000000000000"),
            ("-5e18", "-5000000000000000000"),
            ("1.8e19", "18000000000000000000"),
            ("-1e19", "-1e+19"),
            ("9007199254740993.0", "9007199254740992.0"),
            ("18446744073709551615", "18446744073709551615"),
            ("1e300", "1e+300"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("5e-324", "5e-324"),
        ] {
            let value: Value = serde_json::from_str(given).unwrap();
            assert_eq!(written(value.value()), expected);
            assert_eq!(serde_json::from_str::<Value>(expected).unwrap().value(), value.value(), "{given}");
        }
        let value = json!({ "a": [null, true, "x\n"], "b": {} });
        assert_eq!(written(value.value()), r#"{"a":[null,true,"x\n"],"b":{}}"#);
    }

    #[test]
    fn json_is_equal_by_its_text() {
        let (list, text) = (vec![1, 2], "[1,2]".to_owned());
        assert_eq!(list.value(), ValueRef::Json(JsonRef::text(&text)));
        assert_ne!(list.value(), ValueRef::Json(JsonRef::text("[2,1]")));
        assert_eq!(list.value().to_owned(), crate::Value::Json(text));
    }
}
