//! The key that signs.

use super::{SettingsError, reader::Reader};
use kwik_domain::Secret;
use std::path::PathBuf;

/// Where development keeps its database and its key: git-ignored.
pub(super) const DATA: &str = "data";

/// The key's file there.
pub(super) const KEY_FILE: &str = "development.key";

/// Keys that stand in documents and examples.
const KNOWN_KEYS: [&str; 3] = ["changeme", "change-me", "secret"];

/// The key, and whether it was made just now.
pub(super) fn secret_key(reader: &Reader, production: bool) -> Result<(Secret, bool), SettingsError> {
    let name = "KWIK_SECRET_KEY";
    let Some(key) = reader.get(name) else {
        if production {
            return Err(SettingsError::Missing {
                name: name.into(),
                why: "it signs tokens; make one with `openssl rand -hex 32`".into(),
            });
        }
        return Ok(development_key().map_or_else(|| (new_key(), true), |key| (key, false)));
    };
    if is_weak(key) {
        let expected = "at least 32 bytes that nobody can guess; make them with `openssl rand -hex 32`".to_owned();
        return Err(SettingsError::Invalid { name: name.into(), expected });
    }
    Ok((Secret::new(key), false))
}

/// The keys before the current one, whose tokens are still good.
pub(super) fn former_keys(reader: &Reader) -> Result<Vec<Secret>, SettingsError> {
    let name = "KWIK_FORMER_SECRET_KEYS";
    let keys: Vec<_> = reader.list(name).map(str::to_owned).collect();
    if keys.iter().any(|key| is_weak(key)) {
        let expected = "former values of KWIK_SECRET_KEY, separated by commas".to_owned();
        return Err(SettingsError::Invalid { name: name.into(), expected });
    }
    Ok(keys.into_iter().map(Secret::new).collect())
}

fn is_weak(key: &str) -> bool {
    let lower = key.to_lowercase();
    let distinct = key.chars().collect::<std::collections::BTreeSet<_>>().len();
    key.len() < 32 || distinct < 8 || KNOWN_KEYS.iter().any(|known| lower.starts_with(known))
}

/// The key of this machine alone that an earlier start has kept.
pub(super) fn development_key() -> Option<Secret> {
    let key = std::fs::read_to_string(PathBuf::from(DATA).join(KEY_FILE)).ok()?;
    (key.trim().len() >= 32).then(|| Secret::new(key.trim()))
}

/// A key that nobody can guess.
fn new_key() -> Secret {
    let (one, other) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    Secret::new(format!("{}{}", one.simple(), other.simple()))
}

/// Writes a file that only its owner can read.
pub(super) fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
