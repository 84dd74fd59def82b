//! Access tokens: JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7518, section 3.2).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use poem::{Request, http::header};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::problem::Problem;

/// The only header that is issued or accepted: `{"alg":"HS256","typ":"JWT"}`, which rules out every other algorithm.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// How long a token is good for, in seconds (7 days, as Kwik).
const LIFETIME: i64 = 7 * 24 * 3600;

/// Who a verified token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The user.
    pub user_id: i64,
    /// Who acts as that user, if another does.
    pub impersonator: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    exp: i64,
    sub: String,
    kwik_impersonate: String,
}

/// Signs and verifies access tokens with one key.
#[derive(Clone)]
pub struct Tokens {
    keyed: Hmac<Sha256>,
}

impl Tokens {
    /// Takes the key; any length is good for HMAC, the settings ask for 32 bytes.
    pub fn new(secret_key: &str) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let keyed = Hmac::new_from_slice(secret_key.as_bytes()).expect("a key of any length is good");
        Self { keyed }
    }

    /// A token for the user that is good for 7 days from `now` (seconds since 1970).
    pub fn sign(&self, user_id: i64, now: i64) -> String {
        let claims = Claims { exp: now + LIFETIME, sub: user_id.to_string(), kwik_impersonate: String::new() };
        #[expect(clippy::expect_used, reason = "two strings and a number always serialise")]
        let claims = serde_json::to_vec(&claims).expect("claims are plain JSON");
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = self.mac(signed.as_bytes()).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Who the token speaks for at `now`; none if the signature, the header, the expiry or a claim is wrong.
    pub fn verify(&self, token: &str, now: i64) -> Option<Subject> {
        let (signed, signature) = token.rsplit_once('.')?;
        let claims = signed.strip_prefix(HEADER)?.strip_prefix('.')?;
        // 48 bytes: what the decoder wants as room for the 32 of a signature.
        let mut bytes = [0; 48];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).ok()?;
        self.mac(signed.as_bytes()).verify_slice(&bytes[..length]).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        if claims.exp <= now {
            return None;
        }
        let impersonator = match claims.kwik_impersonate.as_str() {
            "" => None,
            id => Some(id.parse().ok()?),
        };
        Some(Subject { user_id: claims.sub.parse().ok()?, impersonator })
    }

    /// Who the request's bearer token speaks for.
    ///
    /// # Errors
    /// 401 without a token or with one that is not valid.
    pub fn authenticate(&self, request: &Request) -> Result<Subject, Problem> {
        let token = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token)
            .ok_or_else(Problem::not_authenticated)?;
        self.verify(token, now()).ok_or_else(Problem::invalid_token)
    }

    fn mac(&self, text: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(text);
        mac
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_is_good_until_it_expires_and_only_with_its_key() {
        let tokens = Tokens::new("0123456789abcdef0123456789abcdef");
        let token = tokens.sign(7, 1000);
        let subject = tokens.verify(&token, 1000).unwrap();
        assert_eq!(subject.user_id, 7);
        assert_eq!(subject.impersonator, None);
        assert!(tokens.verify(&token, 1000 + LIFETIME).is_none());
        let others = Tokens::new("another key, another key, another key");
        assert!(others.verify(&token, 1000).is_none());
    }

    #[test]
    fn a_changed_token_is_refused() {
        let tokens = Tokens::new("0123456789abcdef0123456789abcdef");
        let token = tokens.sign(7, 1000);
        for at in (0..token.len()).filter(|&at| at + 1 < token.len()) {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(tokens.verify(&changed, 1000).is_none(), "{changed}");
        }
    }
}
