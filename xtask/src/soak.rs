//! The random tests with many more cases than a change waits for.

use crate::cargo::{self, cargo};
use crate::step::{self, Failure};
use crate::test::{TESTKIT, under};

/// Tests, how many cases each of them tries in a soak of one round, and what that makes.
const TESTS: [(&str, &str, u64, &str); 6] = [
    // 2,048 decisions a case: see the property's own page.
    ("kwik-adapters", "filters_agree_with_memory", 500, "1,024,000 decisions on each engine"),
    ("kwik-adapters", "test(/cursors|scopes_of_writes|never_mixed_up|estimates|never_gives/)", 150, "reads and writes"),
    ("kwik-query", "test(random::)", 20_000, "texts of filters"),
    ("kwik-query", "test(tokens::)", 20_000, "page tokens"),
    ("customers", "two_instances", 1_000, "revocations on two processes"),
    ("customers", "enumeration", 200, "failed sign-ins"),
];

/// Runs them; `--rounds N` multiplies the cases.
pub(crate) fn soak(arguments: &[String]) -> Result<(), Failure> {
    let rounds = match arguments {
        [] => 1,
        [flag, number] if flag == "--rounds" => number.parse::<u64>().map_err(|_| usage())?.max(1),
        _ => return Err(usage()),
    };
    let workspace = cargo::workspace()?;
    step::run(cargo().args([
        "nextest",
        "run",
        "--no-run",
        "-p",
        "kwik-adapters",
        "-p",
        "kwik-query",
        "-p",
        "kwik-testkit",
        "-p",
        "customers",
    ]))?;
    step::run(cargo().arg("build").args(TESTKIT))?;
    let server = workspace.target.join("debug/kwik-test-server");
    for (package, tests, cases, what) in TESTS {
        let cases = cases * rounds;
        eprintln!("\nxtask soak: {package}, {tests}: {cases} cases each ({what}, times {rounds})");
        let selected = if tests.starts_with("test(") { tests.to_owned() } else { format!("test({tests})") };
        let mut command = under(&server, false);
        command.env("KWIK_SOAK_CASES", cases.to_string());
        command.args([
            "nextest",
            "run",
            "--profile",
            "soak",
            "--success-output",
            "final",
            "-p",
            package,
            "-E",
            &selected,
        ]);
        step::run(&mut command)?;
    }
    Ok(())
}

fn usage() -> Failure {
    Failure::usage("`cargo xtask soak` takes `--rounds N`, a number from 1 on, or nothing".to_owned())
}
