//! A disk that is full.

use crate::{
    fixture::connect,
    process::{Mounted, skipped},
    roles,
};
use kwik_domain::{Isolation, StoreError};
use kwik_schema::{Schema, develop};

/// Writes until the disk is full; says how many were written and what then happened.
async fn fill(store: &dyn kwik_domain::Store, prefix: &str) -> (u64, StoreError) {
    let mut session = store.session();
    for n in 0.. {
        // Long names fill it sooner; they are unique, so that an index grows, too.
        if let Err(error) = roles::make(&mut *session, &format!("{prefix}{n:0180}")).await {
            return (n, error);
        }
    }
    unreachable!("a disk without an end")
}

fn is_of_the_disk(error: &StoreError) -> bool {
    matches!(error, StoreError::ReadOnly(_) | StoreError::Unavailable(_))
}

#[tokio::test]
async fn full_refuses_writes_and_loses_nothing() {
    let Some(mounted) = Mounted::new("2m") else { return skipped("this process may not mount") };
    let url = mounted.folder.sqlite("a.db");
    let database = connect(&url).await;
    develop(&database, &Schema::of(&[]).unwrap(), false).await.unwrap();
    let store = database.store();
    let (written, error) = fill(&*store, "a").await;
    assert!(is_of_the_disk(&error), "{error:?}");
    assert!(written > 10, "{written}");
    // What was acknowledged can be read, and nothing else.
    assert_eq!(roles::count(&*store).await.unwrap(), written);
    // In a unit of work the same, and it leaves nothing.
    let mut unit = store.begin(Isolation::ReadCommitted).await.unwrap();
    let mut failed = None;
    for n in 0..1000 {
        if let Err(error) = roles::make(&mut *unit, &format!("u{n:0180}")).await {
            failed = Some(error);
            break;
        }
    }
    let failed = failed.or(unit.commit().await.err());
    assert!(failed.as_ref().is_some_and(is_of_the_disk), "{failed:?}");
    assert_eq!(roles::count(&*store).await.unwrap(), written);
    // With room again it writes again, without a new start.
    mounted.remount("size=8m");
    roles::make_in(&database, "room again").await.unwrap();
    assert_eq!(roles::count(&*store).await.unwrap(), written + 1);
    database.close().await;
    drop((store, database));
    let database = connect(&url).await;
    assert_eq!(roles::count(&*database.store()).await.unwrap(), written + 1);
    database.close().await;
}
