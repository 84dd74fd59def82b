//! From requests and to responses: what every operation of the framework's own does alike.

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

/// 200 with a body that is JSON already.
pub fn json_response(body: impl Into<Body>) -> Response {
    let mut response = Response::builder().body(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
