//! All tests, on both engines, under one server for the whole run.

use crate::cargo::{self, Package, cargo, root};
use crate::step::{self, Failure};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The package and the program that provides PostgreSQL for a run.
pub(crate) const TESTKIT: [&str; 4] = ["--package", "kwik-testkit", "--bin", "kwik-test-server"];

/// Runs the tests. `--sqlite` leaves PostgreSQL out; everything else goes to the test runner.
pub(crate) fn test(arguments: &[String]) -> Result<(), Failure> {
    let begin = Instant::now();
    let sqlite = arguments.iter().any(|argument| argument == "--sqlite");
    let arguments: Vec<String> = arguments.iter().filter(|argument| *argument != "--sqlite").cloned().collect();
    let workspace = cargo::workspace()?;
    let scope = scope(&arguments, &workspace.packages);
    let runner = Runner::find();
    // Built first: the tests would otherwise hold the server while they compile.
    step::run(cargo().args(runner.building()).args(&scope).args(packages_in(&arguments)))?;
    if scope.is_empty() {
        // The tests of the testkit, which are part of every other scope, have had it built.
        step::run(cargo().arg("build").args(TESTKIT))?;
    }
    let server = workspace.target.join("debug/kwik-test-server");
    let tests = step::run(
        under(&server, sqlite).args(runner.running()).args(&scope).args(runner.arguments(&arguments, sqlite)),
    );
    let documents = if arguments.is_empty() { step::run(cargo().args(["test", "--doc"]).args(&scope)) } else { Ok(()) };
    conclude(tests.and(documents), sqlite, begin)
}

fn conclude(done: Result<(), Failure>, sqlite: bool, begin: Instant) -> Result<(), Failure> {
    let engines = if sqlite { "SQLite alone" } else { "SQLite and PostgreSQL" };
    let seconds = begin.elapsed().as_secs();
    match &done {
        Ok(()) => eprintln!("\nxtask test: passed on {engines} in {seconds} s"),
        Err(_) => eprintln!("\nxtask test: FAILED on {engines} after {seconds} s"),
    }
    done
}

/// `kwik-test-server` with its options, before the command that it runs.
pub(crate) fn under(server: &Path, sqlite: bool) -> Command {
    let mut command = Command::new(server);
    command.current_dir(root());
    if sqlite {
        command.arg("--sqlite");
    }
    command.args(["--", "cargo"]);
    command
}

/// What runs the tests: nextest, or cargo itself where it is not installed.
#[derive(Clone, Copy)]
enum Runner {
    Nextest,
    Cargo,
}

impl Runner {
    fn find() -> Self {
        if step::succeeds(cargo().args(["nextest", "--version"])) {
            return Self::Nextest;
        }
        eprintln!("xtask test: cargo-nextest is not installed; `cargo test` is used instead");
        Self::Cargo
    }

    fn building(self) -> &'static [&'static str] {
        match self {
            Self::Nextest => &["nextest", "run", "--no-run"],
            Self::Cargo => &["test", "--no-run", "--lib", "--bins", "--tests", "--examples"],
        }
    }

    fn running(self) -> &'static [&'static str] {
        match self {
            Self::Nextest => &["nextest", "run"],
            Self::Cargo => &["test", "--no-fail-fast", "--lib", "--bins", "--tests", "--examples"],
        }
    }

    /// The caller's arguments, and those that leave out PostgreSQL.
    fn arguments(self, arguments: &[String], sqlite: bool) -> Vec<String> {
        let mut all = arguments.to_vec();
        if sqlite {
            let own: &[&str] = match self {
                Self::Nextest => &["-E", "not test(/::postgres($|::)/)"],
                Self::Cargo if arguments.iter().any(|word| word == "--") => &["--skip", "::postgres"],
                Self::Cargo => &["--", "--skip", "::postgres"],
            };
            // nextest's own options end at `--`.
            let at = match self {
                Self::Nextest => all.iter().position(|word| word == "--").unwrap_or(all.len()),
                Self::Cargo => all.len(),
            };
            all.splice(at..at, own.iter().map(|word| (*word).to_owned()));
        }
        all
    }
}

/// Which packages are tested: those that the caller names, else all that may have tests.
fn scope(arguments: &[String], packages: &[Package]) -> Vec<String> {
    if !packages_in(arguments).is_empty() {
        return Vec::new();
    }
    let mut scope = vec!["--workspace".to_owned()];
    for package in packages {
        if package.folder.starts_with("benches") && !has_tests(&root().join(&package.folder)) {
            scope.extend(["--exclude".to_owned(), package.name.clone()]);
        }
    }
    scope
}

/// The arguments that choose packages, to be built as they will be run.
fn packages_in(arguments: &[String]) -> Vec<String> {
    let mut chosen = Vec::new();
    let mut rest = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(argument) = rest.next() {
        if argument == "-p" || argument == "--package" {
            chosen.push(argument.clone());
            chosen.extend(rest.next().cloned());
        } else if argument.starts_with("--package=") || (argument.starts_with("-p") && argument.len() > 2) {
            chosen.push(argument.clone());
        }
    }
    chosen
}

/// Whether any source file under a folder has a test.
fn has_tests(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return has_tests(&path);
        }
        path.extension().is_some_and(|extension| extension == "rs")
            && fs::read_to_string(&path).is_ok_and(|text| text.contains("#[test]") || text.contains("::test]"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn chosen_packages_are_found() {
        assert_eq!(packages_in(&words("-p a name --package=b -- -p c")), words("-p a --package=b"));
    }

    #[test]
    fn postgres_is_left_out_before_the_arguments_of_the_tests() {
        let nextest = Runner::Nextest.arguments(&words("name -- --ignored"), true);
        assert_eq!(nextest[1..3], ["-E", "not test(/::postgres($|::)/)"]);
        let cargo = Runner::Cargo.arguments(&words("name"), true);
        assert_eq!(cargo, words("name -- --skip ::postgres"));
    }
}
