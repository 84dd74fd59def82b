//! Answers, and what tests expect of them.

use http::{HeaderMap, StatusCode};
use poem::Response;
use serde_json::Value;

/// An answer that has been read to its end.
#[derive(Clone, Debug)]
pub struct TestResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl TestResponse {
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.into_vec().await.unwrap_or_default();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        #[expect(clippy::panic, reason = "a test with another answer fails")]
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("no JSON ({e}) but {}: {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body of an answer that must be a success.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The problem of an answer that must be a refusal with this status and code.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{problem}");
        problem
    }
}
