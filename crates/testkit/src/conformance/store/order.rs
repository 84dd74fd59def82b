//! In which order rows come.

use super::{Caller, Given, Sample, caller::Read, filters, sample};
use kwik_domain::{Filter, Order, Session, Stored};

async fn agree(session: &mut dyn Session, rows: &[Stored<Sample>], order: &[Order]) {
    let read = Read { order, ..Read::of(&Filter::All) };
    let mut expected: Vec<&Stored<Sample>> = rows.iter().collect();
    expected.sort_by(|a, b| Order::of_rows(order, *a, *b));
    let expected: Vec<i64> = expected.iter().map(|row| row.id).collect();
    let found = Caller::new().fetch::<Sample>(session, &read).await;
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{order:?}");
    let page = kwik_domain::Page { skip: 0, limit: 1000 };
    let (found, _) = Caller::new().page::<Sample>(session, &Read { page: Some(page), ..read }).await;
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{order:?} in a page");
}

/// By every field, the framework's too, either way.
pub async fn of_every_kind(given: Given) {
    let rows = filters::rows(&given).await;
    let mut session = given.session();
    for field in Sample::compared() {
        for descending in [false, true] {
            agree(&mut *session, &rows, &[Order { field, descending }]).await;
        }
    }
}

/// A null is larger than every value.
pub async fn nulls_come_last_ascending_and_first_descending(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let mut keys = Vec::new();
    for maybe_large in [Some(2), None, Some(1)] {
        keys.push(caller.insert(&mut *session, &Sample { maybe_large, ..sample() }).await.id);
    }
    for (descending, expected) in [(false, [keys[2], keys[0], keys[1]]), (true, [keys[1], keys[0], keys[2]])] {
        let order = [Order { field: Sample::MAYBE_LARGE.index(), descending }];
        let rows = caller.fetch::<Sample>(&mut *session, &Read { order: &order, ..Read::of(&Filter::All) }).await;
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
    }
}

/// Among equals the smaller key comes first, whichever way the fields are sorted.
pub async fn the_key_decides_at_last(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let mut rows = Vec::new();
    for n in 0..20 {
        rows.push(caller.insert(&mut *session, &Sample { small: n % 3, ..sample() }).await);
    }
    for field in [Sample::SMALL.index(), Sample::FLAG.index(), 0] {
        for descending in [false, true] {
            agree(&mut *session, &rows, &[Order { field, descending }]).await;
        }
    }
    agree(&mut *session, &rows, &[]).await;
}

/// By several fields, each in its own direction, and with the key among them.
pub async fn several_fields(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let mut rows = Vec::new();
    for n in 0..24 {
        let maybe_small = (n % 4 != 0).then_some(n % 4);
        rows.push(
            caller.insert(&mut *session, &Sample { small: n % 3, maybe_small, flag: n % 2 == 0, ..sample() }).await,
        );
    }
    let by = |field, descending| Order { field, descending };
    for bits in 0..8 {
        let (a, b, c) = (bits & 1 == 0, bits & 2 == 0, bits & 4 == 0);
        let order = [by(Sample::SMALL.index(), a), by(Sample::MAYBE_SMALL.index(), b), by(Sample::FLAG.index(), c)];
        agree(&mut *session, &rows, &order).await;
        agree(&mut *session, &rows, &[by(Sample::FLAG.index(), a), by(0, b), by(Sample::SMALL.index(), c)]).await;
    }
}
