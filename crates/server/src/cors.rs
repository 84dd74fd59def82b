//! Which origins' scripts may use the service from a browser (the Fetch standard, section 3.3).

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Request, Response};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const ALLOWED: HeaderValue =
    HeaderValue::from_static("Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-API-Key");
const EXPOSED: HeaderValue = HeaderValue::from_static("ETag, Location, Link, Retry-After, X-Request-Id");
/// Ten minutes: long enough to save most preflights, short enough for a change to arrive.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The allowed origins; none turns CORS off.
///
/// There is no wildcard and there are no credentials: tokens travel in headers that scripts set themselves.
#[derive(Debug)]
pub(crate) struct Cors {
    origins: Vec<String>,
}

/// What a request means for its answer.
#[derive(Debug)]
pub(crate) enum CorsDecision {
    /// CORS is off.
    Off,
    /// No origin, or one that is not allowed: an ordinary request. A browser will not show the answer to a
    /// foreign script, and same-origin requests carry an origin as well.
    Ordinary,
    /// From an allowed origin.
    Allowed(HeaderValue),
    /// The question of a browser whether it may.
    Preflight(HeaderValue),
}

impl Cors {
    pub(crate) fn new(origins: &[String]) -> Self {
        Self { origins: origins.iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect() }
    }

    pub(crate) fn decide(&self, request: &Request) -> CorsDecision {
        if self.origins.is_empty() {
            return CorsDecision::Off;
        }
        let headers = request.headers();
        let Some(origin) = headers.get(header::ORIGIN) else {
            return CorsDecision::Ordinary;
        };
        if !self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()) {
            return CorsDecision::Ordinary;
        }
        let asks = headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if request.method() == Method::OPTIONS && asks {
            CorsDecision::Preflight(origin.clone())
        } else {
            CorsDecision::Allowed(origin.clone())
        }
    }
}

impl CorsDecision {
    /// The answer to a preflight, which reaches no endpoint.
    pub(crate) fn preflight(&self) -> Option<Response> {
        matches!(self, Self::Preflight(_)).then(|| Response::builder().status(StatusCode::NO_CONTENT).finish())
    }

    /// Sets the headers of the answer.
    pub(crate) fn apply(self, headers: &mut HeaderMap) {
        let preflight = matches!(self, Self::Preflight(_));
        match self {
            Self::Off => return,
            Self::Ordinary => {}
            Self::Allowed(origin) => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            }
            Self::Preflight(origin) => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
                headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED);
                headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
            }
        }
        vary(headers, header::ORIGIN);
        if preflight {
            vary(headers, header::ACCESS_CONTROL_REQUEST_METHOD);
            vary(headers, header::ACCESS_CONTROL_REQUEST_HEADERS);
        }
    }
}

fn vary(headers: &mut HeaderMap, name: HeaderName) {
    headers.append(header::VARY, HeaderValue::from(name));
}
