//! Which refresh tokens are being taken right now.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many requests with each refresh token this process is busy with.
#[derive(Clone, Default)]
pub(crate) struct Refreshing(Arc<Mutex<HashMap<Arc<str>, usize>>>);

/// One of those requests, as long as it lives.
pub(crate) struct Taking {
    all: Refreshing,
    id: Arc<str>,
    /// Whether there was another one with the same token when it came.
    pub(crate) is_parallel: bool,
}

impl Refreshing {
    /// Begins with the token of that identifier.
    pub(crate) fn begin(&self, id: Arc<str>) -> Taking {
        let mut all = self.lock();
        let count = all.entry(id.clone()).or_default();
        *count += 1;
        let is_parallel = *count > 1;
        Taking { all: self.clone(), id, is_parallel }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taking {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(count) = all.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_who_comes_while_another_is_there() {
        let all = Refreshing::default();
        let first = all.begin("a".into());
        let (second, other) = (all.begin("a".into()), all.begin("b".into()));
        assert_eq!([&first, &second, &other].map(|taking| taking.is_parallel), [false, true, false]);
        drop(first);
        assert!(all.begin("a".into()).is_parallel);
        drop(second);
        assert!(!all.begin("a".into()).is_parallel);
        drop(other);
        assert!(all.lock().is_empty());
    }
}
