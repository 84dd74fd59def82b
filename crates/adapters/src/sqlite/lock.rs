//! The lock that keeps a second process off the file.

use crate::database::ConnectError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

/// Takes the lock beside the database file; it is held as long as the returned file is open, and
/// the system lets go of it when the process ends in any way.
pub(super) fn lock(database: &Path) -> Result<File, ConnectError> {
    // Beside the file itself, so that a link to it is no way round the lock.
    let file = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let mut path = file.into_os_string();
    path.push(".lock");
    let failed = |reason: std::io::Error| ConnectError::File {
        path: Path::new(&path).display().to_string(),
        reason: reason.to_string(),
    };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ConnectError::InUse { path: database.display().to_string() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
