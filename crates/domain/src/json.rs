//! JSON out: values and entities written straight into bytes.

use crate::{EntityMeta, FieldSet, Fields, ValueRef};
use chrono::{DateTime, Datelike, Timelike, Utc};

/// Appends the JSON form of a value. Decimals, dates and moments are strings.
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
    }
}

fn write<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Writing a scalar into memory cannot fail.
    let _ = serde_json::to_writer(out, value);
}

fn quoted(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
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
    for (value, width, after) in [
        (year, 4, b'-'),
        (naive.month(), 2, b'-'),
        (naive.day(), 2, b'T'),
        (naive.hour(), 2, b':'),
        (naive.minute(), 2, b':'),
        (naive.second(), 2, b'.'),
        (naive.and_utc().timestamp_subsec_micros(), 6, b'Z'),
    ] {
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
