//! Everything that must hold before a change lands. All checks run; their failures come together at the
//! end.

mod arrows;
mod deny;
mod documents;
mod sizes;
mod traces;

use crate::cargo::{Workspace, cargo, files, root, workspace};
use crate::step::{self, Failure};
use std::fs;
use std::time::Instant;

/// What the checks look at.
struct Repository {
    workspace: Workspace,
    /// Paths relative to the root.
    files: Vec<String>,
}

impl Repository {
    /// The files with an ending, and their text.
    fn texts(&self, ending: &str) -> impl Iterator<Item = (&str, String)> {
        let chosen = self.files.iter().filter(move |file| file.ends_with(ending));
        chosen.filter_map(|file| Some((file.as_str(), fs::read_to_string(root().join(file)).ok()?)))
    }
}

/// What a check found wrong, a line each.
type Findings = Vec<String>;

/// Runs all checks.
pub(crate) fn lint(arguments: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = arguments.iter().find(|word| *word != "--without-deny") {
        return Err(Failure::usage(format!("lint does not know `{unknown}`")));
    }
    let without_deny = !arguments.is_empty();
    let repository = Repository { workspace: workspace()?, files: files()? };
    let mut failures = Findings::new();
    let mut check = |name: &str, run: &dyn Fn() -> Findings| {
        eprintln!("lint: {name} …");
        let begin = Instant::now();
        let findings = run();
        let end = if findings.is_empty() { "ok" } else { "FAILED" };
        eprintln!("lint: {name} {end} ({:.1} s)", begin.elapsed().as_secs_f64());
        failures.extend(findings.into_iter().map(|finding| format!("{name}: {finding}")));
    };
    check("arrows", &|| arrows::check(&repository.workspace));
    check("documents", &|| documents::check(&repository));
    check("traces", &|| traces::check(&repository));
    check("sizes", &|| sizes::check(&repository));
    check("format", &|| cargo_says(&["fmt", "--all", "--check"], None));
    check("clippy", &|| cargo_says(&CLIPPY, None));
    check("docs", &|| cargo_says(&DOCS, Some(("RUSTDOCFLAGS", "-D warnings"))));
    if without_deny {
        eprintln!("lint: deny is left out");
    } else {
        check("deny", &deny::check);
    }
    conclude(&failures)
}

const CLIPPY: [&str; 7] = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
const DOCS: [&str; 3] = ["doc", "--workspace", "--no-deps"];

/// What cargo finds wrong; it writes the details itself.
fn cargo_says(arguments: &[&str], variable: Option<(&str, &str)>) -> Findings {
    let mut command = cargo();
    command.args(arguments).envs(variable);
    let failed = step::run(&mut command).err();
    failed.map(|failure| failure.to_string()).into_iter().collect()
}

fn conclude(failures: &[String]) -> Result<(), Failure> {
    if failures.is_empty() {
        eprintln!("\nxtask lint: all checks passed");
        return Ok(());
    }
    let list = failures.join("\n  ");
    Err(Failure::new(format!("lint found {} failure(s):\n  {list}", failures.len())))
}
