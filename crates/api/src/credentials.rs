//! Where the credentials of a request stand.

use kwik_domain::{AuthenticationError, Presented, Result};
use poem::{
    Request,
    http::{HeaderValue, header},
};

/// The header that holds an API key.
pub(crate) const API_KEY_HEADER: &str = "X-API-Key";

/// The credentials of a request, each of which may be there once.
///
/// # Errors
///
/// [`AuthenticationError::InvalidToken`] when one is there twice.
pub(crate) fn presented(request: &Request) -> Result<Presented<'_>> {
    let bearer = only(request, header::AUTHORIZATION.as_str())?.and_then(bearer);
    let api_key = only(request, API_KEY_HEADER)?;
    // What is not text is no key, and as wrong as any other.
    let api_key = api_key.map(|value| value.to_str().unwrap_or_default().trim());
    Ok(Presented { bearer, api_key })
}

fn only<'a>(request: &'a Request, name: &str) -> Result<Option<&'a HeaderValue>> {
    let mut given = request.headers().get_all(name).iter();
    let value = given.next();
    if given.next().is_some() {
        return Err(AuthenticationError::InvalidToken.into());
    }
    Ok(value)
}

/// The token of `Authorization: Bearer …` (RFC 6750); the scheme's case does not matter.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &[u8])]) -> Option<(Option<String>, Option<String>)> {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.finish();
        let presented = presented(&request).ok()?;
        Some((presented.bearer.map(str::to_owned), presented.api_key.map(str::to_owned)))
    }

    #[test]
    fn both_headers_are_read_whatever_their_case() {
        let both = [("authorization", b"bEARER  t ".as_slice()), ("x-api-key", b" k ")];
        assert_eq!(read(&both), Some((Some("t".into()), Some("k".into()))));
        assert_eq!(read(&[]), Some((None, None)));
    }

    #[test]
    fn other_schemes_are_no_tokens_and_what_is_no_text_is_a_wrong_key() {
        assert_eq!(read(&[("Authorization", b"Basic dDp0"), ("X-API-Key", b"k")]), Some((None, Some("k".into()))));
        assert_eq!(read(&[("Authorization", b"Bearer"), ("X-API-Key", b"\xff")]), Some((None, Some(String::new()))));
        assert_eq!(read(&[("Authorization", b"Bearer \xff")]), Some((None, None)));
    }

    #[test]
    fn one_header_twice_is_refused_even_if_both_are_the_same() {
        assert_eq!(read(&[("Authorization", b"Bearer t"), ("Authorization", b"Bearer t")]), None);
        assert_eq!(read(&[("X-API-Key", b"k"), ("x-api-key", b"k")]), None);
        assert_eq!(read(&[("Authorization", b"Basic t"), ("Authorization", b"Bearer t")]), None);
    }
}
