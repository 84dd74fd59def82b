//! Answers that are kept for whoever asks again.

use chrono::{DateTime, TimeDelta, Utc};
use kwik_domain::{Entity, Error, Result};
use poem::{
    Response,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// An answer, kept for its caller to ask for again.
#[derive(Clone, PartialEq, Entity)]
#[entity(collection = "kwik_idempotency", unique(caller, idempotency_key), unaudited, unversioned)]
pub struct KeptAnswer {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// Whose the key is.
    #[entity(length(..=100))]
    pub caller: String,
    /// The key.
    #[entity(length(1..=255))]
    pub idempotency_key: String,
    /// A hash of what was asked for.
    #[entity(length(..=64))]
    pub fingerprint: String,
    /// When it was asked for.
    #[entity(indexed)]
    pub created_at: DateTime<Utc>,
    /// The answer's status; 0 while there is none, which nobody else ever sees.
    #[entity(default = "0")]
    pub status: i64,
    /// Its media type.
    pub content_type: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Location`.
    pub location: Option<String>,
    /// Its body.
    #[entity(default = "")]
    pub body: String,
}

impl KeptAnswer {
    /// Answers that were kept before this are gone, whether they are still there or not.
    pub(crate) fn oldest(now: DateTime<Utc>) -> DateTime<Utc> {
        now - KEPT
    }

    /// What is to be written of a response.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when its body is no text.
    pub(crate) async fn keep(response: Response) -> Result<KeptAnswerUpdate> {
        let (parts, body) = response.into_parts();
        let text = |name: HeaderName| header_text(&parts.headers, &name);
        let (content_type, etag, location) = (text(header::CONTENT_TYPE), text(header::ETAG), text(header::LOCATION));
        let body = body.into_string().await;
        let body = body.map_err(|error| Error::Internal(format!("an answer to keep is no text: {error}")))?;
        Ok(KeptAnswerUpdate {
            status: Some(i64::from(parts.status.as_u16())),
            content_type: Some(content_type),
            etag: Some(etag),
            location: Some(location),
            body: Some(body),
            ..KeptAnswerUpdate::default()
        })
    }

    /// The response again.
    pub(crate) fn response(&self) -> Response {
        let status = u16::try_from(self.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let mut response =
            Response::builder().status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)).body(self.body.clone());
        let headers = [
            (header::CONTENT_TYPE, &self.content_type),
            (header::ETAG, &self.etag),
            (header::LOCATION, &self.location),
        ];
        for (name, text) in headers {
            if let Some(value) = text.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn header_text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_response_is_kept_with_what_makes_it_up() {
        let response = Response::builder()
            .status(StatusCode::CREATED)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ETAG, "\"3\"")
            .header(header::LOCATION, "/orders/1")
            .body("{\"id\":1}");
        let kept = KeptAnswer::keep(response).await.unwrap();
        let mut row = KeptAnswer {
            id: 1,
            caller: String::new(),
            idempotency_key: String::new(),
            fingerprint: String::new(),
            created_at: DateTime::UNIX_EPOCH,
            status: 0,
            content_type: None,
            etag: None,
            location: None,
            body: String::new(),
        };
        row.apply(&kept);
        let again = row.response();
        assert_eq!(again.status(), StatusCode::CREATED);
        assert_eq!(again.header("etag"), Some("\"3\""));
        assert_eq!(again.header("location"), Some("/orders/1"));
        assert_eq!(again.content_type(), Some("application/json"));
    }
}
