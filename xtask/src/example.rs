//! Building an example and handing over to its own command line.

use crate::cargo::{cargo, root, workspace};
use crate::step::{self, Failure};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// The example of the README.
const DEFAULT: &str = "customers";

/// What `cargo xtask run` was asked for.
#[derive(Debug, Eq, PartialEq)]
struct Request {
    release: bool,
    example: String,
    arguments: Vec<String>,
}

/// Builds an example and becomes it. Our own options may stand before its arguments.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    start(&parse(arguments)?)
}

/// Calls one command of the default example, such as `migrate`.
pub(crate) fn call(command: &str, arguments: &[String]) -> Result<(), Failure> {
    let arguments = std::iter::once(command.to_owned()).chain(arguments.iter().cloned());
    start(&Request { release: false, example: DEFAULT.to_owned(), arguments: arguments.collect() })
}

fn parse(arguments: &[String]) -> Result<Request, Failure> {
    let mut request = Request { release: false, example: DEFAULT.to_owned(), arguments: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--release" => request.release = true,
            "--example" => {
                let name = rest.next();
                let name = name.ok_or_else(|| Failure::usage("--example needs a name"))?;
                request.example.clone_from(name);
            }
            "--" => request.arguments.extend(rest.by_ref().cloned()),
            _ => request.arguments.push(argument.clone()),
        }
    }
    // Options alone are those of the command that one means by `run`.
    if request.arguments.first().is_none_or(|first| first.starts_with('-')) {
        request.arguments.insert(0, "serve".to_owned());
    }
    Ok(request)
}

/// Builds with cargo's own progress, then becomes the program: signals reach it and nothing else.
/// Its working directory is the root, under which the ignored folder `data` keeps its files.
fn start(request: &Request) -> Result<(), Failure> {
    let workspace = workspace()?;
    let mut build = cargo();
    build.args(["build", "--package", &request.example]);
    let profile = if request.release {
        build.arg("--release");
        "release"
    } else {
        "debug"
    };
    step::run(&mut build)?;
    let program = workspace.target.join(profile).join(&request.example);
    let error = Command::new(&program).args(&request.arguments).current_dir(root()).exec();
    Err(Failure::new(format!("{} cannot be started: {error}", program.display())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn request(words: &str) -> Request {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        parse(&words).unwrap()
    }

    #[test]
    fn serves_by_default() {
        assert_eq!(request("").arguments, ["serve"]);
        assert_eq!(request("--port 80").arguments, ["serve", "--port", "80"]);
    }

    #[test]
    fn passes_arguments_on() {
        let asked = request("--release --example shop migrate up -- --release");
        assert!(asked.release);
        assert_eq!(asked.example, "shop");
        assert_eq!(asked.arguments, ["migrate", "up", "--release"]);
    }
}
