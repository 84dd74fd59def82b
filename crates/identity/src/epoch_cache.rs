//! What was read of users, for as long as it holds.

use crate::bounded::slot;
use kwik_domain::{Notifier, Result};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock},
};

/// What was read of users, each under the [epoch](Notifier::epoch) of the user whom it is about. What
/// is not there is asked for each time.
pub(crate) struct EpochCache<K, V> {
    notifier: Arc<dyn Notifier>,
    kept: RwLock<HashMap<K, Option<(u64, V)>>>,
}

impl<K: Clone + Hash + Eq, V: Clone> EpochCache<K, V> {
    pub(crate) fn new(notifier: Arc<dyn Notifier>) -> Self {
        Self { notifier, kept: RwLock::default() }
    }

    /// What is kept under that key, void or not.
    pub(crate) fn peek(&self, key: &K) -> Option<V> {
        Some(self.entry(key)?.1)
    }

    /// What is known under that key about the user; while nothing is, what the question gives. It is not
    /// asked before it must be.
    pub(crate) async fn find(
        &self,
        user_id: i64,
        key: K,
        question: impl Future<Output = Result<Option<V>>>,
    ) -> Result<Option<V>> {
        // Before the question: what changes while it is answered makes the answer void.
        let epoch = self.notifier.epoch(user_id);
        let kept = self.entry(&key).filter(|(under, _)| Some(*under) == epoch);
        if let Some((_, value)) = kept {
            return Ok(Some(value));
        }
        let value = question.await?;
        if let Some(epoch) = epoch {
            self.keep(key, epoch, value.clone());
        }
        Ok(value)
    }

    fn entry(&self, key: &K) -> Option<(u64, V)> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned().flatten()
    }

    fn keep(&self, key: K, epoch: u64, value: Option<V>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let Some(value) = value else {
            kept.remove(&key);
            return;
        };
        let entry = slot(&mut kept, key);
        // Somebody else may have asked later and been answered sooner.
        if entry.as_ref().is_none_or(|(under, _)| *under <= epoch) {
            *entry = Some((epoch, value));
        }
    }
}
