//! The log: a line an event on the standard error, chosen by `KWIK_LOG`.
//!
//! `2026-01-31T09:30:00.000000Z INFO kwik::access method=GET path=/livez status=200 …`: the time, the
//! level, the target, the message if there is one, the fields. Control characters are escaped, so that
//! an event is one line whatever is in it.

use kwik_adapters::system::SystemClock;
use kwik_api::server::RequestId;
use kwik_domain::{Clock, json::rfc3339};
use std::{
    cell::RefCell,
    fmt::{self, Write as _},
    io::Write as _,
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

/// Begins to log what `filter` says: `info`, or `warn,kwik=debug`. Does nothing when the program has
/// a log already.
pub(crate) fn start(filter: Targets) {
    let _ = tracing_subscriber::registry().with(Lines.with_filter(filter)).try_init();
}

/// The target of the one line that each request leaves.
const ACCESS: &str = "kwik::access";

/// Writes each event as a line.
struct Lines;

thread_local! {
    /// Where a line is put together, so that it is written at once and its memory is used again.
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        LINE.with_borrow_mut(|line| {
            line.clear();
            let metadata = event.metadata();
            let _ = write!(line, "{} {} {}", rfc3339(SystemClock.now()), metadata.level(), metadata.target());
            event.record(&mut Fields(line));
            // The access line has it among its fields.
            if let (Some(id), true) = (RequestId::current(), metadata.target() != ACCESS) {
                let _ = write!(line, " request_id={id}");
            }
            line.push('\n');
            // A log that cannot be written is nobody's concern.
            let _ = std::io::stderr().lock().write_all(line.as_bytes());
        });
    }
}

/// Appends fields.
struct Fields<'a>(&'a mut String);

impl Fields<'_> {
    fn name(&mut self, field: &Field) {
        self.0.push(' ');
        if field.name() != "message" {
            self.0.push_str(field.name());
            self.0.push('=');
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.name(field);
        let _ = write!(Escaped(self.0), "{value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        let _ = Escaped(self.0).write_str(value);
    }
}

/// Appends text without control characters.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            self.0.push_str(text);
            return Ok(());
        }
        for c in text.chars() {
            // Beside control characters those that break or turn round lines.
            let breaks = matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if c.is_control() || breaks { self.0.extend(c.escape_default()) } else { self.0.push(c) }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stays_one_line() {
        let mut line = String::new();
        let _ = Escaped(&mut line).write_str("a\nb\u{1b}[31m c");
        let _ = Escaped(&mut line).write_str("\u{9b}1m\u{85}\u{2028}\u{202e}é");
        assert_eq!(line, "a\\nb\\u{1b}[31m c\\u{9b}1m\\u{85}\\u{2028}\\u{202e}é");
    }
}
