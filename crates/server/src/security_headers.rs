//! The headers that make browsers treat answers as data.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const DENY: HeaderValue = HeaderValue::from_static("DENY");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NO_CONTENT: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Sets the security headers of an answer.
#[derive(Debug)]
pub(crate) struct SecurityHeaders {
    hsts: Option<HeaderValue>,
}

impl SecurityHeaders {
    pub(crate) fn new(hsts: Option<Duration>) -> Self {
        let hsts = hsts.and_then(|max_age| {
            let text = format!("max-age={}; includeSubDomains", max_age.as_secs());
            HeaderValue::from_str(&text).ok()
        });
        Self { hsts }
    }

    /// Policy and caching are left to the endpoint where it set them; the rest is not negotiable.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
        headers.insert(header::REFERRER_POLICY, NO_REFERRER);
        headers.insert(header::X_FRAME_OPTIONS, DENY);
        insert_unless_set(headers, header::CONTENT_SECURITY_POLICY, NO_CONTENT);
        insert_unless_set(headers, header::CACHE_CONTROL, NO_STORE);
        if let Some(hsts) = &self.hsts {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
    }
}

fn insert_unless_set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
