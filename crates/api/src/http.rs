//! From requests and to responses: what every operation of the framework's own does alike.

use kwik_domain::{Malformed, Result};
use poem::{
    Body, Request, Response,
    http::{HeaderValue, header},
};

/// The query's parameters, percent-decoded.
pub fn parameters(request: &Request) -> Vec<(String, String)> {
    match request.uri().query() {
        None | Some("") => Vec::new(),
        Some(_) => request.params().unwrap_or_default(),
    }
}

/// The media type of JSON. Where it is expected, a JSON Merge Patch (RFC 7396) will do.
pub const JSON: &str = "application/json";

/// The bytes of a body of this media type.
///
/// # Errors
///
/// [`kwik_domain::Error::Malformed`] when it says that it is something else, or cannot be read.
pub async fn body(request: &mut Request, expected: &'static str) -> Result<Vec<u8>> {
    let body = request.take_body();
    body_of(request, body, expected).await
}

/// The same of a body that was taken from its request.
///
/// # Errors
///
/// As those of [`body`].
pub async fn body_of(request: &Request, body: Body, expected: &'static str) -> Result<Vec<u8>> {
    let essence = request.content_type().and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    let also = expected == JSON && essence.eq_ignore_ascii_case("application/merge-patch+json");
    if !also && !essence.eq_ignore_ascii_case(expected) {
        return Err(Malformed::ContentType { expected }.into());
    }
    if request.header(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Malformed::ContentType { expected: "application/json, and not compressed" }.into());
    }
    // Too large and too slow have answers of their own, which the server gives in place of this.
    body.into_vec().await.map_err(|_| Malformed::Incomplete.into())
}

/// 200 with a body that is JSON already.
pub fn json_response(body: impl Into<Body>) -> Response {
    let mut response = Response::builder().body(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
