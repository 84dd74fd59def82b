//! A change of rights is heard of.

use super::{Caller, Given, Grant, Holding};
use kwik_domain::{Isolation, ValueRef};
use std::time::Duration;

/// Users whose rights are looked at.
const USERS: [i64; 4] = [1, 2, i64::MAX, -1];

/// The users' epochs, once the notifier hears.
async fn hearing(given: &Given) -> [u64; 4] {
    let hearing = async {
        while given.notifier.epoch(1).is_none() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), hearing).await.expect("a notifier that hears");
    epochs(given)
}

fn epochs(given: &Given) -> [u64; 4] {
    USERS.map(|user| given.notifier.epoch(user).expect("an epoch"))
}

/// Whether each of the first is later than the second's.
fn all_later(now: [u64; 4], before: [u64; 4]) -> bool {
    now.iter().zip(before).all(|(now, before)| *now > before)
}

/// Everybody's epoch is a later one when a write returns that may have changed anybody's rights.
pub async fn a_change_advances_the_epoch(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let before = hearing(&given).await;
    let key = caller.insert(&mut *session, &Grant { id: 0, number: 1 }).await.id;
    let inserted = epochs(&given);
    assert!(all_later(inserted, before));
    let values = [(Grant::NUMBER.index(), ValueRef::Int(2))];
    caller.update::<Grant>(&mut *session, key, None, &values).await.expect("a row");
    let updated = epochs(&given);
    assert!(all_later(updated, inserted));
    caller.delete::<Grant>(&mut *session, key, None).await.expect("a row");
    assert!(all_later(epochs(&given), updated));
}

/// A user's epoch is a later one when a write returns that may have changed that user's rights.
pub async fn a_change_of_one_users_rights_advances_theirs(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    hearing(&given).await;
    for (index, user_id) in USERS.into_iter().enumerate() {
        let mut before = epochs(&given)[index];
        let mut later = |what: &str| {
            let now = epochs(&given)[index];
            assert!(now > before, "{what} of {user_id}");
            before = now;
        };
        let key = caller.insert(&mut *session, &Holding { id: 0, number: 1, user_id }).await.id;
        later("an insert");
        let values = [(Holding::NUMBER.index(), ValueRef::Int(2))];
        caller.update::<Holding>(&mut *session, key, None, &values).await.expect("a row");
        later("an update");
        caller.delete::<Holding>(&mut *session, key, None).await.expect("a row");
        later("a delete");
    }
}

/// A row that becomes another user's may have changed the rights of both.
pub async fn a_row_that_moves_advances_both(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &Holding { id: 0, number: 1, user_id: 1 }).await.id;
    let before = hearing(&given).await;
    let values = [(Holding::USER_ID.index(), ValueRef::Int(2))];
    caller.update::<Holding>(&mut *session, key, None, &values).await.expect("a row");
    let now = epochs(&given);
    assert!(now[0] > before[0] && now[1] > before[1], "{before:?} {now:?}");
}

/// Within a unit of work it is a later one when the commit returns.
pub async fn a_committed_unit_of_work_advances_the_epoch(given: Given) {
    let caller = Caller::new();
    hearing(&given).await;
    for _ in 0..3 {
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        caller.insert(&mut *unit, &Grant { id: 0, number: 1 }).await;
        let before = epochs(&given);
        unit.commit().await.expect("a commit");
        assert!(all_later(epochs(&given), before));
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        for user_id in [1, 2] {
            caller.insert(&mut *unit, &Holding { id: 0, number: 1, user_id }).await;
        }
        let before = epochs(&given);
        unit.commit().await.expect("a commit");
        let now = epochs(&given);
        assert!(now[0] > before[0] && now[1] > before[1], "{before:?} {now:?}");
    }
}
