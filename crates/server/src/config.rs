//! What the sockets are allowed to cost.

use std::time::Duration;

use super::Drain;

/// Limits of the accept loop and its connections.
///
/// With the defaults a client that stalls in any way is disconnected within 11 seconds. Behind a reverse
/// proxy that pools connections, set [`keep_alive`](Self::keep_alive) above the proxy's own idle time, so that
/// the server never closes a connection which the proxy is about to use.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerConfig {
    /// Time from the first byte of a request (for the first request: from accepting the connection) to the
    /// end of its header block. Default 10 s.
    pub header_timeout: Duration,
    /// How long a connection may be idle between two requests. Default 10 s.
    pub keep_alive: Duration,
    /// How long a client may leave an answer unread. Earned back by reading at
    /// [`min_read_rate`](Self::min_read_rate) or faster, so that a dripping reader runs out as well. Default 10 s.
    pub write_timeout: Duration,
    /// Bytes a second at which a client must read answers in the long run. Default 16 KiB/s.
    pub min_read_rate: u64,
    /// Largest header block with the request line, in bytes. Default 16 KiB; at least 1 KiB is used.
    pub max_header_bytes: usize,
    /// Open connections at once. Further ones are answered 503 `too_many_connections` and closed, so that
    /// clients learn at once, instead of waiting in the kernel's queue. Default 10,000.
    pub max_connections: usize,
    /// Time for requests in flight after the shutdown began; then the rest is cut. Default 10 s.
    pub grace: Duration,
    /// Tells others, such as the readiness check, that the shutdown began. Default: a new one.
    pub drain: Drain,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(10),
            write_timeout: Duration::from_secs(10),
            min_read_rate: 16 * 1024,
            max_header_bytes: 16 * 1024,
            max_connections: 10_000,
            grace: Duration::from_secs(10),
            drain: Drain::default(),
        }
    }
}
