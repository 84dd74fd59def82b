//! Licences, sources and known weaknesses of what we depend on, by cargo-deny.

use super::{Findings, cargo_says};
use crate::cargo::cargo;
use crate::step;

const MISSING: &str =
    "cargo-deny is not installed: `cargo install cargo-deny --locked`, or leave it out with --without-deny";
/// What needs nothing but the lock file and the packages.
const OFFLINE: [&str; 6] = ["deny", "--log-level=error", "check", "licenses", "bans", "sources"];

pub(super) fn check() -> Findings {
    if !step::succeeds(cargo().args(["deny", "--version"])) {
        return vec![MISSING.to_owned()];
    }
    let mut findings = cargo_says(&OFFLINE, None);
    // The database of advisories cannot be fetched on every machine.
    if step::succeeds(cargo().args(["deny", "--log-level=off", "fetch", "db"])) {
        findings.extend(cargo_says(&["deny", "--log-level=error", "check", "advisories"], None));
    } else {
        eprintln!("lint: the database of advisories cannot be fetched here; advisories are not checked");
    }
    findings
}
