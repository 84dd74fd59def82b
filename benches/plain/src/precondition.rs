//! Conditional writes: `ETag` and `If-Match` (RFC 9110, sections 8.8.3 and 13.1.1), where the tag is the version.

use poem::{FromRequest, Request, RequestBody, http::header};

use crate::problem::Problem;

/// The version that the client wants to change, if it names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl IfMatch {
    /// Whether a row at this version may be changed.
    pub fn allows(self, version: i64) -> bool {
        self.0.is_none_or(|wanted| wanted == version)
    }

    fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "*" => Some(Self(None)),
            tag => tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok().map(|version| Self(Some(version))),
        }
    }
}

impl<'a> FromRequest<'a> for IfMatch {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let Some(value) = request.headers().get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let parsed = value.to_str().ok().and_then(Self::parse);
        // A tag that no version has can match nothing: 412, but the current version is unknown here.
        parsed.ok_or_else(|| Problem::version_conflict(0).into())
    }
}

/// The tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        assert_eq!(IfMatch::parse("\"12\""), Some(IfMatch(Some(12))));
        assert_eq!(IfMatch::parse("*"), Some(IfMatch(None)));
        assert_eq!(IfMatch::parse("12"), None);
        assert_eq!(etag(3), "\"3\"");
    }
}
