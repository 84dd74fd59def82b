//! The load generator: wrk, one thread, a script an operation.

use std::path::Path;

use tokio::process::Command;

use crate::{failure::Failure, workspace::output};

/// What one run of it saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    /// Answers, all statuses.
    pub(crate) requests: f64,
    /// How long it ran.
    pub(crate) seconds: f64,
    /// Half of the answers took less, in milliseconds.
    pub(crate) p50_ms: f64,
    /// All but one in a hundred took less, in milliseconds.
    pub(crate) p99_ms: f64,
    /// Answers that were no success, and connections that broke.
    pub(crate) errors: f64,
}

/// Looks that the program is there; it ends with status 1 when it only shows its version.
pub(crate) async fn check() -> Result<(), Failure> {
    let asked = Command::new("wrk").arg("--version").output().await;
    asked.map(|_| ()).map_err(|_| Failure::NoWrk)
}

/// Loads the port with the script.
pub(crate) async fn run(script: &Path, port: u16, connections: u64, seconds: u64) -> Result<Load, Failure> {
    let mut command = Command::new("wrk");
    command
        .args(["--threads", "1", "--timeout", "10s"])
        .args(["--connections", &connections.to_string()])
        .args(["--duration", &format!("{seconds}s")])
        .arg("--script")
        .arg(script)
        .arg(format!("http://127.0.0.1:{port}"));
    let text = output(&mut command, "wrk").await?;
    parse(&text).ok_or(Failure::Output("wrk"))
}

fn parse(text: &str) -> Option<Load> {
    let line = text.lines().find_map(|line| line.strip_prefix("figures "))?;
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [requests, micros, p50, p99, status, broken] = numbers[..] else {
        return None;
    };
    Some(Load { requests, seconds: micros / 1e6, p50_ms: p50 / 1e3, p99_ms: p99 / 1e3, errors: status + broken })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn the_line_of_figures_is_found_among_the_rest() {
        let load = super::parse("Running 4s test\nfigures 4000 2000000 1500 9000 1 2\n").unwrap();
        assert!((load.seconds - 2.0).abs() < 1e-9);
        assert!((load.errors - 3.0).abs() < 1e-9);
        assert!(super::parse("nothing").is_none());
    }
}
