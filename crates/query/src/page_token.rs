//! Page tokens: where a list goes on, in a form that only this service can make.
//!
//! A token is base64url without padding (RFC 4648, section 5) of
//!
//! | bytes | content |
//! |---|---|
//! | 1 | the version of this layout |
//! | 16 | the beginning of the SHA-256 of the parameters that choose rows and their order |
//! | any number | a JSON array: the collection, and the cursor's values as text or null |
//! | 32 | HMAC-SHA256 (RFC 2104) of all bytes before it |

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use kwik_domain::{Cursor, EntityMeta, FieldMeta, Issue, Kind, Order, Secret, Value, ValueRef};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// How many characters a page token may have. Longer ones are refused before they are decoded.
pub const MAX_TOKEN_LENGTH: usize = 16 * 1024;

const VERSION: u8 = 1;
const TAG: usize = 32;
const DIGEST: usize = 16;
/// What this key is for: no other use of the same secret makes the same key.
const LABEL: &[u8] = b"kwik page token 1";

/// Makes and checks page tokens. Cheap to clone.
///
/// Its key is derived from the secret by HMAC-SHA256 with a label, so that a page token says nothing of
/// the secret and passes for nothing else that is signed with it.
#[derive(Clone)]
pub struct PageTokens(Arc<Hmac<Sha256>>);

impl PageTokens {
    /// Tokens under a key of their own, derived from a secret of any length. Services with the same
    /// secret take each other's tokens.
    pub fn new(secret: &Secret) -> Self {
        let key = keyed(secret.expose().as_bytes()).chain_update(LABEL).finalize().into_bytes();
        Self(Arc::new(keyed(&key)))
    }

    /// Seals a place in a list.
    pub(crate) fn seal(&self, meta: &EntityMeta, choice: Choice, cursor: &Cursor) -> String {
        let values: Vec<Option<String>> = cursor.0.iter().map(|value| text(value.as_ref())).collect();
        let mut token = vec![VERSION];
        token.extend_from_slice(&choice.0);
        // Strings written into memory cannot fail; a token without them would be refused.
        token.extend(serde_json::to_vec(&(meta.collection, values)).unwrap_or_default());
        let tag = self.0.as_ref().clone().chain_update(&token).finalize().into_bytes();
        token.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Opens a token: the place in a list of these rows in this order.
    pub(crate) fn open(
        &self,
        meta: &EntityMeta,
        choice: Choice,
        order: &[Order],
        token: &str,
    ) -> Result<Cursor, Issue> {
        if token.len() > MAX_TOKEN_LENGTH {
            let message = format!(
                "must have at most {MAX_TOKEN_LENGTH} characters; a list that is sorted by long texts is paged by skip"
            );
            return Err(Issue::new("length", message));
        }
        let (found, body) = self.verified(token).ok_or_else(garbled)?;
        let (collection, values): (String, Vec<Option<String>>) =
            serde_json::from_slice(&body).map_err(|_| garbled())?;
        if collection != meta.collection {
            return Err(Issue::new("mismatch", "must be the next_page_token of a page of this list, not of another"));
        }
        if found != choice {
            let message =
                "must be used with the same sorting, filter, filter_key, value and q as the page that gave it";
            return Err(Issue::new("mismatch", message));
        }
        if values.len() != order.len() {
            return Err(garbled());
        }
        let parts = order.iter().zip(values).map(|(by, value)| read(&meta.fields[by.field], value));
        parts.collect::<Option<Vec<Value>>>().map(Cursor).ok_or_else(garbled)
    }

    /// The parts of a token that this service made. The tag is compared in constant time.
    fn verified(&self, token: &str) -> Option<(Choice, Vec<u8>)> {
        let mut bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let tag = bytes.split_off(bytes.len().checked_sub(TAG)?);
        self.0.as_ref().clone().chain_update(&bytes).verify_slice(&tag).ok()?;
        if bytes.len() <= DIGEST || bytes[0] != VERSION {
            return None;
        }
        let body = bytes.split_off(1 + DIGEST);
        Some((Choice(bytes[1..].try_into().ok()?), body))
    }
}

/// Does not show the key.
impl std::fmt::Debug for PageTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageTokens(***)")
    }
}

/// Stands for the text of the parameters that choose rows and their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice([u8; DIGEST]);

impl Choice {
    /// The names of those parameters.
    const NAMES: [&str; 5] = ["sorting", "filter", "filter_key", "value", "q"];

    /// Their digest. Each text stands behind its length, so that no two choices run together.
    pub(crate) fn of(parameters: &[(String, String)]) -> Self {
        let mut hash = Sha256::new();
        for name in Self::NAMES {
            match parameters.iter().find(|(key, _)| key == name) {
                Some((_, text)) => {
                    hash.update([1]);
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text);
                }
                None => hash.update([0]),
            }
        }
        let mut digest = [0; DIGEST];
        digest.copy_from_slice(&hash.finalize()[..DIGEST]);
        Self(digest)
    }
}

#[expect(clippy::expect_used, reason = "a key of any length is a key of HMAC")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    // RFC 2104, section 2: longer keys are hashed, shorter ones filled up; there is no wrong length.
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn garbled() -> Issue {
    Issue::new("invalid", "must be the next_page_token of a page of this list, unchanged; without one the list begins")
}

/// The text form of a value, from which [`read`] makes the very same value. A double stands as its bits,
/// because text would lose the sign of zero.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::F64(number) => Some(format!("{:016x}", number.to_bits())),
        value => Some(value.to_text()),
    }
}

/// By kind, not by field: a row may hold a text that its enum no longer has, and lists go on behind it.
fn read(field: &FieldMeta, text: Option<String>) -> Option<Value> {
    let Some(text) = text else { return field.nullable.then_some(Value::Null) };
    match field.kind {
        Kind::F64 => u64::from_str_radix(&text, 16).ok().map(f64::from_bits).map(Value::F64),
        Kind::Text => Some(Value::Text(text)),
        kind => match (Value::parse(kind, &text).ok()?, text.starts_with('-')) {
            (Value::Decimal(zero), true) if zero.is_zero() => Some(Value::Decimal(-zero)),
            (value, _) => Some(value),
        },
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use kwik_domain::{Entity, access::User};

    #[test]
    fn the_key_is_of_its_own_and_shows_nowhere() {
        let secret = Secret::new("a secret of some length, for tests");
        let plain = keyed(secret.expose().as_bytes()).chain_update(b"x").finalize().into_bytes();
        let tokens = PageTokens::new(&secret);
        let own = tokens.0.as_ref().clone().chain_update(b"x").finalize().into_bytes();
        assert_ne!(plain, own);
        assert_eq!(format!("{tokens:?}"), "PageTokens(***)");
    }

    #[test]
    fn choices_do_not_run_together() {
        let choice = |pairs: &[(&str, &str)]| {
            Choice::of(&pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(
            choice(&[("value", "a"), ("sorting", "b")]),
            choice(&[("sorting", "b"), ("limit", "9"), ("value", "a")])
        );
        assert_ne!(choice(&[("value", "a")]), choice(&[("filter", "a")]));
        assert_ne!(choice(&[("q", "a")]), choice(&[]));
        assert_ne!(choice(&[("filter_key", "ab"), ("value", "c")]), choice(&[("filter_key", "a"), ("value", "bc")]));
        assert_ne!(choice(&[("sorting", "")]), choice(&[]));
    }

    #[test]
    fn values_that_do_not_fit_the_order_are_refused() {
        let tokens = PageTokens::new(&Secret::new("s"));
        let choice = Choice::of(&[]);
        for values in [vec![], vec![Value::Null], vec![Value::Int(1), Value::Int(2)], vec![Value::Bool(true)]] {
            let token = tokens.seal(User::META, choice, &Cursor(values));
            assert_eq!(tokens.open(User::META, choice, &[Order::KEY], &token).unwrap_err().code, "invalid");
        }
        let key = Cursor(vec![Value::Int(7)]);
        let token = tokens.seal(User::META, choice, &key);
        assert_eq!(tokens.open(User::META, choice, &[Order::KEY], &token).unwrap(), key);
    }
}
