//! What the machinery of the tests reads from the environment: nothing else reads it.

use std::path::PathBuf;

/// The address of a PostgreSQL server for tests.
pub(super) const DATABASE_URL: &str = "KWIK_TEST_DATABASE_URL";
/// The id of the run that a process belongs to; `kwik-test-server` sets it for its command.
pub(super) const RUN: &str = "KWIK_TEST_RUN";
/// Whether golden files are to be written.
const UPDATE: &str = "KWIK_TEST_UPDATE";
/// The image that a Docker engine starts.
const POSTGRES_IMAGE: &str = "KWIK_TEST_POSTGRES_IMAGE";

/// Whether golden files are to be written rather than compared with.
pub(crate) fn update_is_asked_for() -> bool {
    read(UPDATE).is_some_and(|value| value == "1")
}

/// The server that the caller or `kwik-test-server` provides.
pub(super) fn database_url() -> Option<String> {
    read(DATABASE_URL)
}

/// The run that this process belongs to.
pub(super) fn run() -> Option<String> {
    read(RUN)
}

/// The PostgreSQL image, `postgres:15` unless the environment says otherwise.
pub(super) fn postgres_image() -> String {
    read(POSTGRES_IMAGE).unwrap_or_else(|| "postgres:15".to_owned())
}

/// The folders in which programs are looked for.
pub(super) fn program_folders() -> Vec<PathBuf> {
    let path = read("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no settings: this is the one place where their environment enters"
)]
fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
