//! What a request may cost and which headers its answer carries.

use std::{net::IpAddr, time::Duration};

/// Settings of [`harden`](super::harden).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpConfig {
    /// Largest request body in bytes, with or without `Content-Length`. Default 2 MiB.
    pub max_body_bytes: u64,
    /// How long a client may keep the server waiting for its body. Earned back by sending at
    /// [`min_body_rate`](Self::min_body_rate) or faster, so that a dripping sender runs out as well. Default 10 s.
    pub body_timeout: Duration,
    /// Bytes a second at which a client must send bodies in the long run. Default 16 KiB/s.
    pub min_body_rate: u64,
    /// Time after which a request is answered 503 `timeout`, while its work goes on. It includes reading the
    /// body. Default 30 s.
    pub handler_timeout: Duration,
    /// Whether answers of 500 bytes or more are gzipped for clients that accept it. Default true.
    pub compression: bool,
    /// `max-age` of `Strict-Transport-Security`, for services that are reached over TLS only. Default: not sent.
    pub hsts: Option<Duration>,
    /// Origins, such as `https://app.example.com`, whose scripts may read answers. They are compared exactly;
    /// there is no wildcard. Default: none, which turns CORS off.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed. Default: none.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            max_body_bytes: 2 * 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            min_body_rate: 16 * 1024,
            handler_timeout: Duration::from_secs(30),
            compression: true,
            hsts: None,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
        }
    }
}
