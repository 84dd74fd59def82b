//! When a connection is given up: its phase and the one deadline that follows from it.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed},
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// No deadline.
const NEVER: u64 = u64::MAX;

/// How long a closing connection goes on discarding what the client still sends, so that the answer is not
/// lost to a reset (RFC 9112, section 9.6).
const LINGER: Duration = Duration::from_secs(1);

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Accepted; no header block was completed yet.
    Fresh,
    /// Between two requests.
    Idle,
    /// In the header block of a later request.
    Head,
    /// A request is worked on or its answer is being produced.
    Busy,
    /// The answer is out; what the client still sends is discarded.
    Lingering,
}

/// The times of one connection, shared by its socket, its service and the timer that watches them.
///
/// All of them run in the task of the connection, so that relaxed atomics suffice.
#[derive(Debug)]
pub(crate) struct ConnectionClock {
    origin: Instant,
    header_timeout: Duration,
    keep_alive: Duration,
    phase: AtomicU8,
    /// Nanoseconds after the origin, or [`NEVER`].
    read_deadline: AtomicU64,
    /// The same, while a write waits for the client.
    write_deadline: AtomicU64,
    has_body: AtomicBool,
    reset: AtomicBool,
}

impl ConnectionClock {
    /// The clock of a connection that was just accepted.
    pub(crate) fn start(header_timeout: Duration, keep_alive: Duration) -> Self {
        let clock = Self {
            origin: Instant::now(),
            header_timeout,
            keep_alive,
            phase: AtomicU8::new(Phase::Fresh as u8),
            read_deadline: AtomicU64::new(NEVER),
            write_deadline: AtomicU64::new(NEVER),
            has_body: AtomicBool::new(false),
            reset: AtomicBool::new(false),
        };
        clock.read_within(header_timeout);
        clock
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) {
            0 => Phase::Fresh,
            1 => Phase::Idle,
            2 => Phase::Head,
            3 => Phase::Busy,
            _ => Phase::Lingering,
        }
    }

    /// Bytes arrived. The first of a request ends idleness; the ones after it win no time.
    pub(crate) fn bytes_read(&self) {
        if self.phase() == Phase::Idle {
            self.enter(Phase::Head);
            self.read_within(self.header_timeout);
        }
    }

    /// A header block is complete. What follows is bounded by the limits of the request.
    pub(crate) fn request_began(&self, has_body: bool) {
        self.enter(Phase::Busy);
        self.has_body.store(has_body, Relaxed);
        self.read_deadline.store(NEVER, Relaxed);
    }

    /// The answer was handed to the socket.
    pub(crate) fn response_ended(&self) {
        self.enter(Phase::Idle);
        self.read_within(self.keep_alive);
    }

    /// A write waits for the client, at the longest until `deadline`.
    pub(crate) fn write_waits(&self, deadline: Instant) {
        self.write_deadline.store(self.nanos(deadline), Relaxed);
    }

    /// A write went on.
    pub(crate) fn write_moved(&self) {
        if self.write_deadline.swap(NEVER, Relaxed) != NEVER && self.phase() == Phase::Idle {
            // The client was busy reading, not idle.
            self.read_within(self.keep_alive);
        }
    }

    /// The answer is out and the connection closes. Whether to discard the rest of a request first: only a
    /// request with a body can have left something unread.
    pub(crate) fn linger(&self) -> bool {
        let linger = self.has_body.load(Relaxed);
        if linger {
            self.enter(Phase::Lingering);
            self.read_within(LINGER);
        }
        linger
    }

    /// Brings the deadline for reading forward to at most `time` from now.
    pub(crate) fn hurry(&self, time: Duration) {
        let deadline = self.nanos(Instant::now() + time);
        self.read_deadline.fetch_min(deadline, Relaxed);
    }

    /// The socket is to be reset instead of closed, so that the kernel drops what it still holds for it.
    pub(crate) fn reset(&self) {
        self.reset.store(true, Relaxed);
    }

    /// Whether [`reset`](Self::reset) was called.
    pub(crate) fn is_reset(&self) -> bool {
        self.reset.load(Relaxed)
    }

    /// Whether a write waits for the client.
    pub(crate) fn is_write_waiting(&self) -> bool {
        self.write_deadline.load(Relaxed) != NEVER
    }

    fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
    }

    fn read_within(&self, time: Duration) {
        let deadline = self.nanos(Instant::now() + time);
        self.read_deadline.store(deadline, Relaxed);
    }

    fn nanos(&self, instant: Instant) -> u64 {
        let nanos = instant.saturating_duration_since(self.origin).as_nanos();
        // 584 years fit.
        u64::try_from(nanos).unwrap_or(NEVER)
    }

    /// What is due next. While a write waits, reading is not the client's turn.
    fn due(&self) -> Option<Instant> {
        let write = self.write_deadline.load(Relaxed);
        let nanos = if write == NEVER { self.read_deadline.load(Relaxed) } else { write };
        (nanos != NEVER).then(|| self.origin + Duration::from_nanos(nanos))
    }

    /// Ends when the connection is to be given up.
    ///
    /// It must be polled after everything that moves deadlines. The timer is only ever set earlier, never
    /// later: a deadline that moved away is noticed when the timer fires. That saves the timer wheel two
    /// visits a request.
    pub(crate) async fn expired(&self) {
        let mut timer = std::pin::pin!(sleep_until(self.origin));
        let mut armed = false;
        poll_fn(|cx| self.poll_expired(timer.as_mut(), &mut armed, cx)).await;
    }

    fn poll_expired(&self, mut timer: Pin<&mut Sleep>, armed: &mut bool, cx: &mut Context<'_>) -> Poll<()> {
        let Some(mut due) = self.due() else {
            return Poll::Pending;
        };
        if !*armed || due < timer.deadline() {
            timer.as_mut().reset(due);
            *armed = true;
        }
        while timer.as_mut().poll(cx).is_ready() {
            match self.due() {
                None => {
                    *armed = false;
                    return Poll::Pending;
                }
                Some(later) => due = later,
            }
            if due <= Instant::now() {
                return Poll::Ready(());
            }
            timer.as_mut().reset(due);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn clock() -> ConnectionClock {
        ConnectionClock::start(Duration::from_secs(10), Duration::from_mins(1))
    }

    #[tokio::test(start_paused = true)]
    async fn a_fresh_connection_expires_after_the_header_timeout() {
        let clock = clock();
        let start = Instant::now();
        clock.bytes_read();
        clock.expired().await;
        assert_eq!(start.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_connection_does_not_expire() {
        let clock = clock();
        clock.request_began(false);
        tokio::time::advance(Duration::from_secs(1000)).await;
        assert!(clock.expired().now_or_never().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_byte_after_idleness_starts_the_header_timeout() {
        let clock = clock();
        let start = Instant::now();
        clock.request_began(false);
        clock.response_ended();
        tokio::time::advance(Duration::from_secs(5)).await;
        clock.bytes_read();
        tokio::time::advance(Duration::from_secs(5)).await;
        clock.bytes_read();
        clock.expired().await;
        assert_eq!(start.elapsed().as_secs(), 15);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_moved_away_is_noticed() {
        let clock = clock();
        let start = Instant::now();
        let mut expired = std::pin::pin!(clock.expired());
        assert!(expired.as_mut().now_or_never().is_none());
        clock.request_began(false);
        clock.response_ended();
        expired.await;
        assert_eq!(start.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiting_write_counts_instead_of_idleness() {
        let clock = clock();
        let start = Instant::now();
        clock.request_began(false);
        clock.response_ended();
        clock.write_waits(Instant::now() + Duration::from_secs(90));
        tokio::time::advance(Duration::from_secs(80)).await;
        assert!(clock.expired().now_or_never().is_none());
        clock.write_moved();
        clock.expired().await;
        assert_eq!(start.elapsed().as_secs(), 140);
    }
}
