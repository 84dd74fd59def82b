//! Time that stands still until a test moves it.

use kwik::{
    adapters::system::SystemClock,
    domain::Clock,
    prelude::{DateTime, Utc},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};

/// A clock that starts with the machine's time.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(SystemClock.now().timestamp_micros())))
    }
}

impl TestClock {
    pub fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), SeqCst);
    }
}

impl Clock for TestClock {
    /// Each time it is asked, a microsecond more: what comes later is later.
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.fetch_add(1, SeqCst)).unwrap()
    }
}
