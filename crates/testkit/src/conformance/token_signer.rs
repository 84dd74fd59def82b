//! What every [`TokenSigner`] must do.

use chrono::{DateTime, Duration, Utc};
use kwik_domain::{Claims, Purpose, TokenError, TokenSigner};

/// A moment between the token's making and its end.
fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
}

fn claims() -> Claims {
    Claims {
        user_id: 7,
        impersonator: None,
        session: "0190-session".into(),
        id: "0190-token".into(),
        purpose: Purpose::Access,
        issued_at: noon() - Duration::seconds(60),
        expires_at: noon() + Duration::seconds(60),
    }
}

fn verify(signer: &dyn TokenSigner, token: &str) -> Result<Claims, TokenError> {
    signer.verify(token, Purpose::Access, noon())
}

/// A token says what was signed, to the last claim.
pub fn says_what_was_signed(signer: &dyn TokenSigner) {
    for user_id in [1, 7, i64::MAX] {
        for impersonator in [None, Some(1), Some(i64::MAX)] {
            for session in ["", "s", "\"}{\\", "сеанс", &"x".repeat(500)] {
                let claims = Claims { user_id, impersonator, session: session.into(), id: session.into(), ..claims() };
                let token = signer.sign(&claims).expect("a token");
                assert_eq!(verify(signer, &token), Ok(claims));
            }
        }
    }
}

/// A token is valid from the second in which it was made until before the one in which it ends.
pub fn has_its_time(signer: &dyn TokenSigner) {
    let claims = claims();
    let token = signer.sign(&claims).expect("a token");
    let at = |moment: DateTime<Utc>| signer.verify(&token, Purpose::Access, moment);
    let second = Duration::seconds(1);
    assert_eq!(at(claims.issued_at), Ok(claims.clone()));
    assert_eq!(at(claims.expires_at - second), Ok(claims.clone()));
    for moment in [claims.issued_at - second, claims.expires_at, claims.expires_at + second] {
        assert_eq!(at(moment), Err(TokenError::Time), "{moment}");
    }
    for moment in [DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
        assert_eq!(at(moment), Err(TokenError::Time), "{moment}");
    }
}

/// A token of one purpose never passes as one of another.
pub fn has_its_purpose(signer: &dyn TokenSigner) {
    for (purpose, other) in [(Purpose::Access, Purpose::Refresh), (Purpose::Refresh, Purpose::Access)] {
        let claims = Claims { purpose, ..claims() };
        let token = signer.sign(&claims).expect("a token");
        assert_eq!(signer.verify(&token, purpose, noon()), Ok(claims));
        assert_eq!(signer.verify(&token, other, noon()), Err(TokenError::Purpose));
    }
}

/// Keys rotate: what a former key signed is still good, where that key is known; new tokens are of the
/// current key. `before` has one key, `after` another one and knows the first.
pub fn keys_rotate(before: &dyn TokenSigner, after: &dyn TokenSigner) {
    let (old, new) = (before.sign(&claims()).expect("a token"), after.sign(&claims()).expect("a token"));
    assert_ne!(old, new);
    assert_eq!(verify(after, &old), Ok(claims()));
    assert_eq!(verify(after, &new), Ok(claims()));
    assert_eq!(verify(before, &new), Err(TokenError::Signature));
    // The header of one key with the signature of the other.
    let (Some((old_head, old_rest)), Some((new_head, new_rest))) = (old.split_once('.'), new.split_once('.')) else {
        panic!("no token has parts");
    };
    for forged in [format!("{old_head}.{new_rest}"), format!("{new_head}.{old_rest}")] {
        assert_eq!(verify(after, &forged), Err(TokenError::Signature));
    }
}

/// A token of another key is refused, and says nothing.
pub fn another_key_does_not_pass(signer: &dyn TokenSigner, other: &dyn TokenSigner) {
    let token = other.sign(&claims()).expect("a token");
    assert!(verify(other, &token).is_ok());
    assert_eq!(verify(signer, &token), Err(TokenError::Signature));
    // The body of one with the signature of the other.
    let own = signer.sign(&Claims { user_id: 8, ..claims() }).expect("a token");
    let (body, _) = token.rsplit_once('.').expect("parts");
    let (_, signature) = own.rsplit_once('.').expect("parts");
    assert!(verify(signer, &format!("{body}.{signature}")).is_err());
}

/// One changed, missing or added byte, anywhere, and the token is refused.
pub fn every_byte_counts(signer: &dyn TokenSigner) {
    let token = signer.sign(&claims()).expect("a token");
    assert!(token.is_ascii());
    for at in 0..token.len() {
        for byte in b"AQgw019-_.= ~" {
            let mut changed = token.as_bytes().to_vec();
            if changed[at] == *byte {
                continue;
            }
            changed[at] = *byte;
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(verify(signer, &changed).is_err(), "byte {at} was changed to {:?}", char::from(*byte));
        }
        let (before, after) = token.split_at(at);
        assert!(verify(signer, &format!("{before}{}", &after[1..])).is_err(), "byte {at} is missing");
        assert!(verify(signer, &format!("{before}A{after}")).is_err(), "a byte was added at {at}");
        assert!(verify(signer, before).is_err(), "cut at {at}");
    }
    for added in ["A", "=", "==", ".", " ", "\n", "\0"] {
        assert!(verify(signer, &format!("{token}{added}")).is_err(), "{added:?} was added");
        assert!(verify(signer, &format!("{added}{token}")).is_err(), "{added:?} was put before");
    }
}

/// What is no token at all is refused, however large.
pub fn garbage_is_refused(signer: &dyn TokenSigner) {
    let dots = ".".repeat(10_000);
    let long = "A".repeat(1_000_000);
    for garbage in ["", ".", "..", "...", "a.b.c", "e30.e30.e30", "Bearer x", "null", "\u{0}", "é.é.é", &dots, &long]
    {
        assert!(verify(signer, garbage).is_err(), "{:?}", &garbage.get(..20));
    }
}

/// A token says the same however often it is looked at; nothing is used up.
pub fn may_be_shown_again(signer: &dyn TokenSigner) {
    let token = signer.sign(&claims()).expect("a token");
    for _ in 0..3 {
        assert_eq!(verify(signer, &token), Ok(claims()));
    }
}
