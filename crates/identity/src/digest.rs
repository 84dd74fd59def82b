//! Secrets as they are kept, and random text.

use kwik_domain::Random;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// SHA-256 as 64 hexadecimal digits: for what has too many random bits to be guessed, or is no secret.
pub(crate) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// 32 hexadecimal digits: 128 bits that nobody can foresee.
pub(crate) fn random_text(random: &dyn Random) -> String {
    hex(&random.bytes())
}

/// Two hexadecimal digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        // Writing into a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_sha_256() {
        // FIPS 180-4's example of one block.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256("abc"), expected);
    }
}
