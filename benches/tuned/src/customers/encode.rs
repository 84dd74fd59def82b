//! Rows into the bytes of JSON.

use std::io::Write;

use chrono::{DateTime, Datelike, Timelike, Utc};
use poem::{
    Response,
    http::{HeaderValue, StatusCode, header},
};
use yardstick_plain::precondition::etag;

use super::row::CustomerRow;

/// About what a customer takes.
pub(super) const ROOM: usize = 320;

impl CustomerRow<'_> {
    /// The answer with this customer: its JSON and its version as the tag.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        let mut body = Vec::with_capacity(ROOM);
        self.encode(&mut body);
        let mut response = json(body);
        response.set_status(status);
        let headers = response.headers_mut();
        headers.insert(header::ETAG, header_value(etag(self.version)));
        if status == StatusCode::CREATED {
            let location = format!("/api/v1/customers/{}", self.id);
            headers.insert(header::LOCATION, header_value(location));
        }
        response
    }

    /// Writes the customer as a JSON object.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        // Writing into memory cannot fail, so the results say nothing.
        let _ = write!(out, "{{\"id\":{},\"name\":", self.id);
        let _ = serde_json::to_writer(&mut *out, self.name);
        out.extend_from_slice(b",\"email\":");
        let _ = serde_json::to_writer(&mut *out, self.email);
        let _ =
            write!(out, ",\"credit_limit\":\"{}\",\"version\":{},\"creation_time\":", self.credit_limit, self.version);
        time(self.creation_time, out);
        out.extend_from_slice(b",\"creator_user_id\":");
        number(self.creator_user_id, out);
        out.extend_from_slice(b",\"last_modification_time\":");
        match self.last_modification_time {
            Some(value) => time(value, out),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"last_modifier_user_id\":");
        number(self.last_modifier_user_id, out);
        out.push(b'}');
    }
}

/// An answer of JSON.
pub(super) fn json(body: Vec<u8>) -> Response {
    let mut response = Response::from(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

fn header_value(text: String) -> HeaderValue {
    #[expect(clippy::expect_used, reason = "digits, quotes and slashes are good in a header")]
    text.try_into().expect("ASCII is a header value")
}

fn number(value: Option<i64>, out: &mut Vec<u8>) {
    match value {
        Some(value) => _ = write!(out, "{value}"),
        None => out.extend_from_slice(b"null"),
    }
}

/// RFC 3339, UTC, microseconds, quoted; for the years 0 to 9999, which is all that a customer's times can be.
fn time(value: DateTime<Utc>, out: &mut Vec<u8>) {
    let mut text = *b"\"0000-00-00T00:00:00.000000Z\"";
    digits(&mut text[1..5], value.year().unsigned_abs());
    digits(&mut text[6..8], value.month());
    digits(&mut text[9..11], value.day());
    digits(&mut text[12..14], value.hour());
    digits(&mut text[15..17], value.minute());
    digits(&mut text[18..20], value.second());
    digits(&mut text[21..27], value.timestamp_subsec_micros());
    out.extend_from_slice(&text);
}

/// Fills the place with the last digits of the number.
fn digits(place: &mut [u8], mut number: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_json_is_what_serde_would_write() {
        let creation_time = DateTime::from_timestamp_micros(1_700_000_000_000_042).unwrap();
        let row = CustomerRow {
            id: 7,
            name: "Ada \"\u{1}é",
            email: "ada@example.com",
            credit_limit: "12.50".parse().unwrap(),
            version: 3,
            creation_time,
            creator_user_id: Some(1),
            last_modification_time: None,
            last_modifier_user_id: None,
        };
        let mut out = Vec::new();
        row.encode(&mut out);
        let expected = serde_json::json!({
            "id": 7, "name": "Ada \"\u{1}é", "email": "ada@example.com", "credit_limit": "12.50", "version": 3,
            "creation_time": "2023-11-14T22:13:20.000042Z", "creator_user_id": 1,
            "last_modification_time": null, "last_modifier_user_id": null,
        });
        let written: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(written, expected);
    }
}
