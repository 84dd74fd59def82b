//! Somebody who makes requests.

use crate::TestResponse;
use http::{Method, header};
use poem::{Endpoint, Request, Response, endpoint::BoxEndpoint};
use serde_json::Value;
use std::{fmt::Write as _, sync::Arc};

/// What paths begin with, unless they begin with another root.
const PREFIX: &str = "/api/v1";

/// Somebody who makes requests: nobody, or a user with a token.
///
/// Paths are those below `/api/v1`; write `//livez` for one outside of it.
#[derive(Clone)]
pub struct Client {
    endpoint: Arc<BoxEndpoint<'static, Response>>,
    token: Option<String>,
}

impl Client {
    pub(crate) fn new(endpoint: Arc<BoxEndpoint<'static, Response>>, token: Option<String>) -> Self {
        Self { endpoint, token }
    }

    /// Somebody with this token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { endpoint: self.endpoint.clone(), token: Some(token.into()) }
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
        #[expect(clippy::expect_used, reason = "a test with a wrong path fails")]
        let uri = path.parse().expect("a path");
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        TestResponse::read(self.endpoint.get_response(request.body(body)).await).await
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
