//! Parts of lists, and how many rows there are.

use super::{Caller, Given, Sample, caller::Read, sample};
use kwik_domain::{Filter, Isolation, Order, Page};

async fn fill(given: &Given, count: i32) {
    let caller = Caller::new();
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    for small in 0..count {
        caller.insert(&mut *unit, &Sample { small, flag: small % 2 == 0, ..sample() }).await;
    }
    unit.commit().await.expect("a commit");
}

/// Pages, one after the other, have every row once, whatever their size.
pub async fn pages_make_the_whole(given: Given) {
    fill(&given, 25).await;
    let (caller, mut session) = (Caller::new(), given.session());
    let order = [Order { field: Sample::FLAG.index(), descending: true }];
    let whole = caller.fetch::<Sample>(&mut *session, &Read { order: &order, ..Read::of(&Filter::All) }).await;
    assert_eq!(whole.len(), 25);
    for limit in [1, 7, 25, 26, u64::from(u32::MAX)] {
        let mut rows = Vec::new();
        for skip in (0..25).step_by(usize::try_from(limit).expect("a size")) {
            let read = Read { order: &order, page: Some(Page { skip, limit }), ..Read::of(&Filter::All) };
            let part = caller.fetch::<Sample>(&mut *session, &read).await;
            let (page, total) = caller.page::<Sample>(&mut *session, &read).await;
            assert_eq!((&page, total), (&part, 25));
            rows.extend(part);
        }
        assert_eq!(rows, whole, "pages of {limit}");
    }
}

/// The total is that of all pages: on an empty page, beyond the last, and where there is nothing.
pub async fn the_total_stands_on_every_page(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let page = |skip, limit| Read { page: Some(Page { skip, limit }), ..Read::of(&Filter::All) };
    assert_eq!(caller.page::<Sample>(&mut *session, &page(0, 10)).await, (vec![], 0));
    fill(&given, 5).await;
    for (skip, limit, rows) in
        [(0, 10, 5), (0, 2, 2), (4, 2, 1), (5, 2, 0), (1000, 1, 0), (0, 0, 0), (i64::MAX as u64, 1, 0)]
    {
        let (found, total) = caller.page::<Sample>(&mut *session, &page(skip, limit)).await;
        assert_eq!((found.len(), total), (rows, 5), "skip {skip}, limit {limit}");
    }
    let filter = Sample::SMALL.ge(3);
    let beyond = Read { page: Some(Page { skip: 2, limit: 2 }), ..Read::of(&filter) };
    assert_eq!(caller.page::<Sample>(&mut *session, &beyond).await, (vec![], 2));
    let nothing = Read { page: Some(Page { skip: 0, limit: 2 }), ..Read::of(&Filter::Nothing) };
    assert_eq!(caller.page::<Sample>(&mut *session, &nothing).await, (vec![], 0));
}

/// A read of a page and the same read of everything are two reads, in any order.
pub async fn pages_and_no_pages_are_not_mixed_up(given: Given) {
    fill(&given, 5).await;
    let (caller, mut session) = (Caller::new(), given.session());
    let whole = Read::of(&Filter::All);
    let part = Read { page: Some(Page { skip: 1, limit: 2 }), ..whole };
    for _ in 0..2 {
        assert_eq!(caller.page::<Sample>(&mut *session, &whole).await.0.len(), 5);
        assert_eq!(caller.page::<Sample>(&mut *session, &part).await.0.len(), 2);
        assert_eq!(caller.fetch::<Sample>(&mut *session, &whole).await.len(), 5);
        assert_eq!(caller.fetch::<Sample>(&mut *session, &part).await.len(), 2);
    }
}

/// Counts the rows of the filter within the scope, whatever the page.
pub async fn counts(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    assert_eq!(caller.count::<Sample>(&mut *session, &Filter::All).await, 0);
    fill(&given, 9).await;
    assert_eq!(caller.count::<Sample>(&mut *session, &Filter::All).await, 9);
    assert_eq!(caller.count::<Sample>(&mut *session, &Filter::Nothing).await, 0);
    assert_eq!(caller.count::<Sample>(&mut *session, &Sample::FLAG.eq(true)).await, 5);
    let scoped = Caller::within(Sample::SMALL.lt(4));
    assert_eq!(scoped.count::<Sample>(&mut *session, &Sample::FLAG.eq(true)).await, 2);
}
