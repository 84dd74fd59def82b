//! Maps that do not grow without bound.

use std::{collections::HashMap, hash::Hash};

/// How many entries are kept of each kind; the next one empties the whole.
const CAPACITY: usize = 10_000;

/// The value under that key, made where there is none.
pub(crate) fn slot<K: Hash + Eq, V: Default>(map: &mut HashMap<K, V>, key: K) -> &mut V {
    if map.len() >= CAPACITY && !map.contains_key(&key) {
        map.clear();
    }
    map.entry(key).or_default()
}
