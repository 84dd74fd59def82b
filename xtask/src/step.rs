//! A program that a task starts, and how a task fails.

use std::fmt;
use std::process::Command;

/// Why a task failed, and with which exit status it ends.
#[derive(Debug)]
pub(crate) struct Failure {
    reason: String,
    code: u8,
}

impl Failure {
    /// The task did not succeed: exit status 1.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code: 1 }
    }

    /// The arguments were wrong: exit status 2.
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code: 2 }
    }

    /// The exit status of the whole program.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

/// Runs a program to its end, on our terminal. Fails with its exit status.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| Failure::new(format!("`{name}` cannot be started: {error}")))?;
    if status.success() {
        return Ok(());
    }
    let shown: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    Err(Failure {
        reason: format!("`{name} {}` failed ({status})", shown.join(" ")),
        code: status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
    })
}

/// What a program writes; a failure when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| Failure::new(format!("`{name}` cannot be started: {error}")))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Failure::new(format!("`{name}` failed: {}", said.trim())))
    }
}

/// Whether a program is there and does what it is asked.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
