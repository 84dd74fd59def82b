//! The sizes of files and of the core.

use super::{Findings, Repository};

/// A file of source has no more lines than this.
const FILE: usize = 800;
/// A longer file is mentioned.
const LONG: usize = 400;
/// The core has no more lines of code than this: tests, comments and empty lines left out.
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
            let own = lines_without_tests(&text);
            core += text.lines().take(own).filter(|line| is_code(line)).count();
        }
    }
    eprintln!("lint: the core has {core} of {CORE} lines of code");
    if core > CORE {
        findings.push(format!("the core has {core} lines of code; {CORE} are allowed"));
    }
    findings
}

/// Whether a file is a source of the core and not of its tests.
fn is_core(file: &str) -> bool {
    let source = CRATES.iter().any(|name| file.starts_with(&format!("crates/{name}/src/")));
    source && !file.ends_with("/tests.rs") && !file.contains("/tests/")
}

/// Whether a line is neither empty nor a comment.
fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("//")
}

/// The lines before the module of tests, which closes a file.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let is_tests = |at: usize| {
        // Between the attribute and the module there may be another attribute.
        let module = lines[at + 1..].iter().find(|line| !line.starts_with("#["));
        lines[at] == "#[cfg(test)]" && module.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    };
    (0..lines.len()).find(|at| is_tests(*at)).unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(lines_without_tests(text), 2);
        let attribute = "fn a() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n}\n";
        assert_eq!(lines_without_tests(attribute), 1);
        assert_eq!(lines_without_tests("#[cfg(test)]\nmod tests;\nfn a() {}\n"), 3);
        assert!(is_core("crates/app/src/crud/create.rs"));
        assert!(!is_core("crates/app/src/crud/tests.rs"));
        assert!(!is_core("crates/testkit/src/lib.rs"));
    }
}
