//! The text of API keys.

use crate::digest::{hex, sha256};
use kwik_domain::{Random, Secret};

/// What every key begins with: people and scanners of source code know it by that.
const PREFIX: &str = "kwik_";
/// Hexadecimal digits that nobody can foresee: 160 bits.
const RANDOM: usize = 40;
/// Hexadecimal digits of the checksum: a mistyped key is refused without asking the database.
const CHECKSUM: usize = 8;

/// An API key as it is sent: `kwik_`, 40 hexadecimal digits at random, and 8 of a checksum, all in lower
/// case. It does not print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyText(Secret);

impl ApiKeyText {
    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        let digits = hex(&[random.bytes(), random.bytes()].concat());
        let body = format!("{PREFIX}{}", &digits[..RANDOM]);
        Self(Secret::new(format!("{body}{}", checksum(&body))))
    }

    /// Whether a text is meant to be a key, right or wrong.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The key that this text is; none when its form or its checksum is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() != RANDOM + CHECKSUM || !digits.bytes().all(is_digit) {
            return None;
        }
        let (body, sum) = text.split_at(PREFIX.len() + RANDOM);
        (checksum(body) == sum).then(|| Self(Secret::new(text)))
    }

    /// The key itself, to be shown once.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored of it: SHA-256 as 64 hexadecimal digits. It has too many bits to be guessed, so a
    /// slow hash would gain nothing.
    pub fn hash(&self) -> String {
        sha256(self.expose())
    }

    /// Its last four characters, by which keys are told apart.
    pub fn suffix(&self) -> &str {
        let text = self.expose();
        &text[text.len() - 4..]
    }
}

fn checksum(body: &str) -> String {
    let mut sum = sha256(body);
    sum.truncate(CHECKSUM);
    sum
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering::SeqCst};

    #[derive(Default)]
    struct Counted(AtomicU8);

    impl Random for Counted {
        fn bytes(&self) -> [u8; 16] {
            std::array::from_fn(|_| self.0.fetch_add(37, SeqCst))
        }
    }

    #[test]
    fn a_key_has_its_form_and_reads_back() {
        let random = Counted::default();
        let (key, other) = (ApiKeyText::generate(&random), ApiKeyText::generate(&random));
        assert_ne!(key, other);
        assert_eq!(key.expose().len(), 53);
        assert!(key.expose().starts_with("kwik_00254a6f94"), "{}", key.expose());
        assert_eq!(ApiKeyText::parse(key.expose()).unwrap(), key);
        assert!(key.expose().ends_with(key.suffix()) && key.suffix().len() == 4);
        assert_eq!(key.hash().len(), 64);
        assert_ne!(key.hash(), other.hash());
        assert_eq!(format!("{key:?}"), "ApiKeyText(Secret(***))");
    }

    #[test]
    fn the_checksum_is_the_beginning_of_sha_256() {
        let body = format!("kwik_{}", "0".repeat(40));
        // printf kwik_000… | sha256sum
        assert_eq!(checksum(&body), CHECKSUM_OF_ZEROS);
        assert!(ApiKeyText::parse(&format!("{body}{CHECKSUM_OF_ZEROS}")).is_some());
    }

    const CHECKSUM_OF_ZEROS: &str = "5802333d";

    #[test]
    fn no_character_can_be_changed_left_out_or_added() {
        let random = Counted::default();
        for _ in 0..4 {
            let key = ApiKeyText::generate(&random);
            let text = key.expose();
            for at in 0..text.len() {
                let (before, after) = (&text[..at], &text[at + 1..]);
                for other in (' '..='~').chain(['\0', 'é', '０']).filter(|c| !text[at..].starts_with(*c)) {
                    assert!(ApiKeyText::parse(&format!("{before}{other}{after}")).is_none(), "{at} {other}");
                    assert!(ApiKeyText::parse(&format!("{before}{other}{}", &text[at..])).is_none(), "{at} {other}");
                }
                assert!(ApiKeyText::parse(&format!("{before}{after}")).is_none(), "{at}");
            }
            for wrong in [&format!("{text} "), &text.to_uppercase(), ""] {
                assert!(ApiKeyText::parse(wrong).is_none(), "{wrong}");
            }
        }
    }
}
