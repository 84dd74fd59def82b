//! Hashes by bcrypt, as Kwik for Python keeps them: known, so that nobody needs a new password, and never
//! made.

use kwik_domain::Secret;

/// The highest cost that is tried: some four seconds of a processor.
const MAX_COST: u32 = 16;

/// Whether the password has that hash, if it is one: `$2a$`, `$2b$` or `$2y$`, which name the same thing. Of
/// the password 72 bytes count, as in Kwik. One with a NUL in it fits nothing: bcrypt takes what is before
/// it, repeated, for the same password.
pub(super) fn verify(password: &Secret, hash: &str) -> Option<bool> {
    let known = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| hash.starts_with(prefix))
        // The library would read `+4`, too.
        && hash.as_bytes().get(4..6).is_some_and(|cost| cost.iter().all(u8::is_ascii_digit));
    let parts: bcrypt::HashParts = hash.parse().ok().filter(|_| known)?;
    if !(4..=MAX_COST).contains(&parts.get_cost()) {
        return None;
    }
    let fits = bcrypt::verify(password.expose(), hash).unwrap_or(false);
    Some(fits && !password.expose().contains('\0'))
}
