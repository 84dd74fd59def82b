//! Lines for the person at the terminal.

use std::io::Write;

/// Writes a line to the standard output. A closed pipe is nobody's concern.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Writes a line to the standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
