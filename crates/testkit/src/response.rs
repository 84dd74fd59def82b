//! Answers, and what tests expect of them.

use http::{HeaderMap, StatusCode};
use poem::Response;
use serde_json::{Value, json};

/// What no client may ever read: SQL, drivers, tables of our own, addresses in the source.
const INSIDE: [&str; 12] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM",
    "sqlx",
    "SQLITE",
    "constraint",
    "kwik_audit",
    "panicked",
    ".rs:",
    "hashed_password",
    "syntax error",
];

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

    /// The problem of an answer that must be a refusal with this status and code, in the one form that
    /// all have (RFC 9457), and that says nothing of the inside.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{problem}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{problem}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{problem}");
        assert_eq!((&problem["type"], &problem["status"]), (&json!("about:blank"), &json!(status)), "{problem}");
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"), "{problem}");
        assert!(problem["detail"].is_string() && problem["title"].is_string(), "{problem}");
        let text = problem.to_string();
        for inside in INSIDE {
            assert!(!text.contains(inside), "{inside:?} is nothing for clients: {problem}");
        }
        problem
    }

    /// What [`TestResponse::refused`] gives, without the members that every problem has and the id of
    /// the request, which is another each time: code, detail and errors.
    ///
    /// # Panics
    ///
    /// When it is no such refusal.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        let mut problem = self.refused(status, &code);
        for member in ["type", "title", "status", "request_id"] {
            if let Some(members) = problem.as_object_mut() {
                members.remove(member);
            }
        }
        problem
    }
}
