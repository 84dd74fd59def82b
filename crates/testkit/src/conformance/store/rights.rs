//! A change of rights is heard of.

use super::{Caller, Given, Grant};
use kwik_domain::ValueRef;
use std::time::Duration;

/// The epoch, once the notifier hears.
async fn epoch(given: &Given) -> u64 {
    let hearing = async {
        loop {
            if let Some(epoch) = given.notifier.epoch() {
                return epoch;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), hearing).await.expect("a notifier that hears")
}

/// The epoch is another one when a write that may have changed rights returns.
pub async fn a_change_advances_the_epoch(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let before = epoch(&given).await;
    let key = caller.insert(&mut *session, &Grant { id: 0, number: 1 }).await.id;
    let inserted = given.notifier.epoch().expect("an epoch");
    assert_ne!(inserted, before);
    let values = [(Grant::NUMBER.index(), ValueRef::Int(2))];
    caller.update::<Grant>(&mut *session, key, None, &values).await.expect("a row");
    let updated = given.notifier.epoch().expect("an epoch");
    assert!(updated > inserted);
    caller.delete::<Grant>(&mut *session, key, None).await.expect("a row");
    assert!(given.notifier.epoch().expect("an epoch") > updated);
}

/// Within a unit of work it is another one when the commit returns.
pub async fn a_committed_unit_of_work_advances_the_epoch(given: Given) {
    let caller = Caller::new();
    epoch(&given).await;
    for _ in 0..3 {
        let mut unit = given.store.begin().await.expect("a unit of work");
        caller.insert(&mut *unit, &Grant { id: 0, number: 1 }).await;
        let before = epoch(&given).await;
        unit.commit().await.expect("a commit");
        assert!(given.notifier.epoch().expect("an epoch") > before);
    }
}
