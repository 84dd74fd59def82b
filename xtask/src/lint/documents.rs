//! Paths that documents name exist.
//!
//! A path is the target of a link, or a word in backquotes that begins with a file or folder of the root
//! or of the document's own folder and has a slash in it.

use super::{Findings, Repository};
use crate::cargo::root;
use std::path::{Component, Path, PathBuf};

pub(super) fn check(repository: &Repository) -> Findings {
    let mut findings = Findings::new();
    for (file, text) in repository.texts(".md") {
        for (number, line) in prose(&text) {
            for path in paths_in(line) {
                if !exists(repository, Path::new(file), &path) {
                    findings.push(format!("{file}:{number} names {}, which is not there", path.text));
                }
            }
        }
    }
    findings
}

/// The lines outside of code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!in_code && !fence).then_some((index + 1, line))
    })
}

/// What a document names.
#[derive(Debug, Eq, PartialEq)]
struct Named {
    text: String,
    /// A link is a path in any case; a word only when it begins with something that is there.
    link: bool,
}

fn paths_in(line: &str) -> Vec<Named> {
    let words = line.split('`').skip(1).step_by(2).filter(|word| is_path(word));
    let links = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let links = links.filter_map(|link| link.split('#').next()).filter(|link| !link.is_empty() && !link.contains(':'));
    let named = |text: &str, link| Named { text: text.to_owned(), link };
    words.map(|word| named(word, false)).chain(links.map(|link| named(link, true))).collect()
}

/// Whether a word in backquotes can be a path: no pattern, no address, no command.
fn is_path(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    word.contains('/') && !word.starts_with('/') && !word.contains("//") && word.bytes().all(plain)
}

fn exists(repository: &Repository, document: &Path, named: &Named) -> bool {
    let folder = document.parent().unwrap_or(Path::new(""));
    let candidates = [clean(Path::new(&named.text)), clean(&folder.join(&named.text))];
    if candidates.iter().any(|path| root().join(path).exists()) {
        return true;
    }
    let first = |path: &PathBuf| path.components().next().map(|first| first.as_os_str().to_owned());
    let known = |path: &PathBuf| {
        let first = first(path).map(|first| first.to_string_lossy().into_owned());
        first.is_some_and(|first| {
            let inside = format!("{first}/");
            repository.files.iter().any(|file| file.starts_with(&inside))
        })
    };
    // The second candidate always begins inside the repository: only its own part can tell.
    let own = first(&PathBuf::from(&named.text)).is_some_and(|first| root().join(folder).join(first).exists());
    !(named.link || known(&candidates[0]) || own)
}

/// A path without `.` and `..`.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                clean.pop();
            }
            Component::Normal(part) => clean.push(part),
            _ => {}
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        paths_in(line).into_iter().map(|named| named.text).collect()
    }

    #[test]
    fn paths_are_told_from_other_code() {
        let line = "`crates/app/src` and `GET /api/v1/`, `/livez`, `text/*`, `a::b`, [x](docs/a.md#b), [y](https://z)";
        assert_eq!(texts(line), ["crates/app/src", "docs/a.md"]);
    }

    #[test]
    fn code_blocks_are_left_out() {
        let text = "a\n```\nb\n```\nc";
        assert_eq!(prose(text).collect::<Vec<_>>(), [(1, "a"), (5, "c")]);
    }

    #[test]
    fn a_path_is_cleaned() {
        assert_eq!(clean(Path::new("docs/adr/../../README.md")), Path::new("README.md"));
    }
}
