//! A run of tests: its id, its folder and the names of what it makes.
//!
//! Everything a run makes outside its folder carries the run's id in its name, so that it can be
//! found and removed by whoever notices that the run is over.

use super::environment;
use super::error::ProvisionError;
use super::server::guard::{Guard, Sweeper};
use std::fs::{DirBuilder, File, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// How the folders of runs begin, under the system's folder for temporary files.
const FOLDER: &str = "kwik-test-";
/// The file in a run's folder that its owner keeps locked.
const LOCK: &str = "owner.lock";
/// A folder without a locked file may be one that is just being made for this long.
const SETTLING: Duration = Duration::from_mins(1);

/// The run that a process takes part in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Run {
    id: String,
}

impl Run {
    /// A run with an id that no other has.
    pub(super) fn new() -> Self {
        Self { id: random()[..12].to_owned() }
    }

    /// The run with an id that came from [`Run::id`]; nothing when it did not.
    pub(super) fn from_id(id: &str) -> Option<Self> {
        let proper = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        proper.then(|| Self { id: id.to_owned() })
    }

    /// The run of this process: that of the `kwik-test-server` it runs under, or one of its own.
    pub(super) fn current() -> Result<Self, ProvisionError> {
        match environment::run().as_deref().and_then(Self::from_id) {
            Some(run) => Ok(run),
            None => own().map(|own| own.run.clone()),
        }
    }

    /// Twelve hexadecimal digits.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// How the names of the run's databases begin.
    pub(super) fn prefix(&self) -> String {
        format!("{PREFIX}{}_", self.id)
    }

    /// The name of the session that is open for as long as the run's owner lives.
    pub(super) fn lease(&self) -> String {
        format!("{LEASE}{}", self.id)
    }

    /// The name of the sessions in which databases of the run are made and dropped.
    pub(super) fn session(&self) -> String {
        format!("{PREFIX}{}", self.id)
    }

    /// The run's folder.
    pub(super) fn folder(&self) -> PathBuf {
        std::env::temp_dir().join(format!("{FOLDER}{}", self.id))
    }
}

/// How the names of all databases of all runs begin.
pub(super) const PREFIX: &str = "kwik_test_";
/// How the names of all leases begin; `container.sh` counts them.
pub(super) const LEASE: &str = "kwik_lease_";

/// Sixteen hexadecimal digits that nobody can foretell.
pub(super) fn random() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// A run, its folder and its guard; dropping it removes the folder and what is in it.
#[derive(Debug)]
pub(super) struct OwnedRun {
    pub(super) run: Run,
    pub(super) guard: Guard,
    /// Its lock, released when this process ends, says that the run is alive.
    _lock: File,
}

impl OwnedRun {
    /// Begins a run. Clears up after runs whose owner and guard were both killed.
    pub(super) fn begin(sweeper: &Sweeper) -> Result<Self, ProvisionError> {
        let run = Run::new();
        let folder = run.folder();
        let attempt = || format!("the folder of the run {} cannot be made", folder.display());
        // The guard comes first: there is no moment at which the folder is left to itself.
        let guard = Guard::start(&run, sweeper)?;
        // Others may pass through it (the cluster's account needs to) but not look into it.
        DirBuilder::new().mode(0o711).create(&folder).map_err(ProvisionError::file(attempt()))?;
        let lock = locked(&folder).map_err(ProvisionError::file(attempt()))?;
        clear_dead_runs(&folder);
        Ok(Self { run, guard, _lock: lock })
    }
}

/// The run of a process that no `kwik-test-server` started, which lasts as long as the process.
pub(super) fn own() -> Result<&'static OwnedRun, ProvisionError> {
    static OWN: OnceLock<Result<OwnedRun, String>> = OnceLock::new();
    OWN.get_or_init(|| OwnedRun::begin(&Sweeper::Psql).map_err(|error| error.to_string()))
        .as_ref()
        .map_err(|error| ProvisionError::Way(error.clone()))
}

/// Makes the run's lock file; whoever sees it under its name sees it locked.
fn locked(folder: &Path) -> io::Result<File> {
    let early = folder.join("owner.lock.new");
    let lock = File::create(&early)?;
    lock.lock()?;
    std::fs::rename(early, folder.join(LOCK))?;
    Ok(lock)
}

/// Removes the folders of runs that nobody owns or guards any more.
fn clear_dead_runs(own: &Path) {
    let Ok(account) = own.symlink_metadata().map(|metadata| metadata.uid()) else {
        return;
    };
    let entries = std::env::temp_dir().read_dir().into_iter().flatten();
    for entry in entries.flatten() {
        let id = entry.file_name();
        let run = id.to_str().and_then(|name| name.strip_prefix(FOLDER));
        if let Some(run) = run.and_then(Run::from_id)
            && entry.path() != own
            && is_dead(&entry.path(), account)
        {
            Guard::clear(&run);
        }
    }
}

/// Whether a run's folder belongs to this account and to no living owner.
fn is_dead(folder: &Path, account: u32) -> bool {
    let Ok(metadata) = folder.symlink_metadata() else {
        return false;
    };
    if !metadata.is_dir() || metadata.uid() != account {
        return false;
    }
    match File::open(folder.join(LOCK)) {
        Ok(lock) => !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(_) => metadata.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > SETTLING)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn runs_differ_and_are_known_by_their_id() {
        let (one, other) = (Run::new(), Run::new());
        assert_ne!(one, other);
        assert_eq!(Run::from_id(one.id()).unwrap(), one);
    }

    #[test]
    fn an_id_that_would_break_a_name_is_refused() {
        for id in ["", "abc", "../../../../", "0123456789ab\"", "0123456789a;"] {
            assert_eq!(Run::from_id(id), None, "{id}");
        }
    }
}
