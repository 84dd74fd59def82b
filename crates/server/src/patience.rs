//! How long a peer may keep us waiting: a budget that waiting spends and moving bytes earns back.

use std::time::Duration;

use tokio::time::Instant;

/// A token bucket over waiting time.
///
/// Only the time in which we wait for the peer counts. Bytes earn time at the minimum rate, never above the
/// limit. So a peer that stops is given up after the limit, a peer that drips slower than the rate runs out
/// sooner or later, and a peer at or above the rate never does.
#[derive(Debug)]
pub(crate) struct Patience {
    limit: Duration,
    /// What a byte earns, in nanoseconds; zero for rates above a gigabyte a second.
    nanos_per_byte: u64,
    left: Duration,
    waiting_since: Option<Instant>,
}

impl Patience {
    /// `limit` is the longest wait; `rate` the bytes a second that a peer must reach.
    pub(crate) fn new(limit: Duration, rate: u64) -> Self {
        Self { limit, nanos_per_byte: 1_000_000_000 / rate.max(1), left: limit, waiting_since: None }
    }

    /// Waiting begins or goes on; returns when patience ends.
    pub(crate) fn wait(&mut self) -> Instant {
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        since + self.left
    }

    /// Bytes moved; a wait, if any, ends.
    pub(crate) fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.waiting_since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        if self.left < self.limit {
            let earned = (bytes as u64).saturating_mul(self.nanos_per_byte);
            self.left = self.limit.min(self.left + Duration::from_nanos(earned));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    async fn wait_for(patience: &mut Patience, time: Duration) {
        patience.wait();
        tokio::time::advance(time).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_after_the_limit() {
        let mut patience = Patience::new(LIMIT, 1000);
        assert_eq!(patience.wait(), Instant::now() + LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_drip_spends_the_budget() {
        let mut patience = Patience::new(LIMIT, 1000);
        for _ in 0..9 {
            wait_for(&mut patience, Duration::from_secs(1)).await;
            patience.moved(1);
        }
        let left = patience.wait() - Instant::now();
        assert_eq!(left, Duration::from_millis(1009));
    }

    #[tokio::test(start_paused = true)]
    async fn the_minimum_rate_never_runs_out() {
        let mut patience = Patience::new(LIMIT, 1000);
        for _ in 0..100 {
            wait_for(&mut patience, Duration::from_secs(1)).await;
            patience.moved(1000);
        }
        assert_eq!(patience.wait(), Instant::now() + LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_saves_nothing_beyond_the_limit() {
        let mut patience = Patience::new(LIMIT, 1000);
        patience.moved(1_000_000);
        assert_eq!(patience.wait(), Instant::now() + LIMIT);
    }
}
