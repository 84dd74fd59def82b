//! Somebody who makes requests.

use crate::TestResponse;
use http::{Method, header, uri::Scheme};
use poem::{
    Endpoint, Request, RequestParts, Response,
    endpoint::BoxEndpoint,
    web::{LocalAddr, RemoteAddr},
};
use serde_json::Value;
use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// What paths begin with, unless they begin with another root.
const PREFIX: &str = "/api/v1";

/// Somebody who makes requests: nobody, or a user with a token or a key.
///
/// Paths are those below `/api/v1`; write `//livez` for one outside of it.
#[derive(Clone)]
pub struct Client {
    endpoint: Arc<BoxEndpoint<'static, Response>>,
    token: Option<String>,
    api_key: Option<String>,
    address: Option<IpAddr>,
}

impl Client {
    pub(crate) fn new(endpoint: Arc<BoxEndpoint<'static, Response>>, token: Option<String>) -> Self {
        Self { endpoint, token, api_key: None, address: None }
    }

    /// Somebody with this token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Somebody who sends this API key as `X-API-Key`, beside the token if there is one.
    #[must_use]
    pub fn with_api_key(&self, api_key: impl Into<String>) -> Self {
        Self { api_key: Some(api_key.into()), ..self.clone() }
    }

    /// The same from this network address; by default requests come from none.
    #[must_use]
    pub fn from_address(&self, address: IpAddr) -> Self {
        Self { address: Some(address), ..self.clone() }
    }

    /// The token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> TestResponse {
        self.json(Method::POST, path, &[], body).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> TestResponse {
        self.json(Method::PUT, path, &[], body).await
    }

    /// `PATCH` with a JSON Merge Patch.
    pub async fn patch(&self, path: &str, body: &Value) -> TestResponse {
        let content = (header::CONTENT_TYPE.as_str(), "application/merge-patch+json");
        self.send(Method::PATCH, path, &[content], body.to_string().into_bytes()).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> TestResponse {
        self.send(Method::DELETE, path, &[], Vec::new()).await
    }

    /// `POST` with a form.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        let body = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
        let body = body.collect::<Vec<_>>().join("&");
        let content = (header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded");
        self.send(Method::POST, path, &[content], body.into_bytes()).await
    }

    /// Any request with a JSON body and further headers.
    pub async fn json(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> TestResponse {
        let content = (header::CONTENT_TYPE.as_str(), "application/json");
        let headers: Vec<_> = headers.iter().copied().chain([content]).collect();
        self.send(method, path, &headers, body.to_string().into_bytes()).await
    }

    /// Any request whose body is sent as it stands, as `application/json`: for bodies that are no JSON
    /// or that a [`Value`] cannot hold.
    pub async fn raw(&self, method: Method, path: &str, body: impl Into<Vec<u8>>) -> TestResponse {
        let content = (header::CONTENT_TYPE.as_str(), "application/json");
        self.send(method, path, &[content], body.into()).await
    }

    /// Any request.
    ///
    /// # Panics
    ///
    /// When the path or a header is not one.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> TestResponse {
        let path = path
            .strip_prefix('/')
            .filter(|rest| rest.starts_with('/'))
            .map_or_else(|| format!("{PREFIX}{path}"), str::to_owned);
        let mut request = http::Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(api_key) = &self.api_key {
            request = request.header("X-API-Key", api_key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        #[expect(clippy::expect_used, reason = "a test with a wrong path or header fails")]
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let peer = self.address.map_or_else(RemoteAddr::default, |ip| RemoteAddr(SocketAddr::new(ip, 50_000).into()));
        let parts = RequestParts::from((parts, LocalAddr::default(), peer, Scheme::HTTP));
        let request = Request::from_parts(parts, body.into());
        TestResponse::read(self.endpoint.get_response(request).await).await
    }
}

/// Percent-encoding of a form's parts (WHATWG URL, section 5).
fn escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
