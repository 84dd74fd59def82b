//! The sizes of files and of the core.

use super::{Findings, Repository};

/// A file of source has no more lines than this.
const FILE: usize = 800;
/// A longer file is mentioned.
const LONG: usize = 400;
/// The core has no more lines than this, tests left out.
const CORE: usize = 12_000;
/// The crates of the core.
const CRATES: [&str; 5] = ["domain", "app", "api", "macros", "adapters"];

pub(super) fn check(repository: &Repository) -> Findings {
    let mut findings = Findings::new();
    let mut core = 0;
    for (file, text) in repository.texts(".rs") {
        let lines = text.lines().count();
        if lines > FILE {
            findings.push(format!("{file} has {lines} lines; {FILE} are allowed"));
        } else if lines > LONG {
            eprintln!("lint: {file} has {lines} lines, which is long");
        }
        if is_core(file) {
            core += lines_without_tests(&text);
        }
    }
    eprintln!("lint: the core has {core} of {CORE} lines");
    if core > CORE {
        findings.push(format!("the core has {core} lines; {CORE} are allowed"));
    }
    findings
}

/// Whether a file is a source of the core and not of its tests.
fn is_core(file: &str) -> bool {
    let source = CRATES
        .iter()
        .any(|name| file.starts_with(&format!("crates/{name}/src/")));
    source && !file.ends_with("/tests.rs") && !file.contains("/tests/")
}

/// The lines before the module of tests, which closes a file.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let is_tests = |pair: &[&str]| {
        pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    };
    lines.windows(2).position(is_tests).unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(lines_without_tests(text), 2);
        assert_eq!(
            lines_without_tests("#[cfg(test)]\nmod tests;\nfn a() {}\n"),
            3
        );
        assert!(is_core("crates/app/src/crud/create.rs"));
        assert!(!is_core("crates/app/src/crud/tests.rs"));
        assert!(!is_core("crates/testkit/src/lib.rs"));
    }
}
