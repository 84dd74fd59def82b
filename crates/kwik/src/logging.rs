//! The log: lines on the standard error, chosen by `KWIK_LOG`.

use tracing_subscriber::{Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Begins to log what `filter` says: `info`, or `warn,kwik=debug`. Does nothing when the program has
/// a log already.
pub(crate) fn start(filter: Targets) {
    let layer = fmt::layer().with_writer(std::io::stderr).with_target(true).with_filter(filter);
    let _ = tracing_subscriber::registry().with(layer).try_init();
}
