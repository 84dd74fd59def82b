//! No file keeps traces of the machine it was made on: the mirror of a registry, or a home folder.

use super::{Findings, Repository};

/// Hosts of package registries. In parts, so that this file does not name them.
const HOSTS: [&str; 6] = [
    concat!("registry", ".npmjs", ".org"),
    concat!("registry", ".yarnpkg", ".com"),
    concat!("index", ".crates", ".io"),
    concat!("static", ".crates", ".io"),
    concat!("files", ".pythonhosted", ".org"),
    concat!("/simple", "/pypi"),
];
/// How paths of one machine begin.
const FOLDERS: [&str; 5] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:\\", "Users"),
];
/// Where Cargo.lock says that packages come from.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(repository: &Repository) -> Findings {
    let mut findings = Findings::new();
    for (file, text) in repository.texts("") {
        for (index, line) in text.lines().enumerate() {
            if let Some(trace) = trace_in(file, line) {
                findings.push(format!("{file}:{} has {trace}", index + 1));
            }
        }
    }
    findings
}

/// What betrays the machine in a line.
fn trace_in(file: &str, line: &str) -> Option<String> {
    let source = line.strip_prefix("source = \"").and_then(|rest| rest.strip_suffix('"'));
    if file.ends_with("Cargo.lock") && source.is_some_and(|source| source != CRATES) {
        return Some("a package from somewhere else than crates.io".to_owned());
    }
    let host = HOSTS.iter().find(|host| line.contains(*host));
    if let Some(host) = host {
        return Some(format!("the host of a registry, {host}"));
    }
    let folder = FOLDERS.iter().find(|folder| begins_a_path(line, folder));
    folder.map(|folder| format!("a path of one machine, {folder}…"))
}

/// Whether a folder occurs as the beginning of an absolute path, not inside of a longer one.
fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-})".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_found() {
        let folder = format!("see {}someone/x", FOLDERS[0]);
        assert!(trace_in("a.md", &folder).is_some());
        assert!(trace_in("a.md", &format!("https://example.org{}", FOLDERS[3])).is_none());
        assert!(trace_in("package-lock.json", HOSTS[0]).is_some());
    }

    #[test]
    fn a_lock_file_may_name_crates_io_alone() {
        let source = |from: &str| format!("source = \"{from}\"");
        assert!(trace_in("Cargo.lock", &source(CRATES)).is_none());
        assert!(trace_in("Cargo.lock", &source("registry+https://mirror.example.org")).is_some());
    }
}
