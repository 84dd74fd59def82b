//! The conformance suite of the port `TokenSigner`, and forgeries that know the key.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use kwik_credentials::jwt::JwtSigner;
use kwik_domain::{Claims, Purpose, Secret, TokenError, TokenSigner};
use kwik_testkit::conformance::token_signer;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "0123456789abcdef0123456789abcdeF";

fn signer() -> JwtSigner {
    JwtSigner::new(&Secret::new(KEY), &[]).unwrap()
}

fn other() -> JwtSigner {
    JwtSigner::new(&Secret::new(OTHER), &[]).unwrap()
}

#[test]
fn says_what_was_signed() {
    token_signer::says_what_was_signed(&signer());
}

#[test]
fn has_its_time() {
    token_signer::has_its_time(&signer());
}

#[test]
fn has_its_purpose() {
    token_signer::has_its_purpose(&signer());
}

#[test]
fn keys_rotate() {
    let after = JwtSigner::new(&Secret::new(OTHER), &[Secret::new(KEY)]).unwrap();
    token_signer::keys_rotate(&signer(), &after);
    token_signer::every_byte_counts(&after);
    // One key more does not matter, nor where it stands.
    let later = JwtSigner::new(&Secret::new("z".repeat(40)), &[Secret::new(OTHER), Secret::new(KEY)]).unwrap();
    token_signer::keys_rotate(&after, &later);
    token_signer::keys_rotate(&signer(), &later);
    // A key that is no longer known is nobody's.
    let forgotten = JwtSigner::new(&Secret::new(OTHER), &[]).unwrap();
    token_signer::another_key_does_not_pass(&forgotten, &signer());
}

#[test]
fn another_key_does_not_pass() {
    token_signer::another_key_does_not_pass(&signer(), &other());
}

#[test]
fn every_byte_counts() {
    token_signer::every_byte_counts(&signer());
}

#[test]
fn garbage_is_refused() {
    token_signer::garbage_is_refused(&signer());
}

#[test]
fn may_be_shown_again() {
    token_signer::may_be_shown_again(&signer());
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1500, 0).unwrap()
}

/// The header that our tokens have.
const HEADER: &str = r#"{"typ":"JWT","alg":"HS256","kid":"2de9d55781098642"}"#;

/// The header is one text per key; the key's identifier gives nothing of it away but that it is the same.
#[test]
fn the_header_is_fixed() {
    let token = signer().sign(&claims()).unwrap();
    assert_eq!(token.split('.').next().unwrap(), base64url(HEADER.as_bytes()));
    let bare = Sha256::digest(KEY.as_bytes()).iter().take(8).fold(0_u64, |id, byte| (id << 8) | u64::from(*byte));
    assert!(!HEADER.contains(&format!("{bare:016x}")));
}

fn claims() -> Claims {
    let (issued_at, expires_at) =
        (DateTime::from_timestamp(1000, 0).unwrap(), DateTime::from_timestamp(2000, 0).unwrap());
    let (session, id) = ("s".into(), "t".into());
    Claims { user_id: 7, impersonator: None, session, id, purpose: Purpose::Access, issued_at, expires_at }
}

fn body() -> Value {
    json!({
        "iss": "kwik", "aud": "kwik", "sub": "7", "sid": "s", "jti": "t", "purpose": "access", "kwik_impersonate": "",
        "iat": 1000, "nbf": 1000, "exp": 2000
    })
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

/// A token with any header and any body that is signed rightly all the same.
fn signed(header: &str, body: &str) -> String {
    let message = format!("{}.{}", base64url(header.as_bytes()), base64url(body.as_bytes()));
    let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    let signature = mac.chain_update(&message).finalize().into_bytes();
    format!("{message}.{}", base64url(&signature))
}

fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            out.push(char::from(DIGITS[(word >> (18 - 6 * digit)) as usize & 63]));
        }
    }
    out
}

fn verify(header: &str, body: &Value) -> Result<(), TokenError> {
    signer().verify(&signed(header, &body.to_string()), Purpose::Access, now()).map(drop)
}

#[test]
fn the_forger_can_sign() {
    assert_eq!(verify(HEADER, &body()), Ok(()));
}

/// `none`, other hashes and other families, in any spelling, though the key signed them.
#[test]
fn another_algorithm_does_not_pass() {
    for algorithm in ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256"] {
        let header = HEADER.replace("HS256", algorithm);
        assert!(verify(&header, &body()).is_err(), "{algorithm}");
        let token = signed(&header, &body().to_string());
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        for forged in [unsigned.to_owned(), format!("{unsigned}.")] {
            assert!(signer().verify(&forged, Purpose::Access, now()).is_err(), "{algorithm}");
        }
    }
    assert!(verify(r#"{"typ":"JWT"}"#, &body()).is_err());
}

/// `crit` must be understood or refused (RFC 7515, section 4.1.11), and keys come from nowhere else.
#[test]
fn other_headers_do_not_pass() {
    let foreign = [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("jwk", json!({"kty": "oct", "k": "AAAA"})),
        ("jku", json!("https://example.com/keys")),
        ("x5u", json!("https://example.com/chain")),
        ("x5c", json!(["AAAA"])),
        ("kid", json!("../../key")),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("enc", json!("A128GCM")),
        ("anything", json!(1)),
    ];
    for (name, value) in foreign {
        let header = HEADER.replace('}', &format!(",\"{name}\":{value}}}"));
        assert!(verify(&header, &body()).is_err(), "{name}");
    }
    for typ in [json!("at+jwt"), json!("jwt"), json!(null), json!("")] {
        let header = HEADER.replace("\"JWT\"", &typ.to_string());
        assert!(verify(&header, &body()).is_err(), "{typ}");
    }
    assert!(verify(r#"{"alg":"HS256"}"#, &body()).is_err());
}

/// Every claim is there, of its type, and says what it must.
#[test]
fn every_claim_is_needed() {
    for name in ["iss", "aud", "sub", "sid", "jti", "purpose", "kwik_impersonate", "iat", "nbf", "exp"] {
        let mut cut = body();
        cut.as_object_mut().unwrap().remove(name);
        assert_eq!(verify(HEADER, &cut), Err(TokenError::Malformed), "without {name}");
        for value in [Value::Null, json!({}), json!([]), json!([body()[name]]), json!(1.5), json!(true)] {
            assert!(verify(HEADER, &with(body(), name, value.clone())).is_err(), "{name}: {value}");
        }
    }
    for user in ["", "0", "-7", "07x", " 7", "7.0", "9223372036854775808"] {
        assert_eq!(verify(HEADER, &with(body(), "sub", user.into())), Err(TokenError::Malformed), "{user:?}");
    }
    for user in ["0", "-7", " 7", "x"] {
        let body = with(body(), "kwik_impersonate", user.into());
        assert_eq!(verify(HEADER, &body), Err(TokenError::Malformed), "{user:?}");
    }
}

/// A header that is right but for its spelling, or that names another key, was not made by us.
#[test]
fn another_spelling_or_key_identifier_does_not_pass() {
    let other = other().sign(&claims()).unwrap();
    let other_header = other.split('.').next().unwrap();
    for header in [
        r#"{"typ":"JWT","alg":"HS256"}"#.to_owned(),
        HEADER.replace(',', ", "),
        format!("{HEADER} "),
        r#"{"alg":"HS256","typ":"JWT","kid":"2de9d55781098642"}"#.to_owned(),
        HEADER.replace("2de9d55781098642", ""),
        HEADER.replace("2de9d55781098642", "0000000000000000"),
        HEADER.replace("2de9d55781098642", &"2de9d55781098642".to_uppercase()),
        HEADER.replace("\"2de9d55781098642\"", "null"),
    ] {
        assert_eq!(verify(&header, &body()), Err(TokenError::Signature), "{header}");
    }
    let forged = signed(HEADER, &body().to_string());
    let (_, rest) = forged.split_once('.').unwrap();
    assert_eq!(signer().verify(&format!("{other_header}.{rest}"), Purpose::Access, now()), Err(TokenError::Signature));
}

/// A token has three parts (JWS), not the five of JWE, and none of them is empty.
#[test]
fn more_or_fewer_parts_do_not_pass() {
    let token = signed(HEADER, &body().to_string());
    let parts: Vec<&str> = token.split('.').collect();
    for forged in [
        parts[..2].join("."),
        format!("{}..{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!(".{}.{}", parts[1], parts[2]),
        format!("{token}.{}", parts[2]),
        format!("{token}.."),
        format!("{}.{}.{}", parts[0], parts[1], token),
    ] {
        assert!(signer().verify(&forged, Purpose::Access, now()).is_err(), "{forged}");
    }
}

/// The public half of a key pair is no secret: a token signed with what is public (RFC 8725, section 2.1) or
/// with nothing does not pass.
#[test]
fn another_secret_does_not_pass() {
    let message = format!("{}.{}", base64url(HEADER.as_bytes()), base64url(body().to_string().as_bytes()));
    for key in ["", "0", "-----BEGIN PUBLIC KEY-----", "2de9d55781098642", HEADER] {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(&message);
        let token = format!("{message}.{}", base64url(&mac.finalize().into_bytes()));
        assert_eq!(signer().verify(&token, Purpose::Access, now()), Err(TokenError::Signature), "{key}");
    }
}

proptest! {
    /// Whatever is signed is read again, and one flipped bit anywhere is not.
    #[test]
    fn a_flipped_bit_is_refused(
        user_id in 1..i64::MAX, session in ".{0,40}", id in ".{0,40}", at in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let claims = Claims { user_id, session: session.into(), id: id.into(), ..claims() };
        let token = signer().sign(&claims).unwrap();
        prop_assert_eq!(signer().verify(&token, Purpose::Access, now()), Ok(claims));
        let mut bytes = token.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(flipped) = String::from_utf8(bytes) {
            prop_assert!(signer().verify(&flipped, Purpose::Access, now()).is_err());
        }
    }
}

#[test]
fn another_purpose_or_maker_does_not_pass() {
    for purpose in ["", "Access", "password_reset", "refresh"] {
        assert_eq!(verify(HEADER, &with(body(), "purpose", purpose.into())), Err(TokenError::Purpose));
    }
    for name in ["iss", "aud"] {
        assert_eq!(verify(HEADER, &with(body(), name, "other".into())), Err(TokenError::Purpose));
    }
}

/// No leeway, and no moment that wraps round.
#[test]
fn time_is_exact() {
    for (name, value, outcome) in [
        ("exp", 1501, Ok(())),
        ("exp", 1500, Err(TokenError::Time)),
        ("exp", 0, Err(TokenError::Time)),
        ("exp", -1, Err(TokenError::Time)),
        ("exp", i64::MIN, Err(TokenError::Time)),
        ("nbf", 1500, Ok(())),
        ("nbf", 1501, Err(TokenError::Time)),
        ("iat", 1501, Err(TokenError::Time)),
        ("iat", i64::MAX, Err(TokenError::Time)),
    ] {
        assert_eq!(verify(HEADER, &with(body(), name, value.into())), outcome, "{name}: {value}");
    }
    assert_eq!(verify(HEADER, &with(body(), "exp", i64::MAX.into())), Err(TokenError::Malformed));
    let large: Value = serde_json::from_str("18446744073709551615").unwrap();
    assert_eq!(verify(HEADER, &with(body(), "exp", large)), Err(TokenError::Malformed));
}

/// What two readers could understand differently.
#[test]
fn ambiguous_json_does_not_pass() {
    let body = body().to_string();
    for name in ["iss", "aud", "sub", "sid", "jti", "purpose", "kwik_impersonate", "iat", "nbf", "exp"] {
        let value: Value = serde_json::from_str::<Value>(&body).unwrap()[name].clone();
        for twice in [
            body.replacen('{', &format!("{{\"{name}\":{value},"), 1),
            body.replace('}', &format!(",\"{name}\":{value}}}")),
        ] {
            let token = signed(HEADER, &twice);
            assert!(signer().verify(&token, Purpose::Access, now()).is_err(), "{name} stands twice");
        }
    }
    for body in [&format!("{body}{{}}"), &format!("[{body}]"), "", "null", "{"] {
        let token = signed(HEADER, body);
        assert!(signer().verify(&token, Purpose::Access, now()).is_err(), "{body}");
    }
    for header in
        [r#"{"alg":"none","alg":"HS256","typ":"JWT"}"#, r#"{"alg":"HS256","alg":"none","typ":"JWT"}"#, "", "[]"]
    {
        assert!(signer().verify(&signed(header, &body), Purpose::Access, now()).is_err(), "{header}");
    }
}
