//! The identity of a request, from the header or generated, for logs, audit records and answers.

use std::{fmt, future::Future};

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries the id both ways.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is accepted from a client.
const MAX: usize = 64;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// 1 to 64 characters of `[A-Za-z0-9._-]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId {
    bytes: [u8; MAX],
    len: u8,
}

impl RequestId {
    /// The id of the request that the current task works on. A task that a handler spawns itself has none,
    /// unless it is given one by [`scope`](Self::scope).
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|id| *id).ok()
    }

    /// A new id: a UUID of version 7 (RFC 9562) as 32 hexadecimal digits, so that ids sort by time.
    pub fn generate() -> Self {
        let mut bytes = [0; MAX];
        let len = Uuid::now_v7().simple().encode_lower(&mut bytes).len();
        Self {
            bytes,
            // Always 32.
            len: u8::try_from(len).unwrap_or(0),
        }
    }

    /// The id that this text spells, unless it is empty, too long or has other characters.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > MAX || !text.iter().all(allowed) {
            return None;
        }
        let mut bytes = [0; MAX];
        bytes[..text.len()].copy_from_slice(text);
        Some(Self { bytes, len: u8::try_from(text.len()).ok()? })
    }

    /// The well-formed id that the client sent, or a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        headers.get(X_REQUEST_ID).and_then(|value| Self::parse(value.as_bytes())).unwrap_or_else(Self::generate)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }

    /// The id as a header value.
    pub(crate) fn header(&self) -> HeaderValue {
        // All allowed characters are visible ASCII.
        HeaderValue::from_str(self.as_str()).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }

    /// Runs a future as a part of this request.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }

    /// Runs a function as a part of this request.
    pub fn sync_scope<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn generated_ids_are_32_hexadecimal_digits_and_differ() {
        let (one, other) = (RequestId::generate(), RequestId::generate());
        assert_eq!(one.as_str().len(), 32);
        assert!(one.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }

    #[test]
    fn well_formed_ids_are_kept() {
        let longest = "x".repeat(64);
        for text in ["a", "A-b_c.9", &longest] {
            assert_eq!(RequestId::parse(text.as_bytes()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn other_ids_are_refused() {
        let too_long = "x".repeat(65);
        for text in ["", "a b", "a\"", "ü", &too_long] {
            assert_eq!(RequestId::parse(text.as_bytes()), None);
        }
    }
}
