//! gzip for answers that are worth it.
//!
//! poem's middleware compresses everything, images and five-byte answers included, sets no `Vary` and takes
//! `gzip;q=0` for consent. Here it only lends the encoder.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{
    IntoResponse, Request, Response,
    web::{Compress, CompressionAlgo, CompressionLevel},
};

/// Below this many bytes the headers cost more than compression saves.
const MIN_BYTES: u64 = 500;

/// What a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
}

impl Encoding {
    /// Whether the client accepts gzip (RFC 9110, section 12.5.3). A `HEAD` request keeps the length of the
    /// plain answer.
    pub(crate) fn accepted_by(request: &Request) -> Self {
        if request.method() != Method::HEAD && accepts_gzip(request.headers()) { Self::Gzip } else { Self::Identity }
    }

    /// Compresses an answer, if both sides agree that it is worth it.
    ///
    /// The `ETag` stays: it names the version that `If-Match` compares, not the bytes of one encoding.
    pub(crate) fn apply(self, mut response: Response) -> Response {
        if !is_worth_it(&mut response) {
            return response;
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if self == Self::Identity {
            return response;
        }
        // The fastest level gives up a tenth of the saving for a third of the time.
        Compress::new(response, CompressionAlgo::GZIP).with_quality(CompressionLevel::Fastest).into_response()
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut any = false;
    let values = headers.get_all(header::ACCEPT_ENCODING);
    for entry in values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let (coding, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let coding = coding.trim();
        if coding.eq_ignore_ascii_case("gzip") {
            return is_wanted(parameters);
        }
        any |= coding == "*" && is_wanted(parameters);
    }
    any
}

/// A quality of zero means "not".
fn is_wanted(parameters: &str) -> bool {
    let quality = parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    quality.is_none_or(|(_, value)| value.trim().parse::<f32>().is_ok_and(|value| value > 0.0))
}

fn is_worth_it(response: &mut Response) -> bool {
    let has_body =
        !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT)
            && !response.status().is_informational();
    has_body
        && !response.headers().contains_key(header::CONTENT_ENCODING)
        && response.content_type().is_some_and(is_compressible)
        && length(response).is_none_or(|length| length >= MIN_BYTES)
}

/// `None` for a stream.
fn length(response: &mut Response) -> Option<u64> {
    use hyper::body::Body as _;
    let body = http_body_util::combinators::BoxBody::from(response.take_body());
    let length = body.size_hint().exact();
    response.set_body(poem::Body::from(body));
    length
}

/// Text in any form, but not events, which must leave one by one.
fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence == "text/event-stream" {
        return false;
    }
    essence.starts_with("text/")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
        || matches!(essence, "application/json" | "application/javascript" | "application/xml" | "application/x-ndjson")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn accepts(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
        accepts_gzip(&headers)
    }

    #[test]
    fn quality_decides() {
        for value in ["gzip", "br, GZIP", "gzip;q=0.1", "*", "deflate, *;q=0.5"] {
            assert!(accepts(value), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "identity", "gzip;q=x"] {
            assert!(!accepts(value), "{value}");
        }
    }

    #[test]
    fn text_is_compressible_but_not_events_or_images() {
        for text in ["application/json; charset=utf-8", "text/csv", "application/problem+json"] {
            assert!(is_compressible(text), "{text}");
        }
        for text in ["text/event-stream", "image/png", "application/octet-stream"] {
            assert!(!is_compressible(text), "{text}");
        }
    }
}
