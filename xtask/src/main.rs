//! The tools of the repository, behind `cargo xtask`.
//!
//! It calls what is there (cargo, the example's own command line, `kwik-test-server`) and adds what no
//! tool checks: the arrows between the crates, the documents, the sizes. It depends on little and
//! compiles in a moment. It must not hold anything that a user's own project would need as well.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod cargo;
mod example;
mod lint;
mod soak;
mod step;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  run [--release] [--example NAME] [ARGUMENT]...
              builds and starts an example (customers); its own command line follows, `serve` if none
  migrate …   the example's own `migrate`
  openapi …   the example's own `openapi`
  test [--sqlite] [ARGUMENT]...
              all tests, on SQLite and on PostgreSQL; further arguments go to cargo nextest
              (or cargo test), such as `-p kwik-domain` or a part of a test's name
  lint [--without-deny]
              everything that must hold before a change lands
  soak [--rounds N]
              the random tests with many more cases, on both engines; needs cargo-nextest
  bench …     measures the service beside two that are written by hand
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_else(|| "help".to_owned());
    let arguments: Vec<String> = arguments.collect();
    let done = match command.as_str() {
        "run" => example::run(&arguments),
        "migrate" | "openapi" | "user" | "check" => example::call(&command, &arguments),
        "test" => test::test(&arguments),
        "lint" => lint::lint(&arguments),
        "soak" => soak::soak(&arguments),
        "bench" => bench(&arguments),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(step::Failure::usage(format!("`{other}` is no command\n\n{HELP}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn bench(arguments: &[String]) -> Result<(), step::Failure> {
    let runner = ["run", "--release", "--package", "bench-runner", "--bin", "bench", "--"];
    step::run(cargo::cargo().args(runner).args(arguments))
}
