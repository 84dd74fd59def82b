//! Counts of changes of rights.

use kwik_domain::{RightsOf, RowReader, Verb, Write};
use std::sync::atomic::{AtomicU64, Ordering};

/// Users share counts, so that these take the same room however many users there are.
const BUCKETS: usize = 1024;

/// Whose rights may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Everybody's.
    Everybody,
    /// This user's.
    User(i64),
}

impl Whose {
    /// Those that a write may have changed, by the row that it gave back.
    pub(crate) fn changed_by(write: &Write<'_>, row: &dyn RowReader) -> Option<Self> {
        let RightsOf::User(field) = write.entity().grants_rights? else { return Some(Self::Everybody) };
        // The row says whose it is now, not whose it was.
        let moved = matches!(write.verb, Verb::Update { values, .. } if values.iter().any(|(set, _)| *set == field));
        let user = if moved { None } else { row.int(field).ok().flatten() };
        Some(user.map_or(Self::Everybody, Self::User))
    }

    /// What a notification says: nothing, or a user's key. One that cannot be read may be about anybody.
    #[cfg(feature = "postgres")]
    pub(crate) fn announced(payload: &str) -> Self {
        payload.parse().map_or(Self::Everybody, Self::User)
    }
}

/// A count for everybody, and one for each bucket of users. A user's epoch is the sum of two: since both
/// only rise, it moves whenever one of them does.
#[derive(Debug)]
pub(crate) struct Epochs {
    everybody: AtomicU64,
    users: [AtomicU64; BUCKETS],
}

impl Default for Epochs {
    fn default() -> Self {
        Self { everybody: AtomicU64::new(0), users: [const { AtomicU64::new(0) }; BUCKETS] }
    }
}

impl Epochs {
    /// The epoch of a user's rights.
    pub(crate) fn of(&self, user_id: i64) -> u64 {
        self.everybody.load(Ordering::Acquire).wrapping_add(self.bucket(user_id).load(Ordering::Acquire))
    }

    /// A change was made by this instance, or heard of.
    pub(crate) fn advance(&self, whose: Whose) {
        let count = match whose {
            Whose::Everybody => &self.everybody,
            Whose::User(id) => self.bucket(id),
        };
        count.fetch_add(1, Ordering::AcqRel);
    }

    fn bucket(&self, user_id: i64) -> &AtomicU64 {
        // The remainder is below the number of buckets.
        let bucket = usize::try_from(user_id.unsigned_abs() % BUCKETS as u64).unwrap_or(0);
        &self.users[bucket]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_moves_the_epochs_of_whom_it_concerns() {
        let epochs = Epochs::default();
        let all = |epochs: &Epochs| [1, 2, -1, i64::MIN, i64::MAX].map(|id| epochs.of(id));
        let before = all(&epochs);
        epochs.advance(Whose::User(2));
        assert_eq!(all(&epochs), [before[0], before[1] + 1, before[2], before[3], before[4]]);
        epochs.advance(Whose::Everybody);
        assert!(all(&epochs).iter().zip(before).all(|(now, before)| *now > before));
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn what_cannot_be_read_is_about_everybody() {
        for payload in ["", "x", "1.5", "99999999999999999999"] {
            assert_eq!(Whose::announced(payload), Whose::Everybody, "{payload:?}");
        }
        assert_eq!(Whose::announced("-7"), Whose::User(-7));
    }
}
