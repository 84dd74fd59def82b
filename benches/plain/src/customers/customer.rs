//! A customer as it is stored and shown.

use chrono::{DateTime, SecondsFormat, Utc};
use poem::{
    Response,
    http::{StatusCode, header},
    web::Json,
};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use sqlx::FromRow;
use yardstick_plain::precondition::etag;

/// A row of the table and the JSON of an answer.
#[derive(Debug, FromRow, Serialize)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) credit_limit: Decimal,
    pub(crate) version: i64,
    #[serde(serialize_with = "time")]
    pub(crate) creation_time: DateTime<Utc>,
    pub(crate) creator_user_id: Option<i64>,
    #[serde(serialize_with = "optional_time")]
    pub(crate) last_modification_time: Option<DateTime<Utc>>,
    pub(crate) last_modifier_user_id: Option<i64>,
}

impl Customer {
    /// The answer with this customer: its JSON and its version as the tag.
    pub(crate) fn answer(&self, status: StatusCode) -> Response {
        let mut response = poem::IntoResponse::into_response(Json(self));
        response.set_status(status);
        let headers = response.headers_mut();
        headers.insert(header::ETAG, header_value(&etag(self.version)));
        if status == StatusCode::CREATED {
            let location = format!("/api/v1/customers/{}", self.id);
            headers.insert(header::LOCATION, header_value(&location));
        }
        response
    }
}

fn header_value(text: &str) -> poem::http::HeaderValue {
    #[expect(clippy::expect_used, reason = "digits, quotes and slashes are good in a header")]
    text.parse().expect("ASCII is a header value")
}

/// RFC 3339, UTC, microseconds.
fn time<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
}

#[expect(clippy::ref_option, reason = "serde gives a reference to the field as it is")]
fn optional_time<S: Serializer>(value: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => time(value, serializer),
        None => serializer.serialize_none(),
    }
}
