//! Tokens as JSON Web Tokens (RFC 7519), signed with HMAC-SHA256.
//!
//! What the library leaves open is closed here: the algorithm and `typ` are fixed, `crit` and other
//! headers refused, every claim is required, time comes from the caller, there is no leeway, and a
//! token of one purpose never passes as one of another.
//!
//! Keys rotate: a token names its key by `kid`, new ones are signed with the current key, and those of a
//! former one are good until they end or that key is no longer known.

mod provider;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kwik_domain::{Claims, Purpose, Secret, TokenError, TokenSigner};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// The least number of bytes of a key: as many as the hash has (RFC 7518, section 3.2).
pub const MIN_KEY_BYTES: usize = 32;

/// Who makes the tokens and whom they are for.
const ISSUER: &str = "kwik";

/// What a key's identifier is made of besides the key, so that it is the hash of nothing else.
const KEY_ID_PREFIX: &[u8] = b"kwik jwt key id\0";

/// Signs and checks tokens.
pub struct JwtSigner {
    current: Key,
    former: Vec<Key>,
    validation: Validation,
}

/// A key, and the one header that its tokens have, byte for byte. What has another one, with `crit`, a key
/// or an algorithm in it, was not made by us.
struct Key {
    header: Header,
    /// The header's segment of the token.
    segment: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Key {
    fn new(key: &Secret) -> Result<Self, ShortKey> {
        let bytes = key.expose().as_bytes();
        if bytes.len() < MIN_KEY_BYTES {
            return Err(ShortKey);
        }
        let digest = Sha256::new().chain_update(KEY_ID_PREFIX).chain_update(bytes).finalize();
        let id = digest.iter().take(8).fold(0_u64, |id, byte| (id << 8) | u64::from(*byte));
        let header = Header { kid: Some(format!("{id:016x}")), ..Header::new(Algorithm::HS256) };
        let encoding = EncodingKey::from_secret(bytes);
        // The library writes it as it will each time.
        let token = jsonwebtoken::encode(&header, &(), &encoding).unwrap_or_default();
        let segment = token.split('.').next().unwrap_or_default().to_owned();
        Ok(Self { header, segment, encoding, decoding: DecodingKey::from_secret(bytes) })
    }
}

/// A key that is too short to be safe.
#[derive(Debug, thiserror::Error)]
#[error("the secret key must have at least {MIN_KEY_BYTES} bytes")]
pub struct ShortKey;

/// The claims as they stand in the token. `kwik_impersonate` is Kwik's.
#[derive(Serialize, Deserialize)]
struct Body {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    purpose: String,
    kwik_impersonate: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl JwtSigner {
    /// A signer with the current key, that knows the former ones.
    ///
    /// # Errors
    ///
    /// [`ShortKey`], of the current one or of a former one.
    pub fn new(current: &Secret, former: &[Secret]) -> Result<Self, ShortKey> {
        provider::install();
        let (current, former) = (Key::new(current)?, former.iter().map(Key::new).collect::<Result<_, _>>()?);
        let mut validation = Validation::new(Algorithm::HS256);
        // Time is checked below, against the caller's clock; so are the other claims.
        validation.required_spec_claims = HashSet::new();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(Self { current, former, validation })
    }
}

impl TokenSigner for JwtSigner {
    fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        let body = Body {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: claims.user_id.to_string(),
            sid: claims.session.to_string(),
            jti: claims.id.to_string(),
            purpose: claims.purpose.name().to_owned(),
            kwik_impersonate: claims.impersonator.map(|id| id.to_string()).unwrap_or_default(),
            iat: claims.issued_at.timestamp(),
            nbf: claims.issued_at.timestamp(),
            exp: claims.expires_at.timestamp(),
        };
        jsonwebtoken::encode(&self.current.header, &body, &self.current.encoding).map_err(|_| TokenError::Malformed)
    }

    fn verify(&self, token: &str, purpose: Purpose, now: chrono::DateTime<chrono::Utc>) -> Result<Claims, TokenError> {
        use jsonwebtoken::errors::ErrorKind;
        let (header, _) = token.split_once('.').ok_or(TokenError::Malformed)?;
        let mut keys = std::iter::once(&self.current).chain(&self.former);
        let key = keys.find(|key| key.segment == header).ok_or(TokenError::Signature)?;
        let data =
            jsonwebtoken::decode::<Body>(token, &key.decoding, &self.validation).map_err(|e| match e.kind() {
                ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => TokenError::Signature,
                _ => TokenError::Malformed,
            })?;
        let body = data.claims;
        if body.iss != ISSUER || body.aud != ISSUER || body.purpose != purpose.name() {
            return Err(TokenError::Purpose);
        }
        let now = now.timestamp();
        if body.exp <= now || body.nbf > now || body.iat > now {
            return Err(TokenError::Time);
        }
        let moment = |seconds| chrono::DateTime::from_timestamp(seconds, 0).ok_or(TokenError::Malformed);
        let user = |text: &str| text.parse::<i64>().ok().filter(|id| *id > 0).ok_or(TokenError::Malformed);
        Ok(Claims {
            user_id: user(&body.sub)?,
            impersonator: if body.kwik_impersonate.is_empty() { None } else { Some(user(&body.kwik_impersonate)?) },
            session: body.sid.into(),
            id: body.jti.into(),
            purpose,
            issued_at: moment(body.iat)?,
            expires_at: moment(body.exp)?,
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn signer() -> JwtSigner {
        JwtSigner::new(&Secret::new("0123456789abcdef0123456789abcdef"), &[]).unwrap()
    }

    fn claims() -> Claims {
        Claims {
            user_id: 7,
            impersonator: None,
            session: "s".into(),
            id: "t".into(),
            purpose: Purpose::Access,
            issued_at: at(1000),
            expires_at: at(2000),
        }
    }

    #[test]
    fn says_what_was_signed() {
        let token = signer().sign(&claims()).unwrap();
        assert_eq!(signer().verify(&token, Purpose::Access, at(1500)), Ok(claims()));
    }

    #[test]
    fn has_its_time() {
        let token = signer().sign(&claims()).unwrap();
        for now in [999, 2000, 3000] {
            assert_eq!(signer().verify(&token, Purpose::Access, at(now)), Err(TokenError::Time));
        }
    }

    #[test]
    fn is_signed_with_our_key_in_our_way() {
        let token = signer().sign(&claims()).unwrap();
        let other = JwtSigner::new(&Secret::new("f123456789abcdef0123456789abcdef"), &[]).unwrap();
        assert_eq!(other.verify(&token, Purpose::Access, at(1500)), Err(TokenError::Signature));
        let (_, rest) = token.split_once('.').unwrap();
        for header in [r#"{"alg":"none","typ":"JWT"}"#, r#"{"alg":"HS512","typ":"JWT"}"#, r#"{"alg":"RS256"}"#] {
            let forged = format!("{}.{rest}", base64url(header.as_bytes()));
            assert!(signer().verify(&forged, Purpose::Access, at(1500)).is_err(), "{header}");
        }
        for garbled in ["", ".", "..", "a.b.c", &token[..token.len() - 1], &format!("{token}.")] {
            assert!(signer().verify(garbled, Purpose::Access, at(1500)).is_err(), "{garbled}");
        }
    }

    #[test]
    fn a_short_key_is_refused() {
        let (short, long) = (Secret::new("short"), Secret::new("x".repeat(MIN_KEY_BYTES)));
        assert!(JwtSigner::new(&short, &[]).is_err());
        assert!(JwtSigner::new(&Secret::new(""), &[]).is_err());
        assert!(JwtSigner::new(&long, &[long.clone(), short]).is_err());
        assert!(JwtSigner::new(&long, std::slice::from_ref(&long)).is_ok());
    }

    fn base64url(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let word = chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
            for n in 0..=chunk.len() {
                out.push(DIGITS[(word >> (18 - 6 * n)) as usize & 63] as char);
            }
        }
        out
    }
}
