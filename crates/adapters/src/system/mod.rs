//! The machine's clock and its source of randomness.

use chrono::{DateTime, Utc};
use kwik_domain::{Clock, Random};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter of the port")]
        let now = Utc::now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }
}

/// The machine's source of randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// # Panics
    ///
    /// When the operating system has no randomness to give: nothing may go on without.
    fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        #[expect(clippy::expect_used, reason = "keys and salts that can be foreseen are worse than a stop")]
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}
